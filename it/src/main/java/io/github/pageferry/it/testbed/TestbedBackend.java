package io.github.pageferry.it.testbed;

import io.github.pageferry.it.trace.Defect;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs workloads on a testbed, one fresh session each, and writes down what every step answered. */
public final class TestbedBackend implements Backend {

  private final String name;
  private final Testbed testbed;
  private final BooleanSupplier cancelled;

  /**
   * @param name as given on the command line
   * @param testbed closed with this
   * @param cancelled asked before each step; where it says yes the run ends with a {@link CancelledException}
   */
  public TestbedBackend(String name, Testbed testbed, BooleanSupplier cancelled) {
    this.name = name;
    this.testbed = testbed;
    this.cancelled = cancelled;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kernel() {
    return testbed.kernel();
  }

  @Override
  public String description() {
    return testbed.description();
  }

  @Override
  public Map<String, String> facts() {
    return testbed.facts();
  }

  @Override
  public OptionalInt nodes() {
    return testbed.nodes();
  }

  @Override
  public Trace run(Workload workload) {
    try {
      checkCancelled();
      Optional<String> lacking = testbed.lacks(workload);
      return lacking.isPresent()
          ? Trace.skipped(workload.name(), kernel(), workload.nodes(), lacking.get())
          : ran(workload);
    } catch (RuntimeException e) {
      // A testbed that cleans up after a signal may be gone in the middle of a step.
      checkCancelled();
      throw e;
    }
  }

  private Trace ran(Workload workload) {
    List<Outcome> outcomes = new ArrayList<>();
    Map<String, Defect> defects = new LinkedHashMap<>();
    try (Session session = testbed.open(workload)) {
      for (Step step : workload.steps()) {
        checkCancelled();
        outcomes.add(outcome(session, step));
        int number = outcomes.size();
        session.knownDefects().forEach((cause, what) -> defects.putIfAbsent(cause, new Defect(number, cause, what)));
      }
    }
    return Trace.ran(workload.name(), kernel(), workload.nodes(), outcomes).with(List.copyOf(defects.values()));
  }

  private void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new CancelledException();
    }
  }

  private static Outcome outcome(Session session, Step step) {
    Session.Result result = session.execute(step);
    // A new mapping changes nothing that is there: neither is looked at, as by those who recorded the traces.
    boolean map = step instanceof Step.Map;
    @Nullable Map<String, int[]> placement = map ? null : session.placement();
    return new Outcome(step.word(), result.returned(), result.status(), placement, map || session.intact());
  }

  @Override
  public void close() {
    testbed.close();
  }
}
