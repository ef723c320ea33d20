package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.Scheduler.At;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Runs programs on machines of one kernel, one after the other. Not safe for use by several threads; each may have its own.
 */
public final class Exploration implements AutoCloseable {

  private static final MachineSpec MACHINE = new MachineSpec(Generator.NODES, 1 << 20, 1);
  /** About how many points a run has. */
  private static final int STEPS = 300;

  private final String release;
  private final SimulatedMachine.KernelImage image;
  private final List<Carrier> carriers = new ArrayList<>();

  /** Of a release. */
  public Exploration(String release) {
    this(release, Kernel::new);
  }

  /** Of a kernel of another make; for tests. */
  public Exploration(String release, SimulatedMachine.KernelImage image) {
    this.release = release;
    this.image = image;
  }

  /** Tells the checkers and the branch watch of each point. */
  private record Observing(StepChecker checker, BranchWatch watch) implements Interleaver.Observer {

    @Override
    public void point(SimTask task, At at, int page) {
      watch.point(task, at, page);
      checker.check();
    }

    @Override
    public void outcome(SimTask task, At at, int page, boolean success) {
      watch.outcome(task, at, page, success);
    }

    @Override
    public void sleeps(SimTask task, At at, int page) {
      watch.sleeps(task, at, page);
    }
  }

  /** Runs what a trial says; the same trial always comes out the same. */
  public Outcome run(Trial trial) {
    return run(trial, false);
  }

  /**
   * Runs what a trial says.
   *
   * @param log whether to keep the schedule as text
   */
  public Outcome run(Trial trial, boolean log) {
    return run(trial, trial.program(), log);
  }

  /** As {@link #run(Trial, boolean)}, of another program than the seed's. */
  Outcome run(Trial trial, Program program, boolean log) {
    Interleaver sched = new Interleaver(carriers, log);
    Set<Branch> branches = EnumSet.noneOf(Branch.class);
    Set<KnownDefect> findings = EnumSet.noneOf(KnownDefect.class);
    Throwable failure;
    try {
      SimulatedMachine machine = SimulatedMachine.boot(MACHINE, release, sched, image);
      sched.attach(machine.kernel());
      World world = new World(machine, program, trial.seed());
      BranchWatch watch = new BranchWatch(machine.kernel());
      sched.observe(new Observing(new StepChecker(machine.kernel()), watch));
      for (Program.Actor actor : program.actors()) {
        sched.spawn("task " + actor.number(), new Runner(world, actor, watch));
      }
      failure = sched.run(new Chooser(trial.schedule(), program.actors().size(), STEPS));
      branches.addAll(watch.seen());
      if (failure == null) {
        world.finish();
        findings.addAll(world.findings);
      }
    } catch (RuntimeException e) {
      failure = e;
    }
    return new Outcome(trial, failure, sched.steps(), sched.hash(), branches, findings, sched.log());
  }

  /** Ends its threads. */
  @Override
  public void close() {
    for (Carrier carrier : carriers) {
      carrier.assign(null);
      carrier.pass();
    }
    carriers.clear();
  }
}
