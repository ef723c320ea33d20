package io.github.pageferry.spi;

import io.github.pageferry.MemoryMigrator;
import java.util.Optional;

/** A backend, found by {@link java.util.ServiceLoader}. */
public interface MemoryMigratorProvider {

  /** The name that selects it, for example {@code "linux"} or {@code "sim"}. */
  String name();

  /** Whether it is the kernel itself rather than a model of one. */
  boolean isKernel();

  /** Why it cannot serve here and what to do about it, or empty where it can. Must not throw. */
  Optional<String> whyUnavailable();

  /**
   * Opens it.
   *
   * @param options what stood after the name and a colon, for example {@code "6.18 nodes:4 memory:16GiB"}; empty for
   *     the defaults
   * @throws IllegalArgumentException where the options are not understood, saying what would be
   * @throws IllegalStateException where it cannot serve here, with the reason and a remedy
   */
  MemoryMigrator open(String options);
}
