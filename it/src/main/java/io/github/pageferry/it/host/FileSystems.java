package io.github.pageferry.it.host;

import io.github.pageferry.it.workload.Need;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * A directory on a file system of each kind, where regions' files are made. One that a system property names
 * ({@code pageferry.host.ext4}, {@code .vfat}, {@code .tmpfs}, {@code .ramfs}) comes first; see {@link PrivateMount}
 * for where the others come from. Each is looked for on first use.
 */
final class FileSystems implements AutoCloseable {

  private static final int NONE = -1;

  /** A directory, or why there is none. */
  private record Found(int fd, String reason) {}

  private final Map<Need, Found> found = new EnumMap<>(Need.class);
  private int files;

  /** Why there is no such file system here, or empty where there is. */
  synchronized Optional<String> lacks(Need kind) {
    Found there = find(kind);
    return there.fd == NONE ? Optional.of(there.reason) : Optional.empty();
  }

  /**
   * A new empty file on such a file system, open for reading and writing, which goes with its last descriptor or mapping.
   * It never has a name, so that nothing is left where the JVM is killed; where the file system has no such files (vfat,
   * ramfs before 5.14), it has one for a moment.
   *
   * @return the descriptor, or an errno negated
   * @throws IllegalArgumentException where there is no such file system
   */
  synchronized long createFile(Need kind) {
    Found there = find(kind);
    if (there.fd == NONE) {
      throw new IllegalArgumentException("no " + kind.word() + " here: " + there.reason);
    }
    int always = Libc.O_RDWR | Libc.O_EXCL | Libc.O_CLOEXEC;
    int nameless = Libc.O_TMPFILE_ALONE | CallNumbers.here().directoryFlag();
    long fd = Libc.result(Libc.openat(there.fd, ".", always | nameless, 0600));
    return fd >= 0 ? fd : createAndUnlink(there.fd, always | Libc.O_CREAT);
  }

  private long createAndUnlink(int directory, int flags) {
    String name = "pageferry-" + ProcessHandle.current().pid() + "-" + System.identityHashCode(this) + "-" + files++;
    long fd = Libc.result(Libc.openat(directory, name, flags, 0600));
    if (fd >= 0) {
      Libc.unlinkat(directory, name, 0);
    }
    return fd;
  }

  private Found find(Need kind) {
    return found.computeIfAbsent(kind, FileSystems::open);
  }

  private static Found open(Need kind) {
    try {
      return new Found(PrivateMount.open(kind), "");
    } catch (PrivateMount.Unavailable e) {
      return new Found(NONE, e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    found.values().stream().filter(there -> there.fd != NONE).forEach(there -> Libc.close(there.fd));
    found.clear();
  }
}
