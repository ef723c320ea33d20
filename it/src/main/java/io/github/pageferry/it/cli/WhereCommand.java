package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.linux.Mapping;
import io.github.pageferry.linux.NumaMapping;
import io.github.pageferry.linux.ProcessMaps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code where}: on which nodes the pages of a process are. */
@Command(
    name = "where",
    description = "Says on which nodes the memory of a process is, in all and for its largest mappings.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry where $(pidof java)",
      "  pageferry where 4711 --all              every mapping",
      "  pageferry where 4711 --pages            page by page, also those on no node"
    })
final class WhereCommand implements Callable<Integer> {

  private static final int LARGEST = 10;

  @Parameters(index = "0", paramLabel = "PID", converter = ProcessId.class,
      description = "The process; 'self' is this one.")
  private int pid;

  @Option(names = "--all", description = "List all mappings that have pages, not only the largest " + LARGEST + ".")
  private boolean all;

  @Option(names = "--pages",
      description = "Ask the kernel for each page with move_pages(2) instead of reading numa_maps: exact to the page,"
          + " and counts why pages are on no node.")
  private boolean pages;

  private final Context context;

  WhereCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try {
      ProcessMaps maps = new ProcessMaps();
      List<Mapping> mappings = maps.mappings(pid);
      List<Placed> placed = pages ? PageQuery.ask(pid, mappings, context.console()) : fromNumaMaps(mappings, maps.numaMappings(pid));
      print(placed);
      return ExitStatus.OK;
    } catch (IOException | IllegalStateException e) {
      throw new CannotRunException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * What of a mapping is where.
   *
   * @param range its addresses
   * @param name what is mapped
   * @param policy its memory policy; empty where that was not asked
   * @param bytesByPlace bytes on each node ({@code "0"}), or that are on none ({@code "ENOENT"})
   */
  record Placed(String range, String name, String policy, Map<String, Long> bytesByPlace) {

    long bytesOnNodes() {
      return bytesByPlace.entrySet().stream()
          .filter(entry -> isNode(entry.getKey())).mapToLong(Map.Entry::getValue).sum();
    }
  }

  private static boolean isNode(String place) {
    return Character.isDigit(place.charAt(0));
  }

  private static List<Placed> fromNumaMaps(List<Mapping> mappings, List<NumaMapping> numaMappings) {
    Map<Long, Mapping> byStart = new HashMap<>();
    mappings.forEach(mapping -> byStart.put(mapping.start(), mapping));
    List<Placed> placed = new ArrayList<>();
    for (NumaMapping numa : numaMappings) {
      Map<String, Long> bytes = new TreeMap<>();
      // Kernels before 3.3 do not say how large pages are.
      long pageBytes = numa.pageBytes() > 0 ? numa.pageBytes() : 4096;
      numa.pagesByNode().forEach((node, count) -> bytes.put("" + node, count * pageBytes));
      // The process may have mapped it between the two readings.
      Mapping mapping = byStart.get(numa.start());
      String range = mapping == null ? Long.toHexString(numa.start()) : range(mapping);
      String name = mapping == null ? numa.file().orElse("") : mapping.name();
      placed.add(new Placed(range, name, numa.policy(), bytes));
    }
    return placed;
  }

  static String range(Mapping mapping) {
    return Long.toHexString(mapping.start()) + "-" + Long.toHexString(mapping.end());
  }

  private void print(List<Placed> placed) {
    Console console = context.console();
    if (placed.isEmpty()) {
      console.line("process " + ProcessId.text(pid) + " has no memory of its own: it is a kernel thread or has ended");
      return;
    }
    Map<String, Long> total = new TreeMap<>(WhereCommand::compare);
    placed.forEach(one -> one.bytesByPlace().forEach((place, bytes) -> total.merge(place, bytes, Long::sum)));
    long onNodes = placed.stream().mapToLong(Placed::bytesOnNodes).sum();
    console.line("process " + ProcessId.text(pid) + ": " + Bytes.format(onNodes) + " in memory, in "
        + placed.size() + (placed.size() == 1 ? " mapping" : " mappings"));
    console.line("");
    TextTable totals = new TextTable("node", "memory", "share");
    total.forEach((place, bytes) -> totals.row(place, Bytes.format(bytes),
        isNode(place) && onNodes > 0 ? Math.round(100.0 * bytes / onNodes) + " %" : ""));
    totals.lines().forEach(console::line);
    List<Placed> listed = placed.stream()
        .filter(one -> one.bytesOnNodes() > 0)
        .sorted(Comparator.comparingLong(Placed::bytesOnNodes).reversed())
        .limit(all ? Long.MAX_VALUE : LARGEST)
        .toList();
    if (listed.isEmpty()) {
      return;
    }
    console.line("");
    mappings(listed, new ArrayList<>(total.keySet())).lines().forEach(console::line);
  }

  private static TextTable mappings(List<Placed> listed, List<String> places) {
    List<String> head = new ArrayList<>(places.stream().map(place -> isNode(place) ? "node " + place : place).toList());
    boolean withPolicy = listed.stream().anyMatch(one -> !one.policy().isEmpty());
    head.addAll(withPolicy ? List.of("policy", "addresses", "mapping") : List.of("addresses", "mapping"));
    TextTable table = new TextTable(head.toArray(String[]::new));
    for (Placed one : listed) {
      List<String> row = new ArrayList<>();
      places.forEach(place -> row.add(one.bytesByPlace().containsKey(place)
          ? Bytes.format(one.bytesByPlace().get(place)) : "-"));
      if (withPolicy) {
        row.add(one.policy());
      }
      row.add(one.range());
      row.add(one.name().isEmpty() ? "anonymous" : one.name());
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  /** Nodes by number, then the reasons why pages are on none. */
  private static int compare(String a, String b) {
    if (isNode(a) && isNode(b)) {
      return Integer.compare(Integer.parseInt(a), Integer.parseInt(b));
    }
    return a.compareTo(b);
  }
}
