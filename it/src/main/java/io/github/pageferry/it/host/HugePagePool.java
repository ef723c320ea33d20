package io.github.pageferry.it.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Huge pages of 2 MiB on each node that a workload uses: pools are made larger where needed, never smaller, and get
 * their size back.
 */
final class HugePagePool implements AutoCloseable {

  /** How many free huge pages a workload finds on each of its nodes. */
  private static final int FREE = 4;

  private static final Path DIRECTORY = Path.of("/sys/kernel/mm/hugepages");

  private final MachineLock lock;
  private final KernelSettings settings = new KernelSettings();

  private HugePagePool(BooleanSupplier givenUp) {
    lock = new MachineLock(DIRECTORY, givenUp);
  }

  /**
   * Provides free huge pages on nodes 0 to {@code nodes - 1}.
   *
   * @param givenUp whether there is no more point in waiting for another run
   * @throws IllegalStateException where the kernel does not have them
   */
  static HugePagePool obtain(int nodes, BooleanSupplier givenUp) {
    HugePagePool pool = new HugePagePool(givenUp);
    for (int node = 0; node < nodes; node++) {
      if (!pool.provide(node)) {
        pool.close();
        throw new IllegalStateException("no " + FREE + " huge pages of 2 MiB can be had on node " + node);
      }
    }
    return pool;
  }

  private boolean provide(int node) {
    Path pool = Path.of("/sys/devices/system/node/node" + node + "/hugepages/hugepages-2048kB");
    long total = KernelFile.readNumber(pool.resolve("nr_hugepages")).orElse(-1L);
    long free = KernelFile.readNumber(pool.resolve("free_hugepages")).orElse(-1L);
    if (total < 0 || free < 0) {
      return false;
    }
    return free >= FREE || settings.set(pool.resolve("nr_hugepages"), Long.toString(total + FREE - free));
  }

  /** Why the huge pages cannot be had, or empty where they can. */
  static Optional<String> lacks(int nodes) {
    if (!Files.exists(DIRECTORY)) {
      return Optional.of("the kernel has no huge pages");
    }
    try {
      obtain(nodes, () -> false).close();
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      settings.close();
    } finally {
      lock.close();
    }
  }
}
