package io.github.pageferry.it.run;

import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs workloads on two backends, one after the other, and compares what they answer. */
public final class Runner {

  private final Backend on;
  private final Backend against;
  private final Consumer<Workload> beginning;
  private final Consumer<Verdict> ended;

  /**
   * @param on the backend that is examined
   * @param against the one that it is compared with
   * @param beginning told of each workload before it is run
   * @param ended told what came of it
   */
  public Runner(Backend on, Backend against, Consumer<Workload> beginning, Consumer<Verdict> ended) {
    this.on = on;
    this.against = against;
    this.beginning = beginning;
    this.ended = ended;
  }

  /**
   * Runs all; one that breaks does not keep the others from being run.
   *
   * @throws CancelledException where the user asked for the end
   * @throws CannotRunException where one of the backends can run nothing any more; what was run before has been told of
   */
  public List<Verdict> run(List<Workload> workloads) {
    List<Verdict> verdicts = new ArrayList<>();
    for (Workload workload : workloads) {
      beginning.accept(workload);
      long start = System.nanoTime();
      Verdict verdict = verdict(workload).took(Duration.ofNanos(System.nanoTime() - start));
      verdicts.add(verdict);
      ended.accept(verdict);
    }
    return verdicts;
  }

  private Verdict verdict(Workload workload) {
    List<Trace> traces = new ArrayList<>();
    for (Backend backend : List.of(on, against)) {
      Recorder.Result result = Recorder.run(backend, workload);
      if (result.failure().isPresent()) {
        return Verdict.broken(workload, traces.stream().findFirst(), backend.name(), result.failure().get());
      }
      traces.add(result.trace().orElseThrow());
      if (traces.get(traces.size() - 1).skipped().isPresent()) {
        break;
      }
    }
    return Verdict.of(Optional.of(workload), on, traces.get(0), against, traces.get(traces.size() - 1));
  }
}
