package io.github.pageferry.it.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs of workloads on the host, for tests. A test whose workload cannot run here is skipped with the reason. */
final class HostRuns {

  private HostRuns() {}

  /** A workload of these steps, in YAML. */
  static Workload workload(String steps) {
    String text = "workload: test\nsteps:\n" + steps.indent(2);
    return WorkloadReader.read("test", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))).get(0);
  }

  static void assumeRuns(HostTestbed testbed, Workload workload) {
    Optional<String> lacks = testbed.lacks(workload);
    assumeTrue(lacks.isEmpty(), () -> workload.name() + " was skipped: it " + lacks.orElse(""));
  }

  /** Runs the workload on a testbed of its own. */
  static List<Outcome> run(Workload workload) {
    try (HostTestbed testbed = HostTestbed.open()) {
      assumeRuns(testbed, workload);
      return run(testbed, workload);
    }
  }

  static List<Outcome> run(String steps) {
    return run(workload(steps));
  }

  static List<Outcome> run(HostTestbed testbed, Workload workload) {
    List<Outcome> outcomes = new ArrayList<>();
    try (Session session = testbed.open(workload)) {
      for (Step step : workload.steps()) {
        outcomes.add(execute(session, step));
      }
    }
    return outcomes;
  }

  static Outcome execute(Session session, Step step) {
    Session.Result result = session.execute(step);
    boolean map = step instanceof Step.Map;
    return new Outcome(step.word(), result.returned(), result.status(), map ? null : session.placement(),
        map || session.intact());
  }
}
