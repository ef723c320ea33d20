package io.github.pageferry.it.host;

import java.nio.file.Path;

/**
 * Keeps runs apart that change the same setting of the machine, in this process and in others: flock(2) of the setting's
 * own directory, which leaves nothing behind.
 */
final class MachineLock implements AutoCloseable {

  /** Two minutes. */
  private static final int ATTEMPTS = 6_000;

  private static final int MILLIS = 20;

  private final int fd;

  /**
   * Waits for the lock.
   *
   * @throws IllegalStateException where another run keeps it for minutes
   */
  MachineLock(Path directory) {
    fd = (int) Libc.must("open " + directory,
        Libc.open(directory.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
    try {
      await(directory);
    } catch (RuntimeException e) {
      Libc.close(fd);
      throw e;
    }
  }

  private void await(Path directory) {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (Libc.flock(fd, Libc.LOCK_EX | Libc.LOCK_NB) == 0) {
        return;
      }
      Pause.millis(MILLIS);
    }
    throw new IllegalStateException("another run has been using " + directory + " for minutes");
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}
