package io.github.pageferry;

import io.github.pageferry.spi.MemoryMigratorProvider;
import java.util.Optional;

/** Found by ServiceLoader in the tests of this module. */
public final class ScriptedProvider implements MemoryMigratorProvider {

  @Override
  public String name() {
    return "scripted";
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
    if (options.equals("bad")) {
      throw new IllegalArgumentException("\"bad\" is no option");
    }
    return new ScriptedMigrator(0, 1).map(0x10000, 16, 0);
  }
}
