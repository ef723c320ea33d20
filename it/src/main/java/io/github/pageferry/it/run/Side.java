package io.github.pageferry.it.run;

import io.github.pageferry.it.testbed.Backend;
import java.util.Map;

/**
 * One side of a comparison: what is said of a backend, also after it was closed.
 *
 * @param name as on the command line
 * @param kernel what stands as {@code kernel} in its traces
 * @param description the machine in a few words
 * @param facts more of it, see {@link Backend#facts}
 */
public record Side(String name, String kernel, String description, Map<String, String> facts) {

  public static Side of(Backend backend) {
    return new Side(backend.name(), backend.kernel(), backend.description(), backend.facts());
  }

  /** The name or the kernel, whichever is shorter: of recorded traces, the name is a path. */
  public String label() {
    return kernel.length() < name.length() ? kernel : name;
  }
}
