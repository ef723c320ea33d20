package io.github.pageferry.it.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.trace.TraceWriter;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.sim.MachineSpec;
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
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each recorded kernel's answers are the simulator's, workload by workload. */
class RecordedTracesTest {

  private static final MachineSpec RECORDED_ON = new MachineSpec(4, 256L << 20, 1);

  /** Where the real kernel breaks the invariants, too, and why: kernel and workload. */
  private static final Map<String, String> FINDINGS = Map.of(
      "2.6.18 bind-hole-in-middle",
      "do_mbind() never puts back what it isolated before it found the hole (until ab8a3e14e6f8, 2.6.32)");

  /** The corpus and what was recorded of it, as far as it has been read: a mutation run compares it again and again. */
  private static final Map<String, Workload> CORPUS = new ConcurrentHashMap<>();
  private static final Map<String, List<Trace>> TRACES = new ConcurrentHashMap<>();

  /** What happened to the recorded traces of one kernel. */
  private static final class Tally {
    int compared;
    final Map<String, Integer> refused = new TreeMap<>();
    final List<String> different = new ArrayList<>();
    final List<String> findings = new ArrayList<>();

    @Override
    public String toString() {
      return compared + " compared, " + (compared - different.size()) + " equal, refused " + refused
          + (findings.isEmpty() ? "" : ", findings " + findings);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10", "6.1", "6.12", "6.18", "7.3"})
  void answersAsTheRecordedKernelDid(String kernel) {
    Tally tally = new Tally();
    try (SimTestbed testbed = new SimTestbed(kernel, RECORDED_ON, true)) {
      compareAll(testbed, RecordedTracesTest::inCorpus,
          TRACES.computeIfAbsent("corpus." + kernel + ".traces.yaml", RecordedTracesTest::traces), tally);
    }
    assertThat(tally.findings).containsExactlyElementsOf(
        FINDINGS.keySet().stream().filter(finding -> finding.startsWith(kernel + " ")).sorted().toList());
    report("sim:" + kernel, tally);
  }

  @ParameterizedTest
  @Tag("random")
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10", "6.1", "6.12", "6.18", "7.3"})
  void answersForRandomWorkloadsAsTheRecordedKernelDid(String kernel) {
    // The random workloads for 2.6.18 name nothing that crashes it.
    compareRandom(kernel.equals("2.6.18") ? "random18" : "random", kernel);
  }

  /** Random mixes of what is done to whole transparent huge pages and to parts of them. */
  @ParameterizedTest
  @Tag("random")
  @ValueSource(strings = {"5.10", "6.1", "6.12", "6.18", "7.3"})
  void answersForTransparentHugePagesAsTheRecordedKernelDid(String kernel) {
    assertThat(compareRandom("thp", kernel)).isEqualTo(54);
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
    report("sim:6.18 with one node", tally);
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

  private static int compareRandom(String set, String kernel) {
    Map<String, Workload> workloads = new LinkedHashMap<>();
    String text = Oracle.text(set + ".workloads.yaml.gz");
    WorkloadReader.parse("random.workloads.yaml", text).forEach(workload -> workloads.put(workload.name(), workload));
    Tally tally = new Tally();
    try (SimTestbed testbed = new SimTestbed(kernel, RECORDED_ON, true)) {
      compareAll(testbed, workloads::get, traces(set + "." + kernel + ".traces.yaml.gz"), tally);
    }
    report("sim:" + kernel + ", " + set + " workloads", tally);
    return tally.compared;
  }

  private static List<Trace> traces(String file) {
    return TraceReader.parse(file, Oracle.text(file));
  }

  /** Prints what was compared; all of it is to be equal. */
  private static void report(String what, Tally tally) {
    System.out.println(what + ": " + tally);
    tally.different.stream().limit(Integer.getInteger("show", 5)).forEach(System.out::println);
    assertThat(tally.compared).isPositive();
    assertThat(tally.different).isEmpty();
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
      Optional<String> difference = difference(testbed, workload, trace);
      String finding = trace.kernel() + " " + workload.name();
      if (FINDINGS.containsKey(finding) && difference.orElse("").contains("invariants do not hold")) {
        tally.findings.add(finding);
        difference = difference(new SimTestbed(trace.kernel(), RECORDED_ON, false), workload, trace);
      }
      difference.ifPresent(tally.different::add);
    }
  }

  private static Optional<String> difference(SimTestbed testbed, Workload workload, Trace recorded) {
    int i = 0;
    List<Outcome> answered = new ArrayList<>();
    try (Session session = testbed.open(workload)) {
      for (Step step : workload.steps()) {
        Session.Result result = session.execute(step);
        boolean map = step instanceof Step.Map;
        Outcome outcome = new Outcome(
            step.word(), result.returned(), result.status(), map ? null : session.placement(), map || session.intact());
        answered.add(outcome);
        if (!outcome.equals(recorded.outcomes().get(i))) {
          return Optional.of(workload.name() + " step " + i + ": " + step + "\n"
              + text(recorded, recorded.outcomes().get(i)) + text(recorded, outcome));
        }
        i++;
      }
    } catch (RuntimeException e) {
      return Optional.of(workload.name() + " step " + i + " threw " + e + " " + List.of(e.getStackTrace()).subList(0, 6));
    }
    return Optional.empty();
  }

  private static String text(Trace of, Outcome outcome) {
    String all = TraceWriter.format(Trace.ran(of.workload(), of.kernel(), of.nodes(), List.of(outcome)));
    return all.substring(all.indexOf("outcomes:") + 9);
  }
}
