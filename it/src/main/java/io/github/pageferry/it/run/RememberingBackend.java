package io.github.pageferry.it.run;

import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs each workload once, however many others its answers are compared with. What broke is tried again. */
public final class RememberingBackend implements Backend {

  private final Backend backend;
  private final Map<Workload, Trace> answers = new HashMap<>();

  /**
   * @param backend closed with this
   */
  public RememberingBackend(Backend backend) {
    this.backend = backend;
  }

  @Override
  public Trace run(Workload workload) {
    Trace answer = answers.get(workload);
    if (answer == null) {
      answer = backend.run(workload);
      answers.put(workload, answer);
    }
    return answer;
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String kernel() {
    return backend.kernel();
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public Map<String, String> facts() {
    return backend.facts();
  }

  @Override
  public OptionalInt nodes() {
    return backend.nodes();
  }

  /** {@inheritDoc} What another machine answered is forgotten then. */
  @Override
  public boolean renew() {
    boolean another = backend.renew();
    if (another) {
      answers.clear();
    }
    return another;
  }

  @Override
  public void limitAnswers(Optional<Duration> limit) {
    backend.limitAnswers(limit);
  }

  @Override
  public void close() {
    backend.close();
  }
}
