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
import java.util.function.Function;
import java.util.stream.Stream;
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
      compareAll(testbed, RecordedTracesTest::inCorpus, traces("corpus." + kernel + ".traces.yaml"), tally);
      // The random workloads for 2.6.18 name nothing that crashes it.
      String set = kernel.equals("2.6.18") ? "random18" : "random";
      Map<String, Workload> random = randomWorkloads(set + ".workloads.yaml.gz");
      compareAll(testbed, random::get, traces(set + "." + kernel + ".traces.yaml.gz"), tally);
    }
    assertThat(tally.findings).containsExactlyElementsOf(
        FINDINGS.keySet().stream().filter(finding -> finding.startsWith(kernel + " ")).sorted().toList());
    System.out.println("sim:" + kernel + ": " + tally);
    tally.different.stream().limit(Integer.getInteger("show", 5)).forEach(System.out::println);
    assertThat(tally.compared).isPositive();
    assertThat(tally.different).isEmpty();
  }

  /** Random mixes of what is done to whole transparent huge pages and to parts of them. */
  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12", "6.18", "7.3"})
  void answersForTransparentHugePagesAsTheRecordedKernelDid(String kernel) {
    Tally tally = new Tally();
    try (SimTestbed testbed = new SimTestbed(kernel, RECORDED_ON, true)) {
      compareAll(testbed, randomWorkloads("thp.workloads.yaml.gz")::get, traces("thp." + kernel + ".traces.yaml.gz"), tally);
    }
    System.out.println("sim:" + kernel + " with transparent huge pages: " + tally);
    tally.different.stream().limit(Integer.getInteger("show", 5)).forEach(System.out::println);
    assertThat(tally.compared).isEqualTo(54);
    assertThat(tally.different).isEmpty();
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
    System.out.println("sim:6.18 with one node: " + tally);
    tally.different.stream().limit(Integer.getInteger("show", 5)).forEach(System.out::println);
    assertThat(tally.compared).isPositive();
    assertThat(tally.different).isEmpty();
  }

  /** A workload of the built-in corpus. */
  private static Workload inCorpus(String name) {
    String file = "/corpus/" + name + WorkloadReader.SUFFIX;
    try (InputStream in = Objects.requireNonNull(SimTestbed.class.getResourceAsStream(file), file)) {
      return WorkloadReader.read(file, in).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Workload> randomWorkloads(String file) {
    Map<String, Workload> workloads = new LinkedHashMap<>();
    WorkloadReader.parse("random.workloads.yaml", Oracle.text(file)).forEach(w -> workloads.put(w.name(), w));
    return workloads;
  }

  private static List<Trace> traces(String file) {
    return TraceReader.parse(file, Oracle.text(file));
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
