package io.github.pageferry;

import io.github.pageferry.spi.MemoryMigratorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which of the backends that were found is opened, and what is said about it. */
final class BackendChoice {

  private static final String ON_CLASS_PATH =
      "put io.github.pageferry:pageferry-linux or io.github.pageferry:pageferry-sim on the class path";

  private final List<MemoryMigratorProvider> providers;
  private final UnaryOperator<@Nullable String> property;
  private final UnaryOperator<@Nullable String> environment;
  private final Consumer<String> log;

  /**
   * @param providers the backends
   * @param property the value of a system property, null where it is not set
   * @param environment the value of an environment variable, null where it is not set
   * @param log gets one line for each backend opened
   */
  BackendChoice(
      List<MemoryMigratorProvider> providers,
      UnaryOperator<@Nullable String> property,
      UnaryOperator<@Nullable String> environment,
      Consumer<String> log) {
    this.providers = providers;
    this.property = property;
    this.environment = environment;
    this.log = log;
  }

  MemoryMigrator open() {
    String wanted = property.apply(MemoryMigrators.PROPERTY);
    if (wanted != null && !wanted.isBlank()) {
      return open(wanted, "the system property " + MemoryMigrators.PROPERTY);
    }
    wanted = environment.apply(MemoryMigrators.ENVIRONMENT);
    if (wanted != null && !wanted.isBlank()) {
      return open(wanted, "the environment variable " + MemoryMigrators.ENVIRONMENT);
    }
    return openBest();
  }

  MemoryMigrator open(String spec) {
    return open(spec, "the caller");
  }

  private MemoryMigrator open(String spec, String whoAsks) {
    String text = spec.strip();
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon).strip();
    String options = colon < 0 ? "" : text.substring(colon + 1).strip();
    MemoryMigratorProvider provider = find(candidate -> candidate.name().equals(name))
        .orElseThrow(() -> new IllegalArgumentException(
            "there is no backend \"" + name + "\", which " + whoAsks + " asks for; there are: " + names()));
    Optional<String> reason = whyUnavailable(provider);
    if (reason.isPresent()) {
      throw new IllegalStateException(
          "the backend \"" + name + "\", which " + whoAsks + " asks for, cannot serve here: " + reason.get());
    }
    MemoryMigrator migrator = provider.open(options);
    log.accept("using " + migrator.description() + ", which " + whoAsks + " asks for");
    return migrator;
  }

  private MemoryMigrator openBest() {
    List<String> reasons = new ArrayList<>();
    Optional<MemoryMigratorProvider> kernel = find(MemoryMigratorProvider::isKernel);
    Optional<MemoryMigratorProvider> model = find(candidate -> !candidate.isKernel());
    if (kernel.isEmpty()) {
      reasons.add("no backend for a kernel is on the class path");
    } else {
      MemoryMigrator host = tryOpen(kernel.get(), reasons);
      if (host != null) {
        NodeSet nodes = nodesWithMemory(host, reasons);
        if (nodes.size() >= 2) {
          log.accept("using " + host.description() + ": it has " + nodes.size() + " nodes with memory (" + nodes + ")");
          return host;
        }
        if (nodes.size() == 1 && (model.isEmpty() || whyUnavailable(model.get()).isPresent())) {
          log.accept("using " + host.description() + ": it has one node with memory (" + nodes
              + "), and no simulator is on the class path that could serve");
          return host;
        }
        host.close();
        if (nodes.size() == 1) {
          reasons.add(host.description() + " has one node with memory");
        }
      }
    }
    MemoryMigrator simulated = model.map(provider -> tryOpen(provider, reasons)).orElse(null);
    if (simulated == null) {
      throw new IllegalStateException(
          "no backend can serve here: " + String.join("; ", reasons) + "; " + ON_CLASS_PATH);
    }
    log.accept("using the simulator " + simulated.description() + ": " + String.join("; ", reasons)
        + " (-D" + MemoryMigrators.PROPERTY + "=NAME forces a backend)");
    return simulated;
  }

  private static @Nullable MemoryMigrator tryOpen(MemoryMigratorProvider provider, List<String> reasons) {
    Optional<String> reason = whyUnavailable(provider);
    if (reason.isEmpty()) {
      try {
        return provider.open("");
      } catch (RuntimeException e) {
        reason = Optional.of(String.valueOf(e.getMessage()));
      }
    }
    reasons.add(provider.name() + " cannot serve: " + reason.get());
    return null;
  }

  /** Empty where they cannot be read, which is a reason not to use that backend. */
  private static NodeSet nodesWithMemory(MemoryMigrator migrator, List<String> reasons) {
    try {
      NodeSet nodes = migrator.topology().nodesWithMemory();
      if (nodes.isEmpty()) {
        reasons.add(migrator.description() + " shows no node with memory");
      }
      return nodes;
    } catch (RuntimeException e) {
      reasons.add("the nodes of " + migrator.description() + " cannot be read: " + e.getMessage());
      return NodeSet.EMPTY;
    }
  }

  /** Backends must not throw here; one that does (a class that is missing, say) has a reason, too. */
  private static Optional<String> whyUnavailable(MemoryMigratorProvider provider) {
    try {
      return provider.whyUnavailable();
    } catch (RuntimeException | LinkageError e) {
      return Optional.of(e.toString());
    }
  }

  private Optional<MemoryMigratorProvider> find(Predicate<MemoryMigratorProvider> wanted) {
    return providers.stream().filter(wanted).findFirst();
  }

  private String names() {
    if (providers.isEmpty()) {
      return "none (" + ON_CLASS_PATH + ")";
    }
    return providers.stream().map(BackendChoice::describe).collect(Collectors.joining(", "));
  }

  private static String describe(MemoryMigratorProvider provider) {
    String reason = whyUnavailable(provider).map(why -> " (cannot serve: " + why + ")").orElse("");
    return "\"" + provider.name() + "\"" + reason;
  }
}
