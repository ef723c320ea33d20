package io.github.pageferry.it.cli;

import io.github.pageferry.NumaNode;
import io.github.pageferry.NumaNode.HugePagePool;
import io.github.pageferry.Topology;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.linux.LinuxMigrator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code nodes}: the NUMA nodes of this machine. */
@Command(
    name = "nodes",
    description = "Prints this machine's NUMA nodes: CPUs, memory, huge pages and distances.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class NodesCommand implements Callable<Integer> {

  private final Context context;

  NodesCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      context.console().line(migrator.description());
      print(migrator.topology(), context.console());
      return ExitStatus.OK;
    } catch (IllegalStateException e) {
      throw new CannotRunException(e.getMessage(), e);
    }
  }

  static void print(Topology topology, Console console) {
    TextTable nodes = new TextTable("node", "CPUs", "memory", "free", "huge pages (free of all)");
    for (NumaNode node : topology.nodes()) {
      nodes.row(
          "" + node.number(),
          node.cpus().isEmpty() ? "none" : node.cpus().toString(),
          node.hasMemory() ? Bytes.format(node.totalBytes()) : "none",
          node.hasMemory() ? Bytes.format(node.freeBytes()) : "",
          hugePages(node.hugePages()));
    }
    nodes.lines().forEach(console::line);
    console.line("");
    List<String> head = new ArrayList<>(List.of("distance from, to"));
    topology.nodes().forEach(node -> head.add("" + node.number()));
    TextTable distances = new TextTable(head.toArray(String[]::new));
    for (NumaNode from : topology.nodes()) {
      List<String> row = new ArrayList<>(List.of("" + from.number()));
      topology.nodes().forEach(to -> row.add("" + topology.distance(from.number(), to.number())));
      distances.row(row.toArray(String[]::new));
    }
    distances.lines().forEach(console::line);
    console.line("");
    console.line("base pages of " + Bytes.format(topology.pageBytes()) + "; nodes with memory: " + topology.nodesWithMemory());
  }

  private static String hugePages(List<HugePagePool> pools) {
    return pools.stream()
        .filter(pool -> pool.total() > 0)
        .map(pool -> pool.free() + "/" + pool.total() + " of " + Bytes.format(pool.pageBytes()))
        .collect(Collectors.joining(", "));
  }
}
