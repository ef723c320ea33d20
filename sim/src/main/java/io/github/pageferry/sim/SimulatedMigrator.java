package io.github.pageferry.sim;

import io.github.pageferry.Capabilities;
import io.github.pageferry.Capabilities.Support;
import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PolicyFlag;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.SystemCall;
import io.github.pageferry.Topology;
import io.github.pageferry.sim.kernel.Feature;
import io.github.pageferry.sim.kernel.KernelProfile;
import io.github.pageferry.sim.kernel.Mempolicy;
import io.github.pageferry.sim.kernel.NotModelledException;
import io.github.pageferry.sim.mm.NodeMask;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A machine of its own, simulated, with the JVM as its only process: code that moves memory between nodes runs against it where the
 * host has one node, or is no Linux. Statuses and placements are what a kernel of that release answers; the real memory stays where
 * it is.
 *
 * <p><b>Memory.</b> The simulated process has, at each address that a call names, from 64 KiB up to 2^48, private anonymous memory of
 * 4 KiB pages. Pages come into being on first sight: when a call first names a page or a range, it is taken as touched on node 0 some
 * time before (on the next node where that is full), whatever policy the calling thread has. From then on it stays where calls have
 * moved it, also when the JVM has freed the memory and used the address for something else. Nothing is ever read or written at the
 * addresses.
 *
 * <p><b>Threads.</b> Each Java thread is a thread of the simulated process with a memory policy of its own, {@code DEFAULT} at first
 * (on a kernel it has that of the thread that started it, which a JVM does not tell). It runs as root, on a CPU of node 0 unless {@link
 * #runOn} says else. The process has pid 1, and the JVM's own pid names it, too; pid 2 is a kernel thread; there are no others.
 *
 * <p>Used by any number of threads at once; calls are made one after the other. What a release has and the model lacks is an {@link
 * UnsupportedOperationException} that names it.
 */
public final class SimulatedMigrator implements MemoryMigrator {

  private static final long JVM_PID = ProcessHandle.current().pid();

  private final ReentrantLock lock = new ReentrantLock();
  private final MachineSpec spec;
  private final KernelProfile profile;
  private final Map<Thread, SimulatedProcess> threads = new WeakHashMap<>();
  /** Null from {@link #close} on. */
  private @Nullable SimulatedMachine machine;
  private @Nullable FirstSight firstSight;
  /** What broke the machine in the middle of a call: it answers nothing any longer. */
  private @Nullable Throwable crash;

  private SimulatedMigrator(SimulatedMachine machine) {
    this.machine = machine;
    spec = machine.spec();
    profile = machine.kernel().profile;
    firstSight = new FirstSight(machine);
  }

  /**
   * Boots a machine.
   *
   * @param release of its kernel: one of {@link Profiles#names()}, or a release of such a series
   * @throws IllegalArgumentException where there is no such profile
   */
  public static SimulatedMigrator open(String release, MachineSpec spec) {
    return new SimulatedMigrator(SimulatedMachine.boot(spec, Profiles.find(release)));
  }

  /**
   * Boots a machine that words describe: {@code 6.18 nodes:4 memory:16GiB}, {@code 2.6.36}, {@code node:2 core:2 pu:1}, or none.
   *
   * @param options a release first, {@link Profiles#forThisHost()} where there is none; then the hardware, see {@link MachineSpec#parse}
   * @throws IllegalArgumentException where the options are not understood, saying what would be
   */
  public static SimulatedMigrator open(String options) {
    String text = options.strip();
    boolean startsWithRelease = !text.isEmpty() && Character.isDigit(text.charAt(0));
    int end = 0;
    while (startsWithRelease && end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    try {
      return open(end > 0 ? text.substring(0, end) : Profiles.forThisHost(), MachineSpec.parse(text.substring(end)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + "; the simulator takes a release (" + String.join(", ", Profiles.names())
              + ") and a machine, each of which can be left out, as in \"sim:" + Profiles.forThisHost() + " nodes:4 memory:16GiB\"",
          e);
    }
  }

  /** {@code "sim:"} and the release, also after {@link #close}. */
  @Override
  public String description() {
    return "sim:" + profile.release();
  }

  /** The machine; for tests not to be used while calls are made. */
  SimulatedMachine machine() {
    return Objects.requireNonNull(machine);
  }

  /** Whether {@link #close} has been called. */
  boolean isClosed() {
    return machine == null;
  }

  /**
   * Lets the calling thread run on the first CPU of a node from now on, as {@code sched_setaffinity(2)} does.
   *
   * @throws IllegalArgumentException where the machine has no such node
   */
  public void runOn(int node) {
    if (node < 0 || node >= spec.nodes()) {
      throw new IllegalArgumentException("there is no node " + node + "; there are 0 to " + (spec.nodes() - 1));
    }
    asCaller(caller -> {
      caller.runOn(node);
      return 0;
    });
  }

  @Override
  public Topology topology() {
    return asCaller(caller -> machine().topology());
  }

  @Override
  public Capabilities capabilities() {
    Map<SystemCall, Support> calls = new EnumMap<>(SystemCall.class);
    for (SystemCall call : SystemCall.values()) {
      calls.put(call, new Support(true, "simulated, as Linux " + profile.release() + " answers it"));
    }
    if (!profile.has(Feature.HOME_NODES)) {
      calls.put(SystemCall.SET_MEMPOLICY_HOME_NODE, new Support(
          false, "Linux " + profile.release() + " does not have it: it came with " + Feature.HOME_NODES.since()));
    }
    return asCaller(caller -> new Capabilities(calls));
  }

  @Override
  public long movePages(int pid, PageBatch batch, Set<MoveFlag> flags) {
    int flagBits = MoveFlag.bits(flags);
    batch.resetStatuses();
    BatchArrays arrays = new BatchArrays(batch);
    return call(SystemCall.MOVE_PAGES, caller -> {
      see(pid, arrays);
      return caller.movePages(
          pidOf(pid), arrays.size(), arrays.addresses(), arrays.nodes(), arrays.statuses(), flagBits);
    });
  }

  @Override
  public void queryPages(int pid, PageBatch batch) {
    batch.resetStatuses();
    BatchArrays arrays = new BatchArrays(batch);
    call(SystemCall.MOVE_PAGES, caller -> {
      see(pid, arrays);
      return caller.movePages(pidOf(pid), arrays.size(), arrays.addresses(), null, arrays.statuses(), 0);
    });
  }

  private void see(int pid, BatchArrays arrays) {
    if (pidOf(pid) == SELF || pid == SimulatedMachine.FIRST_PID) {
      require(SystemCall.MOVE_PAGES, sight().see(arrays.addresses()));
    }
  }

  @Override
  public long migratePages(int pid, NodeSet from, NodeSet to) {
    NodeMask source = NodeMask.of(from);
    NodeMask target = NodeMask.of(to);
    return call(SystemCall.MIGRATE_PAGES, caller -> caller.migratePages(pidOf(pid), source, target));
  }

  /**
   * {@inheritDoc}
   *
   * <p>A length that is negative or wraps is EINVAL, as the host's backend has it.
   */
  @Override
  public void bind(long address, long length, MemoryPolicy policy, Set<MoveFlag> flags) {
    int flagBits = MoveFlag.bits(flags);
    NodeMask nodes = NodeMask.of(policy.nodes());
    requireModelled(policy);
    call(SystemCall.MBIND, caller -> {
      if (wraps(address, length)) {
        return -Errno.EINVAL.number();
      }
      require(SystemCall.MBIND, sight().see(address, length));
      return caller.bind(address, length, policy.modeArgument(), nodes, flagBits);
    });
  }

  @Override
  public void setPolicy(MemoryPolicy policy) {
    NodeMask nodes = NodeMask.of(policy.nodes());
    requireModelled(policy);
    call(SystemCall.SET_MEMPOLICY, caller -> caller.setPolicy(policy.modeArgument(), nodes));
  }

  @Override
  public MemoryPolicy getPolicy() {
    Mempolicy.Got got = ask(0, 0);
    return MemoryPolicy.fromModeArgument(got.policy(), got.nodes().toNodeSet());
  }

  @Override
  public MemoryPolicy getPolicyAt(long address) {
    Mempolicy.Got got = ask(address, Mempolicy.F_ADDR);
    return MemoryPolicy.fromModeArgument(got.policy(), got.nodes().toNodeSet());
  }

  @Override
  public int nodeAt(long address) {
    return ask(address, Mempolicy.F_NODE | Mempolicy.F_ADDR).policy();
  }

  @Override
  public int nextInterleaveNode() {
    return ask(0, Mempolicy.F_NODE).policy();
  }

  @Override
  public NodeSet allowedNodes() {
    return ask(0, Mempolicy.F_MEMS_ALLOWED).nodes().toNodeSet();
  }

  private Mempolicy.Got ask(long address, int flags) {
    return asCaller(caller -> {
      require(SystemCall.GET_MEMPOLICY, (flags & Mempolicy.F_ADDR) == 0 || sight().see(address));
      Mempolicy.Got got = caller.getPolicy(address, flags);
      checked(SystemCall.GET_MEMPOLICY, got.error());
      return got;
    });
  }

  /**
   * {@inheritDoc}
   *
   * <p>ENOSYS where the release does not have the call. A length that is negative or wraps is EINVAL, as the host's backend has it.
   */
  @Override
  public void setHomeNode(long address, long length, int node) {
    call(SystemCall.SET_MEMPOLICY_HOME_NODE, caller -> {
      if (wraps(address, length)) {
        return -Errno.EINVAL.number();
      }
      require(SystemCall.SET_MEMPOLICY_HOME_NODE, sight().see(address, length));
      return caller.setHomeNode(address, length, node);
    });
  }

  private static boolean wraps(long address, long length) {
    return length < 0 || Long.compareUnsigned(address + length, address) < 0;
  }

  @Override
  public CurrentCpu currentNode() {
    return asCaller(caller -> new CurrentCpu(caller.node() * spec.cpusPerNode(), caller.node()));
  }

  /** Gives the machine up, and with it all that it knows of where pages are. */
  @Override
  public void close() {
    lock.lock();
    try {
      machine = null;
      firstSight = null;
      threads.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * No page is moved by NUMA balancing here, which the flag asks for: who sets it would see less than a real kernel does. Where
   * there is no such flag, and with a mode that cannot have it, the kernel answers EINVAL itself.
   */
  private void requireModelled(MemoryPolicy policy) {
    boolean balances = policy.flags().contains(PolicyFlag.NUMA_BALANCING)
        && (policy.mode() == PolicyMode.BIND || policy.mode() == PolicyMode.PREFERRED_MANY);
    if (balances && profile.has(Feature.NUMA_BALANCING)) {
      throw new NotModelledException("MPOL_F_NUMA_BALANCING");
    }
  }

  private static int pidOf(int pid) {
    return pid == JVM_PID ? SELF : pid;
  }

  private FirstSight sight() {
    return Objects.requireNonNull(firstSight);
  }

  private static void require(SystemCall call, boolean hasMemory) {
    if (!hasMemory) {
      throw failure(call, Errno.ENOMEM);
    }
  }

  /** A system call of the calling thread that returns a number. */
  private interface Call {
    long make(SimulatedProcess caller);
  }

  private long call(SystemCall call, Call body) {
    return asCaller(caller -> checked(call, body.make(caller)));
  }

  private static long checked(SystemCall call, long result) {
    if (result < 0) {
      throw failure(call, Errno.find((int) -result).orElse(Errno.EIO));
    }
    return result;
  }

  private static MemoryCallException failure(SystemCall call, Errno errno) {
    return new MemoryCallException(call, errno, Hints.of(call, errno));
  }

  /** Does something as the calling thread, while no other thread does anything. */
  private <T> T asCaller(Function<SimulatedProcess, T> body) {
    lock.lock();
    try {
      SimulatedProcess caller = caller();
      try {
        return body.apply(caller);
      } catch (MemoryCallException e) {
        throw e;
      } catch (RuntimeException | Error e) {
        // In the middle of something: what is left of the machine is not to be relied on.
        crash = e;
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  private SimulatedProcess caller() {
    SimulatedMachine open = machine;
    if (open == null) {
      throw new IllegalStateException("the simulator " + description() + " is closed");
    }
    if (crash != null) {
      throw new IllegalStateException("the simulated kernel of " + description() + " has crashed: " + crash, crash);
    }
    return threads.computeIfAbsent(Thread.currentThread(), thread -> open.self().newThread());
  }
}
