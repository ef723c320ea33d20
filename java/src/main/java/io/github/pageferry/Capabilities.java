package io.github.pageferry;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a backend lets this process do, each kind of call probed by itself: a container's seccomp profile may refuse
 * move_pages and yet allow mbind.
 *
 * @param calls the answer for every {@link SystemCall}
 */
public record Capabilities(Map<SystemCall, Support> calls) {

  public Capabilities {
    EnumMap<SystemCall, Support> copy = new EnumMap<>(SystemCall.class);
    for (SystemCall call : SystemCall.values()) {
      Support support = calls.get(call);
      if (support == null) {
        throw new IllegalArgumentException("nothing is said of " + call.kernelName());
      }
      copy.put(call, support);
    }
    calls = Collections.unmodifiableMap(copy);
  }

  /** Whether and why not a call can be made. */
  public Support of(SystemCall call) {
    return calls.get(call);
  }

  /** Whether a call can be made. */
  public boolean has(SystemCall call) {
    return of(call).available();
  }

  /**
   * The answer to one probe.
   *
   * @param available whether the call can be made
   * @param reason why not, and what to do about it; how it was found where it can
   */
  public record Support(boolean available, String reason) {}
}
