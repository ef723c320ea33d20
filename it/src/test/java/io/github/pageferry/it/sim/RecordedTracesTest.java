package io.github.pageferry.it.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.trace.TraceWriter;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.check.KnownDefect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each recorded kernel's answers are the simulator's, workload by workload. */
class RecordedTracesTest {

  private static final MachineSpec RECORDED_ON = new MachineSpec(4, 256L << 20, 1);

  /** The corpus and what was recorded of it, as far as it has been read: a mutation run compares it again and again. */
  private static final Map<String, Workload> CORPUS = new ConcurrentHashMap<>();
  private static final Map<String, List<Trace>> TRACES = new ConcurrentHashMap<>();

  /** What happened to the recorded traces of one kernel. */
  private static final class Tally {
    int compared;
    final Map<String, Integer> refused = new TreeMap<>();
    final List<String> different = new ArrayList<>();
    /** By cause, the workloads that show it with where they do. */
    final Map<String, Map<String, String>> defects = new TreeMap<>();
    /** Workloads in which the recorded kernel moved pages of files. */
    final Set<String> filesMoved = new TreeSet<>();

    @Override
    public String toString() {
      return compared + " compared, " + (compared - different.size()) + " equal, refused " + refused;
    }

    /** 2.6.18 leaves every file's page that moved counted where it was; what else a kernel does wrong is named, with where it shows. */
    void assertDefects(String kernel, Map<KnownDefect, Set<String>> others) {
      Map<String, Set<String>> found = new TreeMap<>();
      defects.forEach((cause, where) -> found.put(cause, where.keySet()));
      Map<String, Set<String>> expected = new TreeMap<>();
      if (kernel.equals("2.6.18")) {
        expected.put(KnownDefect.FILE_PAGES_STAY_COUNTED.toString(), filesMoved);
      }
      others.forEach((cause, workloads) -> expected.put(cause.toString(), workloads));
      assertThat(found).isEqualTo(expected);
    }
  }

  /** All that was recorded: so many traces each file has. */
  @ParameterizedTest
  @CsvSource({"2.6.18, 124", "2.6.36, 135", "5.10, 213", "6.1, 213", "6.12, 213", "6.18, 213", "7.3, 213"})
  void answersAsTheRecordedKernelDid(String kernel, int recorded) {
    Tally tally = new Tally();
    try (SimTestbed testbed = new SimTestbed(kernel, RECORDED_ON, true)) {
      compareAll(testbed, RecordedTracesTest::inCorpus,
          TRACES.computeIfAbsent("corpus." + kernel + ".traces.yaml", RecordedTracesTest::traces), tally);
    }
    report("sim:" + kernel, tally, recorded);
    boolean forgets = kernel.equals("2.6.18");
    tally.assertDefects(kernel, forgets ? Map.of(KnownDefect.NEVER_PUT_BACK, Set.of("bind-hole-in-middle")) : Map.of());
    if (forgets) {
      // The fourth step binds five pages of node 0, of which the third is a hole.
      assertThat(tally.defects.get(KnownDefect.NEVER_PUT_BACK.toString()))
          .containsEntry("bind-hole-in-middle", "step 4: node 0: 2 pages stay isolated for good");
    }
  }

  /** What is in each set is in the folder's README. */
  @ParameterizedTest
  @Tag("random")
  @CsvSource({"random18, 2.6.18, 394", "random, 2.6.36, 1491", "random, 5.10, 398", "random, 6.1, 398", "random, 6.12, 398",
      "random, 6.18, 398", "random, 7.3, 398",
      "mixed18, 2.6.18, 1461", "mixed, 5.10, 999", "mixed, 6.1, 999", "mixed, 6.12, 999", "mixed, 6.18, 999", "mixed, 7.3, 999",
      "thp, 5.10, 54", "thp, 6.1, 54", "thp, 6.12, 54", "thp, 6.18, 54", "thp, 7.3, 54"})
  void answersForRandomWorkloadsAsTheRecordedKernelDid(String set, String kernel, int recorded) {
    compareRandom(set, kernel, recorded, Map.of());
  }

  /**
   * In two of them mappings are lost, and nothing stops the kernel for it before the workload ends. It finds holes then where nothing
   * was unmapped: EFAULT in the 11th step of one, ENOMEM in the 13th of the other.
   */
  @Test
  @Tag("random")
  void answersForRandomWorkloadsThatLoseMappingsAs2636Did() {
    compareRandom("mixed36", "2.6.36", 2954, Map.of(KnownDefect.MAPPING_LOST, Set.of("fuzz-502-190", "weird-1-453")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36"})
  void releasesWithoutTransparentHugePagesSaySo(String kernel) {
    try (SimTestbed testbed = new SimTestbed(kernel, RECORDED_ON, true)) {
      for (String name : List.of("thp-bind", "thp-many-parts", "thp-one-node")) {
        assertThat(testbed.lacks(inCorpus(name))).contains("Linux " + kernel + " has no thp, which came with 2.6.38");
      }
    }
  }

  /** What a host with one node answered. */
  @Test
  void answersAsTheRecordedHostDid() throws IOException {
    List<Trace> recorded = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/traces/6.18"))) {
      files.sorted().forEach(file -> recorded.addAll(TraceReader.read(file)));
    }
    Tally tally = new Tally();
    try (SimTestbed testbed = new SimTestbed("6.18", new MachineSpec(1, 1L << 30, 1), true)) {
      compareAll(testbed, RecordedTracesTest::inCorpus, recorded, tally);
    }
    report("sim:6.18 with one node", tally, 92);
    tally.assertDefects("6.18", Map.of());
  }

  /** A workload of the built-in corpus. */
  private static Workload inCorpus(String name) {
    return CORPUS.computeIfAbsent(name, RecordedTracesTest::readFromCorpus);
  }

  private static Workload readFromCorpus(String name) {
    String file = "/corpus/" + name + WorkloadReader.SUFFIX;
    try (InputStream in = Objects.requireNonNull(SimTestbed.class.getResourceAsStream(file), file)) {
      return WorkloadReader.read(file, in).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compareRandom(String set, String kernel, int recorded, Map<KnownDefect, Set<String>> defects) {
    Map<String, Workload> workloads = new LinkedHashMap<>();
    String text = Oracle.text(set + ".workloads.yaml.gz");
    WorkloadReader.parse("random.workloads.yaml", text).forEach(workload -> workloads.put(workload.name(), workload));
    Tally tally = new Tally();
    try (SimTestbed testbed = new SimTestbed(kernel, RECORDED_ON, true)) {
      compareAll(testbed, workloads::get, traces(set + "." + kernel + ".traces.yaml.gz"), tally);
    }
    report("sim:" + kernel + ", " + set + " workloads", tally, recorded);
    tally.assertDefects(kernel, defects);
  }

  private static List<Trace> traces(String file) {
    return TraceReader.parse(file, Oracle.text(file));
  }

  /** Prints what was compared; all that was recorded is, and equal. */
  private static void report(String what, Tally tally, int recorded) {
    System.out.println(what + ": " + tally);
    tally.different.stream().limit(Integer.getInteger("show", 5)).forEach(System.out::println);
    assertThat(tally.different).isEmpty();
    assertThat(tally.refused).isEmpty();
    assertThat(tally.compared).isEqualTo(recorded);
  }

  private static void compareAll(
      SimTestbed testbed, Function<String, Workload> workloads, List<Trace> traces, Tally tally) {
    for (Trace trace : traces) {
      Workload workload = workloads.apply(trace.workload());
      assertThat(workload).as(trace.workload()).isNotNull();
      Optional<String> lacks = testbed.lacks(workload);
      if (trace.skipped().isPresent() || lacks.isPresent()) {
        tally.refused.merge(lacks.orElse("not recorded"), 1, Integer::sum);
        continue;
      }
      tally.compared++;
      compare(testbed, workload, trace, tally);
    }
  }

  private static void compare(SimTestbed testbed, Workload workload, Trace recorded, Tally tally) {
    Trace answered;
    try {
      answered = new TestbedBackend("sim", testbed, () -> false).run(workload);
    } catch (RuntimeException e) {
      tally.different.add(workload.name() + " threw " + e + " " + List.of(e.getStackTrace()).subList(0, 6));
      return;
    }
    difference(workload, recorded, answered).ifPresent(tally.different::add);
    if (FilePages.moved(workload, recorded)) {
      tally.filesMoved.add(workload.name());
    }
    answered.defects().forEach(defect -> tally.defects.computeIfAbsent(defect.cause(), cause -> new TreeMap<>())
        .put(workload.name(), "step " + defect.step() + ": " + defect.what()));
  }

  private static Optional<String> difference(Workload workload, Trace recorded, Trace answered) {
    for (int i = 0; i < workload.steps().size(); i++) {
      Outcome told = recorded.outcomes().get(i);
      Outcome answer = toldLike(told, answered.outcomes().get(i));
      if (!answer.equals(told)) {
        return Optional.of(workload.name() + " step " + (i + 1) + ": " + workload.steps().get(i) + "\n"
            + text(recorded, told) + text(recorded, answer));
      }
    }
    return Optional.empty();
  }

  /** With a count left open where the recorder, a JVM with pages of its own, left it open. */
  private static Outcome toldLike(Outcome recorded, Outcome answer) {
    return recorded.returned() == Outcome.SOME && answer.returnedLike(recorded)
        ? new Outcome(answer.step(), Outcome.SOME, answer.status(), answer.placement(), answer.intact()) : answer;
  }

  private static String text(Trace of, Outcome outcome) {
    String all = TraceWriter.format(Trace.ran(of.workload(), of.kernel(), of.nodes(), List.of(outcome)));
    return all.substring(all.indexOf("outcomes:") + 9);
  }
}
