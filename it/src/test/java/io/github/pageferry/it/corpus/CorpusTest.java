package io.github.pageferry.it.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.Errno;
import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in corpus is what its README says: each case of its tables stands in a recorded trace of the workload named. */
class CorpusTest {

  private static final Path CORPUS = Path.of("src/main/resources/corpus");
  private static final Path ONE_NODE_TRACES = Path.of("src/test/resources/traces/6.18");
  private static final Pattern QUOTED = Pattern.compile("`([a-z0-9-]+)`");
  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT))\\.([a-zA-Z]+)`");

  /** The line before the table of those. */
  private static final String NO_STEP_CAN = "guests of the lab with three nodes) do, or nothing does:";

  /** Which steps make the calls of the README's first table. */
  private static final Map<String, Set<String>> STEPS = Map.ofEntries(
      Map.entry("move_pages, moving", Set.of("move")),
      Map.entry("move_pages, asking", Set.of("query")),
      Map.entry("mbind", Set.of("bind")),
      Map.entry("migrate_pages", Set.of("migrate")),
      Map.entry("set_mempolicy (`touch` with `node`)", Set.of("touch")),
      Map.entry("mlock, munlock", Set.of("lock", "unlock")),
      Map.entry("mprotect", Set.of("protect")),
      Map.entry("madvise", Set.of("advise")),
      Map.entry("mprotect, munmap, madvise", Set.of("protect", "unmap", "advise")),
      Map.entry("vmsplice (`pin`)", Set.of("pin")),
      Map.entry("an access (`touch`)", Set.of("touch")),
      Map.entry("writing cpuset.mems", Set.of("cpuset")));

  static Stream<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(CORPUS)) {
      return all.filter(p -> p.toString().endsWith(WorkloadReader.SUFFIX)).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void fileHoldsOneWorkloadOfItsNameThatSaysItsCase(Path file) {
    List<Workload> workloads = WorkloadReader.read(file);
    assertThat(workloads).hasSize(1);
    assertThat(workloads.get(0).name() + WorkloadReader.SUFFIX).isEqualTo(file.getFileName().toString());
    assertThat(workloads.get(0).about()).isNotBlank();
  }

  @Test
  void atLeastFortyWorkloadsNeedOneNodeAndNothingElse() throws IOException {
    assertThat(files().map(file -> WorkloadReader.read(file).get(0))
        .filter(w -> w.nodes() == 1 && Set.of(Need.ROOT).containsAll(w.needs())))
        .hasSizeGreaterThanOrEqualTo(40);
  }

  @Test
  void everyReturnCodeOfTheTableStandsInARecordedTrace() throws IOException {
    Map<String, List<Trace>> traces = traces();
    List<String> missing = new ArrayList<>();
    String call = "";
    int rows = 0;
    for (List<String> row : table("### Return codes")) {
      call = row.get(0).isEmpty() ? call : row.get(0);
      Set<String> steps = STEPS.getOrDefault(call, Set.of());
      long code = code(row.get(1));
      for (String workload : quoted(row.get(3))) {
        rows++;
        boolean shown = traces.getOrDefault(workload, List.of()).stream().flatMap(t -> t.outcomes().stream())
            .anyMatch(o -> steps.contains(o.step()) && o.returned() == code);
        if (!shown) {
          missing.add(call + " " + row.get(1) + ": " + workload);
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(rows).isGreaterThan(40);
  }

  @Test
  void everyStatusOfTheTableStandsInARecordedTrace() throws IOException {
    Map<String, List<Trace>> traces = traces();
    List<String> missing = new ArrayList<>();
    for (List<String> row : table("### Statuses")) {
      for (String workload : quoted(row.get(2))) {
        boolean shown = traces.getOrDefault(workload, List.of()).stream().flatMap(t -> t.outcomes().stream())
            .anyMatch(o -> hasStatus(o, row.get(0)));
        if (!shown) {
          missing.add(row.get(0) + ": " + workload);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everythingThatOneNodeCanShowIsInTheTables() throws IOException {
    Set<String> told = new HashSet<>();
    String call = "";
    for (List<String> row : table("### Return codes")) {
      call = row.get(0).isEmpty() ? call : row.get(0);
      for (String step : STEPS.get(call)) {
        told.add(step + " " + code(row.get(1)));
      }
    }
    Set<String> seen = new HashSet<>();
    traces().values().stream().flatMap(List::stream).filter(t -> t.nodes() == 1)
        .flatMap(t -> t.outcomes().stream())
        .filter(o -> o.returned() < 0)
        .forEach(o -> seen.add(o.step() + " " + o.returned()));
    assertThat(told).containsAll(seen);
  }

  @Test
  void everyWorkloadThatTheReadmeNamesExists() throws IOException {
    Set<String> names = new HashSet<>(files().map(f -> WorkloadReader.read(f).get(0).name()).toList());
    List<String> named = Files.readAllLines(CORPUS.resolve("README.md")).stream()
        .filter(line -> line.startsWith("|"))
        .flatMap(line -> quoted(cells(line).get(cells(line).size() - 1)).stream())
        .toList();
    assertThat(named).isNotEmpty();
    assertThat(names).containsAll(named);
  }

  @Test
  void everyTestThatTheReadmeNamesExists() throws IOException {
    List<Path> folders = List.of(
        Path.of("../native/src/test/java/io/github/pageferry/linux"), Path.of("../java/src/test/java/io/github/pageferry"),
        Path.of("src/test/java/io/github/pageferry/it/lab"));
    List<String> missing = new ArrayList<>();
    int named = 0;
    Matcher matcher = TEST.matcher(Files.readString(CORPUS.resolve("README.md")));
    while (matcher.find()) {
      named++;
      boolean exists = false;
      for (Path folder : folders) {
        Path source = folder.resolve(matcher.group(1) + ".java");
        exists |= Files.exists(source) && Files.readString(source).contains(" void " + matcher.group(2) + "(");
      }
      if (!exists) {
        missing.add(matcher.group());
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(15);
  }

  /** As of 2026. */
  @ParameterizedTest
  @ValueSource(strings = {"move_pages 12", "migrate_pages 3", "mbind 4", "get_mempolicy 2", "set_mempolicy 5"})
  void everyCaseOfLtpHasARow(String cases) throws IOException {
    String call = cases.split(" ")[0];
    List<String> wanted = IntStream.rangeClosed(1, Integer.parseInt(cases.split(" ")[1]))
        .mapToObj(number -> "%s%02d".formatted(call, number)).toList();
    assertThat(casesWithARow()).containsAll(wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bind_range", "checkaffinity", "checktopology", "distance", "ftok", "getnodemask", "mbind_mig_pages",
      "migrate_pages", "move_pages", "mynode", "node-parse", "nodemap", "numademo", "pagesize", "prefered", "printcpu", "randmap",
      "realloc_test", "regress", "regress-io", "regress2", "runltp", "shmtest", "tbitmap", "tshared", "tshm"})
  void everyTestOfNumactlHasARow(String name) throws IOException {
    assertThat(casesWithARow()).contains(name);
  }

  /** The first cells of both tables of LTP's and numactl's cases. */
  private static Set<String> casesWithARow() throws IOException {
    Set<String> cases = new HashSet<>();
    for (String text : List.of("## What LTP and numactl check", NO_STEP_CAN)) {
      table(text).forEach(row -> Stream.of(row.get(0).split(", "))
          .forEach(name -> cases.add(name.replaceAll("^(LTP|numactl) ", ""))));
    }
    return cases;
  }

  /** What 6.18 answered to each workload: recorded on one node and on four. */
  private static Map<String, List<Trace>> traces() throws IOException {
    Map<String, List<Trace>> byName = new HashMap<>();
    TraceReader.parse("corpus.6.18.traces.yaml", Oracle.text("corpus.6.18.traces.yaml"))
        .forEach(t -> byName.computeIfAbsent(t.workload(), name -> new ArrayList<>()).add(t));
    try (Stream<Path> files = Files.list(ONE_NODE_TRACES)) {
      files.forEach(file -> TraceReader.read(file)
          .forEach(t -> byName.computeIfAbsent(t.workload(), name -> new ArrayList<>()).add(t)));
    }
    return byName;
  }

  private static boolean hasStatus(Outcome outcome, String status) {
    int[] statuses = outcome.status();
    if (statuses == null) {
      return false;
    }
    return Arrays.stream(statuses).anyMatch(s -> switch (status) {
      case "the node" -> s >= 0;
      case "untouched" -> s == -999;
      default -> s == code(status);
    });
  }

  private static long code(String text) {
    return text.equals("0") ? 0 : -Errno.valueOf(text).number();
  }

  /** The rows, without head and rule, of the first table below this heading. */
  private static List<List<String>> table(String heading) throws IOException {
    List<String> lines = Files.readAllLines(CORPUS.resolve("README.md"));
    return lines.subList(lines.indexOf(heading), lines.size()).stream()
        .dropWhile(line -> !line.startsWith("|"))
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .map(CorpusTest::cells)
        .toList();
  }

  private static List<String> cells(String row) {
    String[] parts = row.strip().split("\\|", -1);
    return Arrays.stream(parts).skip(1).limit(parts.length - 2).map(String::strip).toList();
  }

  private static List<String> quoted(String cell) {
    Matcher matcher = QUOTED.matcher(cell);
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
