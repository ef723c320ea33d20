package io.github.pageferry.it.host;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Keeps runs apart that change the same setting of the machine, in this process and in others: flock(2) of the directory
 * of that setting, which leaves nothing behind.
 */
final class MachineLock implements AutoCloseable {

  /** Two minutes. */
  private static final int ATTEMPTS = 6_000;

  private static final int MILLIS = 20;

  private final int fd;

  /**
   * Waits for the lock.
   *
   * @param givenUp whether there is no more point in waiting
   * @throws IllegalStateException where another run keeps it for minutes, or {@code givenUp} says so
   */
  MachineLock(Path directory, BooleanSupplier givenUp) {
    fd = (int) Libc.must("open " + directory,
        Libc.open(directory.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
    try {
      await(directory, givenUp);
    } catch (RuntimeException e) {
      Libc.close(fd);
      throw e;
    }
  }

  private void await(Path directory, BooleanSupplier givenUp) {
    for (int i = 0; i < ATTEMPTS && !givenUp.getAsBoolean(); i++) {
      if (Libc.flock(fd, Libc.LOCK_EX | Libc.LOCK_NB) == 0) {
        return;
      }
      Pause.millis(MILLIS);
    }
    throw new IllegalStateException("another run is using " + directory + " and does not end");
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}
