package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler whose decisions follow from a seed. One task runs at a time; at each point it, another one, or the disk goes on.
 * Before and after {@link #run} it stands aside: whoever waits has the disk work meanwhile.
 */
final class Interleaver implements Scheduler {

  /** More points than any run that ends comes to. */
  static final int ENDLESS = 200_000;

  /** Sees what happens; must not call primitives. */
  interface Observer {

    /** A task is at a point: the machine is as others would find it. */
    void point(SimTask task, At at, int page);

    /** What came of a primitive. */
    void outcome(SimTask task, At at, int page, boolean success);

    /** A task is about to wait for something that is not so yet. */
    void sleeps(SimTask task, At at, int page);
  }

  /** Ends tasks of a run that has failed. */
  private static final class Unwind extends Error {
    private static final long serialVersionUID = 1L;

    Unwind() {
      super(null, null, false, false);
    }
  }

  private final List<Carrier> carriers;
  private final List<SimTask> tasks = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final @Nullable StringBuilder log;
  private @Nullable Kernel kernel;
  private @Nullable Observer observer;
  private @Nullable Chooser chooser;
  private boolean[] ready = {};
  private @Nullable SimTask running;
  private @Nullable Throwable failure;
  private int steps;
  private long hash = 17;

  /**
   * A scheduler for one run.
   *
   * @param carriers threads to run tasks on; more are added where they are too few
   * @param log whether to keep the whole schedule as text, not only its hash
   */
  Interleaver(List<Carrier> carriers, boolean log) {
    this.carriers = carriers;
    this.log = log ? new StringBuilder() : null;
  }

  /** Connects it with the machine that it was booted with. */
  void attach(Kernel k) {
    kernel = k;
  }

  /** Says who sees what happens. */
  void observe(Observer who) {
    observer = who;
  }

  /** Adds a task, before {@link #run}. */
  void spawn(String name, Runnable body) {
    int index = tasks.size();
    if (index == carriers.size()) {
      carriers.add(new Carrier(index));
    }
    tasks.add(new SimTask(index, name, carriers.get(index), body));
  }

  /**
   * Runs all tasks to their ends.
   *
   * @return what went wrong, null where nothing did
   */
  @Nullable Throwable run(Chooser by) {
    if (tasks.isEmpty()) {
      return null;
    }
    chooser = by;
    ready = new boolean[tasks.size() + 1];
    for (SimTask task : tasks) {
      task.carrier.assign(() -> live(task));
    }
    SimTask first = tasks.get(0);
    running = first;
    first.carrier.pass();
    boolean interrupted = false;
    while (ended.getCount() > 0) {
      try {
        ended.await();
      } catch (InterruptedException e) {
        // A run takes milliseconds, and a half-done one would leave threads behind.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    running = null;
    return failure;
  }

  /** How many points there were. */
  int steps() {
    return steps;
  }

  /** A number that follows from every decision of the run. */
  long hash() {
    return hash;
  }

  /** The schedule as text, empty where it was not to be kept. */
  String log() {
    return log == null ? "" : log.toString();
  }

  private Kernel kernel() {
    if (kernel == null) {
      throw new IllegalStateException("a scheduler without a machine");
    }
    return kernel;
  }

  /** The whole life of a task, on its own thread. */
  private void live(SimTask me) {
    if (failure == null) {
      try {
        parted(me);
        me.body.run();
      } catch (Unwind e) {
        // Another task has failed.
      } catch (DeadlockException e) {
        fail(e);
      } catch (RuntimeException | Error e) {
        fail(new TaskFailure(me.name, e));
      }
    }
    me.done = true;
    me.condition = null;
    SimTask next = failure == null ? nextAfter(me) : undone();
    if (next == null) {
      ended.countDown();
    } else {
      running = next;
      next.carrier.pass();
    }
  }

  private void fail(Throwable what) {
    if (failure == null) {
      failure = what;
    }
  }

  private @Nullable SimTask undone() {
    return tasks.stream().filter(task -> !task.done).findFirst().orElse(null);
  }

  /** Who runs when a task has ended; null where all have, or where those that have not never will. */
  private @Nullable SimTask nextAfter(SimTask me) {
    if (undone() == null) {
      return null;
    }
    try {
      return tasks.get(decide(me));
    } catch (RuntimeException | Error e) {
      fail(e);
      return undone();
    }
  }

  /** Lets the disk work as long as it is its turn, and says which task is the next. */
  private int decide(SimTask me) {
    while (true) {
      boolean any = false;
      for (SimTask task : tasks) {
        ready[task.index] = task.isReady();
        any |= ready[task.index];
      }
      boolean disk = kernel().blockDevice.isBusy();
      ready[tasks.size()] = disk;
      if (!any && !disk) {
        throw new DeadlockException(
            tasks.stream().filter(task -> !task.done).map(SimTask::where).collect(Collectors.joining("\n  ")));
      }
      int next = chooser == null ? 0 : chooser.choose(ready, me.index, steps);
      note(me, next);
      if (next < tasks.size()) {
        return next;
      }
      kernel().blockDevice.interrupt();
    }
  }

  private void note(SimTask me, int next) {
    hash = hash * 31 + next;
    if (log != null) {
      String who = next < tasks.size() ? tasks.get(next).name : "the disk";
      log.append(steps).append(' ').append(me.name).append(": ").append(me.done ? "ends" : me.at);
      if (me.page != 0) {
        log.append(" page ").append(me.page);
      }
      log.append(next == me.index ? "" : " -> " + who).append('\n');
    }
  }

  /** Gives the baton away, and comes back with it. */
  private void yieldTo(SimTask me, int next) {
    if (next != me.index) {
      me.current = kernel().current;
      SimTask other = tasks.get(next);
      running = other;
      other.carrier.pass();
      me.carrier.awaitBaton();
      parted(me);
      kernel().current = me.current;
    }
  }

  private void parted(SimTask me) {
    running = me;
    if (failure != null) {
      throw new Unwind();
    }
  }

  @Override
  public void point(At at, int page) {
    SimTask me = running;
    if (me != null && me.preemptCount == 0) {
      step(me, at, page);
      yieldTo(me, decide(me));
    }
  }

  private void step(SimTask me, At at, int page) {
    if (failure != null) {
      throw new Unwind();
    }
    me.at = at;
    me.page = page;
    if (++steps > ENDLESS) {
      throw new KernelBug("the tasks never end: " + me.name + " is in " + at);
    }
    if (observer != null) {
      observer.point(me, at, page);
    }
  }

  @Override
  public void waitUntil(At at, int page, BooleanSupplier condition, Object what) {
    SimTask me = running;
    if (me == null) {
      while (!condition.getAsBoolean() && kernel().blockDevice.isBusy()) {
        kernel().blockDevice.interrupt();
      }
      KernelBug.on(!condition.getAsBoolean(), "{} waits for ever", what);
      return;
    }
    KernelBug.on(me.preemptCount > 0, "sleeping in {} with a spinlock held", at);
    step(me, at, page);
    if (observer != null && !condition.getAsBoolean()) {
      observer.sleeps(me, at, page);
    }
    me.condition = condition;
    me.what = what;
    yieldTo(me, decide(me));
    me.condition = null;
    me.what = null;
  }

  @Override
  public void preemptDisable() {
    if (running != null) {
      running.preemptCount++;
    }
  }

  @Override
  public void preemptEnable() {
    if (running != null) {
      running.preemptCount--;
    }
  }

  @Override
  public void outcome(At at, int page, boolean success) {
    if (running != null && observer != null) {
      observer.outcome(running, at, page, success);
    }
  }
}
