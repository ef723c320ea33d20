package io.github.pageferry.linux;

import io.github.pageferry.NodeSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /proc/PID/status} says of a thread's rights, proc_pid_status(5). Each is empty where the kernel does not
 * say.
 *
 * @param effectiveUid whose rights it has
 * @param capabilities its effective capabilities by name, for example {@code CAP_SYS_NICE}
 * @param seccomp its seccomp mode
 * @param noNewPrivileges whether {@code NoNewPrivs} is set: execve grants it no more rights
 * @param allowedNodes the nodes that its cpuset lets it allocate from ({@code Mems_allowed_list})
 */
public record TaskStatus(
    OptionalInt effectiveUid,
    Optional<Set<String>> capabilities,
    Optional<SeccompMode> seccomp,
    Optional<Boolean> noNewPrivileges,
    Optional<NodeSet> allowedNodes) {

  /** The values of the field {@code Seccomp}, seccomp(2). */
  public enum SeccompMode {
    /** No restriction. */
    DISABLED,
    /** {@code SECCOMP_MODE_STRICT}: nothing but read, write, exit. */
    STRICT,
    /** {@code SECCOMP_MODE_FILTER}: a program decides of each call, as container runtimes and systemd install. */
    FILTER
  }

  /** The status of a thread of which nothing is known. */
  static final TaskStatus UNKNOWN = parse("");

  /** The calling thread's: seccomp and capabilities are a thread's, {@code /proc/self} is the main one. */
  static TaskStatus ofThread(HostFiles files) {
    return files.tryRead("/proc/thread-self/status")
        .or(() -> files.tryRead("/proc/self/status"))
        .map(TaskStatus::parse)
        .orElse(UNKNOWN);
  }

  /** Parses the whole file; lines that are missing or make no sense leave their field empty. */
  static TaskStatus parse(String text) {
    Map<String, String> fields = new HashMap<>();
    text.lines().forEach(line -> {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.putIfAbsent(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    });
    Optional<Integer> mode = number(fields.get("Seccomp"));
    return new TaskStatus(
        effectiveUid(fields.get("Uid")),
        Optional.ofNullable(fields.get("CapEff")).flatMap(LinuxCapabilities::parse),
        mode.filter(m -> m >= 0 && m < SeccompMode.values().length).map(m -> SeccompMode.values()[m]),
        number(fields.get("NoNewPrivs")).map(n -> n != 0),
        Optional.ofNullable(fields.get("Mems_allowed_list")).flatMap(KernelText::nodes));
  }

  /** Whether a filter may refuse calls. */
  public boolean isFiltered() {
    return seccomp.isPresent() && seccomp.get() != SeccompMode.DISABLED;
  }

  /** Whether it has this capability; false where nothing is known. */
  public boolean has(String capability) {
    return capabilities.isPresent() && capabilities.get().contains(capability);
  }

  /** Of "real effective saved file-system" the second. */
  private static OptionalInt effectiveUid(@Nullable String uids) {
    String[] parts = uids == null ? new String[0] : uids.split("\\s+");
    return parts.length < 2
        ? OptionalInt.empty()
        : number(parts[1]).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  private static Optional<Integer> number(@Nullable String text) {
    return text == null ? Optional.empty() : KernelText.integer(text);
  }
}
