package io.github.pageferry.linux;

import io.github.pageferry.Capabilities;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.SystemCall;
import io.github.pageferry.spi.MemoryMigratorProvider;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Offers the host's kernel as a backend; it takes no options. */
public final class LinuxMigratorProvider implements MemoryMigratorProvider {

  @Override
  public String name() {
    return "linux";
  }

  @Override
  public boolean isKernel() {
    return true;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The kernel can serve where it can be called and lets this process make one of the calls that move pages.
   */
  @Override
  public Optional<String> whyUnavailable() {
    Optional<String> reason = KernelAccess.whyUnavailable();
    if (reason.isPresent()) {
      return reason;
    }
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      Optional<String> refused = whyNothingMoves(migrator.capabilities());
      if (refused.isEmpty()) {
        migrator.topology();
      }
      return refused;
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public MemoryMigrator open(String options) {
    if (!options.isBlank()) {
      throw new IllegalArgumentException(
          "the backend linux takes no options, but got \"" + options + "\": say just \"linux\"");
    }
    whyUnavailable().ifPresent(reason -> {
      throw new IllegalStateException(reason);
    });
    return LinuxMigrator.open();
  }

  /** Why no call that moves pages can be made; empty where one can. */
  static Optional<String> whyNothingMoves(Capabilities capabilities) {
    if (Stream.of(SystemCall.MOVE_PAGES, SystemCall.MBIND, SystemCall.MIGRATE_PAGES).anyMatch(capabilities::has)) {
      return Optional.empty();
    }
    String reasons = Stream.of(SystemCall.MOVE_PAGES, SystemCall.MBIND)
        .map(call -> call.kernelName() + ": " + capabilities.of(call).reason())
        .collect(Collectors.joining("; "));
    return Optional.of("no system call that moves pages can be made here: " + reasons);
  }
}
