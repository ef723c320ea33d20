package io.github.pageferry.sim;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.spi.MemoryMigratorProvider;
import java.util.Optional;

/** Offers simulated machines as a backend; {@link SimulatedMigrator#open(String)} says which options there are. */
public final class SimulatedMigratorProvider implements MemoryMigratorProvider {

  @Override
  public String name() {
    return "sim";
  }

  @Override
  public boolean isKernel() {
    return false;
  }

  @Override
  public Optional<String> whyUnavailable() {
    return Optional.empty();
  }

  @Override
  public MemoryMigrator open(String options) {
    return SimulatedMigrator.open(options);
  }
}
