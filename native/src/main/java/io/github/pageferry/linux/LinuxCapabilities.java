package io.github.pageferry.linux;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names of the capabilities, capabilities(7), by their bit in {@code linux/capability.h} (v6.1: 41 of them). */
final class LinuxCapabilities {

  private static final List<String> NAMES = List.of(
      "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
      "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
      "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
      "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
      "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
      "CHECKPOINT_RESTORE");

  private LinuxCapabilities() {}

  /** The set that a field such as {@code CapEff} holds in hexadecimal; a bit without a name is {@code CAP_N}. */
  static Optional<Set<String>> parse(String hexadecimal) {
    long bits;
    try {
      bits = Long.parseUnsignedLong(hexadecimal.strip(), 16);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    Set<String> names = new LinkedHashSet<>();
    for (int bit = 0; bit < Long.SIZE; bit++) {
      if ((bits & 1L << bit) != 0) {
        names.add("CAP_" + (bit < NAMES.size() ? NAMES.get(bit) : bit));
      }
    }
    return Optional.of(Collections.unmodifiableSet(names));
  }
}
