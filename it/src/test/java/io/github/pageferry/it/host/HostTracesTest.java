package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the host testbed to what a kernel of the same release answered to another program, a recorder in C. */
class HostTracesTest {

  private static final String RELEASE = "6.18";

  private static HostTestbed testbed;

  @BeforeAll
  static void open() {
    testbed = HostTestbed.open();
  }

  @AfterAll
  static void close() {
    testbed.close();
  }

  @TestFactory
  Stream<DynamicTest> answersAsRecorded() {
    return traces().map(trace -> DynamicTest.dynamicTest(trace.workload(), () -> {
      assumeTrue(testbed.kernel().startsWith(RELEASE + "."),
          () -> "recorded on " + RELEASE + ", and this kernel is " + testbed.kernel());
      Workload workload = workload(trace.workload());
      HostRuns.assumeRuns(testbed, workload);
      List<Outcome> answered = HostRuns.run(testbed, workload);
      assertThat(answered).hasSameSizeAs(trace.outcomes());
      for (int i = 0; i < answered.size(); i++) {
        Outcome expected = countForgotten(trace.outcomes().get(i));
        assertThat(described(answered.get(i))).as("step %d, %s", i + 1, workload.steps().get(i))
            .isEqualTo(described(expected));
        assertThat(answered.get(i)).isEqualTo(expected);
      }
    }));
  }

  @Test
  void recordedWorkloadsHaveEveryStepAndEveryBackingButVfat() {
    Set<String> words = new TreeSet<>();
    Set<Step.Backing> backings = EnumSet.noneOf(Step.Backing.class);
    traces().map(trace -> workload(trace.workload())).flatMap(workload -> workload.steps().stream()).forEach(step -> {
      words.add(step.word());
      if (step instanceof Step.Map map && map.of().isEmpty()) {
        backings.add(map.backing());
      }
    });
    assertThat(words).hasSize(Step.class.getPermittedSubclasses().length);
    assertThat(backings).isEqualTo(EnumSet.complementOf(EnumSet.of(Step.Backing.VFAT)));
  }

  /** How many of its own pages a JVM counts is its own affair. */
  private static Outcome countForgotten(Outcome outcome) {
    return outcome.step().equals("migrate") && outcome.returned() >= 0
        ? new Outcome(outcome.step(), Outcome.SOME, outcome.status(), outcome.placement(), outcome.intact())
        : outcome;
  }

  private static String described(Outcome outcome) {
    StringBuilder text = new StringBuilder(outcome.step() + " returned " + outcome.returned());
    if (outcome.status() != null) {
      text.append(" status ").append(Arrays.toString(outcome.status()));
    }
    if (outcome.placement() != null) {
      outcome.placement().forEach((region, places) ->
          text.append(' ').append(region).append(Arrays.toString(places)));
    }
    return text.append(outcome.intact() ? "" : " not intact").toString();
  }

  private static Stream<Trace> traces() {
    try (Stream<Path> files = Files.list(Path.of(
        Objects.requireNonNull(HostTracesTest.class.getResource("/traces/" + RELEASE)).toURI()))) {
      List<Trace> traces = files.sorted().flatMap(file -> TraceReader.read(file).stream()).toList();
      assertThat(traces).isNotEmpty();
      return traces.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Workload workload(String name) {
    String file = "/corpus/" + name + WorkloadReader.SUFFIX;
    InputStream in = Objects.requireNonNull(HostTracesTest.class.getResourceAsStream(file), file);
    return WorkloadReader.read(file, in).get(0);
  }
}
