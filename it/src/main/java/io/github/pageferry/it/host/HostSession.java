package io.github.pageferry.it.host;

import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link Run} and its thread: every call is made there, while the caller waits. */
final class HostSession implements Session {

  private final HostTestbed testbed;
  private final RunSlot slot;
  private final RunThread thread;
  /** Of the run's thread alone. */
  private @Nullable Run run;
  private boolean closed;

  /**
   * Starts the thread.
   *
   * @param slot given back by {@link #close}
   */
  HostSession(HostTestbed testbed, int cpu, RunSlot slot) {
    this.testbed = testbed;
    this.slot = slot;
    thread = new RunThread(testbed.migrator(), cpu);
  }

  /** Makes the machine ready. To be called once, before anything else; where it fails the session can only be closed. */
  void prepare(Set<Need> needs, int nodes) {
    thread.call(() -> run = new Run(testbed, thread, needs, nodes));
  }

  private Run run() {
    return Objects.requireNonNull(run);
  }

  @Override
  public Result execute(Step step) {
    return thread.call(() -> run().execute(step));
  }

  @Override
  public Map<String, int[]> placement() {
    return thread.call(() -> run().placement());
  }

  @Override
  public boolean intact() {
    return thread.call(() -> run().intact());
  }

  /** May be called by any thread, at any time: a step that is under way ends first. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      thread.call(() -> {
        if (run != null) {
          run.close();
        }
        return null;
      });
    } finally {
      thread.close();
      testbed.closed(this);
      slot.close();
    }
  }
}
