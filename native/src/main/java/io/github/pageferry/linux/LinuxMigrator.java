package io.github.pageferry.linux;

import io.github.pageferry.Capabilities;
import io.github.pageferry.Capabilities.Support;
import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.SystemCall;
import io.github.pageferry.Topology;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kernel of this host. Each method is one system call; what the kernel refuses is an exception with its reason.
 *
 * <p>Used by any number of threads at once. A call allocates nothing that grows with its pages. {@link #close} waits for
 * calls that are under way; it gives nothing back to the system, since nothing is held but a thread's small buffers.
 */
public final class LinuxMigrator implements MemoryMigrator {

  /** Flags of get_mempolicy(2), {@code linux/mempolicy.h}. */
  private static final int F_NODE = 1;

  private static final int F_ADDR = 1 << 1;
  private static final int F_MEMS_ALLOWED = 1 << 2;

  /** The kernel's own limit of a mask (a page of bits), beyond which it says EINVAL whatever it holds. */
  private static final int MAX_MASK_BITS = 8 * 4096;

  private final SystemCalls calls;
  private final HostFiles files;
  private final int pageBytes;
  private final String description;
  private final CallProbe probe;
  private final CallGate gate = new CallGate("the migrator of the host's kernel");
  private volatile @Nullable List<ProbedCall> probed;
  private volatile int maskWords;

  /** For tests: any implementation of the calls, any files. */
  LinuxMigrator(SystemCalls calls, HostFiles files, int pageBytes) {
    this.calls = calls;
    this.files = files;
    this.pageBytes = pageBytes;
    description = "linux " + KernelRelease.of(files).text();
    probe = new CallProbe(calls, files);
  }

  /**
   * Opens the host's kernel. What it then lets this process do is said by {@link #capabilities()}.
   *
   * @throws IllegalStateException where the kernel cannot be called from this JVM, with the reason and a remedy
   */
  public static LinuxMigrator open() {
    KernelAccess access = KernelAccess.get();
    return new LinuxMigrator(access.calls(), HostFiles.ofHost(), access.pageBytes());
  }

  /** {@code "linux "} and the release, also after {@link #close}. */
  @Override
  public String description() {
    return description;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Read from {@code /sys/devices/system/node}; {@link IllegalStateException} where that is not there.
   */
  @Override
  public Topology topology() {
    gate.enter();
    try {
      return new NodeFiles(files).topology(pageBytes);
    } finally {
      gate.leave();
    }
  }

  @Override
  public Capabilities capabilities() {
    Map<SystemCall, Support> supports = new EnumMap<>(SystemCall.class);
    for (ProbedCall call : probedCalls()) {
      supports.put(call.call(), new Support(call.works(), call.explanation()));
    }
    return new Capabilities(supports);
  }

  /**
   * What a harmless try of each call came to, in the order of {@link SystemCall}. They are tried once, by the first
   * thread that asks; what a filter of another thread refuses is not seen.
   */
  public List<ProbedCall> probedCalls() {
    gate.enter();
    try {
      List<ProbedCall> known = probed;
      if (known == null) {
        known = Arrays.stream(SystemCall.values()).map(probe::probe).toList();
        probed = known;
      }
      return known;
    } finally {
      gate.leave();
    }
  }

  @Override
  public long movePages(int pid, PageBatch batch, Set<MoveFlag> flags) {
    Objects.requireNonNull(batch, "batch");
    int flagBits = MoveFlag.bits(flags);
    gate.enter();
    try {
      batch.resetStatuses();
      return checked(SystemCall.MOVE_PAGES, calls.movePages(
          pid, batch.size(), batch.addressesPointer(), batch.nodesPointer(), batch.statusesPointer(), flagBits));
    } finally {
      Reference.reachabilityFence(batch);
      gate.leave();
    }
  }

  @Override
  public void queryPages(int pid, PageBatch batch) {
    Objects.requireNonNull(batch, "batch");
    gate.enter();
    try {
      long result = calls.movePages(pid, batch.size(), batch.addressesPointer(), 0, batch.statusesPointer(), 0);
      if (result < 0) {
        // A query that succeeds writes every entry; after one that fails none may be left from the call before.
        batch.resetStatuses();
        throw failure(SystemCall.MOVE_PAGES, result);
      }
    } finally {
      Reference.reachabilityFence(batch);
      gate.leave();
    }
  }

  @Override
  public long migratePages(int pid, NodeSet from, NodeSet to) {
    int words = Math.max(Scratch.wordsFor(from), Scratch.wordsFor(to));
    Scratch scratch = Scratch.ofThread();
    gate.enter();
    try {
      scratch.reserve(words);
      long oldNodes = scratch.writeMask(0, from, words);
      long newNodes = scratch.writeMask(1, to, words);
      return checked(SystemCall.MIGRATE_PAGES, calls.migratePages(pid, maxnode(words), oldNodes, newNodes));
    } finally {
      Reference.reachabilityFence(scratch);
      gate.leave();
    }
  }

  @Override
  public void bind(long address, long length, MemoryPolicy policy, Set<MoveFlag> flags) {
    int flagBits = MoveFlag.bits(flags);
    int words = Scratch.wordsFor(policy.nodes());
    Scratch scratch = Scratch.ofThread();
    gate.enter();
    try {
      refuseWrapping(SystemCall.MBIND, address, length);
      boolean none = policy.nodes().isEmpty();
      long mask = none ? 0 : scratch.writeMask(0, policy.nodes(), words);
      checked(SystemCall.MBIND,
          calls.mbind(address, length, policy.modeArgument(), mask, none ? 0 : maxnode(words), flagBits));
    } finally {
      Reference.reachabilityFence(scratch);
      gate.leave();
    }
  }

  @Override
  public void setPolicy(MemoryPolicy policy) {
    int words = Scratch.wordsFor(policy.nodes());
    Scratch scratch = Scratch.ofThread();
    gate.enter();
    try {
      boolean none = policy.nodes().isEmpty();
      long mask = none ? 0 : scratch.writeMask(0, policy.nodes(), words);
      checked(SystemCall.SET_MEMPOLICY, calls.setMempolicy(policy.modeArgument(), mask, none ? 0 : maxnode(words)));
    } finally {
      Reference.reachabilityFence(scratch);
      gate.leave();
    }
  }

  @Override
  public MemoryPolicy getPolicy() {
    return policy(0, 0);
  }

  @Override
  public MemoryPolicy getPolicyAt(long address) {
    return policy(address, F_ADDR);
  }

  private MemoryPolicy policy(long address, int flags) {
    Scratch scratch = Scratch.ofThread();
    gate.enter();
    try {
      int words = nodeIdWords();
      long mask = scratch.writeMask(0, NodeSet.EMPTY, words);
      checked(SystemCall.GET_MEMPOLICY,
          calls.getMempolicy(scratch.intAddress(0), mask, words * (long) Long.SIZE, address, flags));
      return MemoryPolicy.fromModeArgument(scratch.readInt(0), scratch.readMask(0, words));
    } finally {
      Reference.reachabilityFence(scratch);
      gate.leave();
    }
  }

  @Override
  public int nodeAt(long address) {
    return node(address, F_NODE | F_ADDR);
  }

  @Override
  public int nextInterleaveNode() {
    return node(0, F_NODE);
  }

  private int node(long address, int flags) {
    Scratch scratch = Scratch.ofThread();
    gate.enter();
    try {
      checked(SystemCall.GET_MEMPOLICY, calls.getMempolicy(scratch.intAddress(0), 0, 0, address, flags));
      return scratch.readInt(0);
    } finally {
      Reference.reachabilityFence(scratch);
      gate.leave();
    }
  }

  @Override
  public NodeSet allowedNodes() {
    Scratch scratch = Scratch.ofThread();
    gate.enter();
    try {
      int words = nodeIdWords();
      long mask = scratch.writeMask(0, NodeSet.EMPTY, words);
      checked(SystemCall.GET_MEMPOLICY, calls.getMempolicy(0, mask, words * (long) Long.SIZE, 0, F_MEMS_ALLOWED));
      return scratch.readMask(0, words);
    } finally {
      Reference.reachabilityFence(scratch);
      gate.leave();
    }
  }

  @Override
  public void setHomeNode(long address, long length, int node) {
    gate.enter();
    try {
      refuseWrapping(SystemCall.SET_MEMPOLICY_HOME_NODE, address, length);
      checked(SystemCall.SET_MEMPOLICY_HOME_NODE, calls.setMempolicyHomeNode(address, length, node, 0));
    } finally {
      gate.leave();
    }
  }

  @Override
  public CurrentCpu currentNode() {
    Scratch scratch = Scratch.ofThread();
    gate.enter();
    try {
      checked(SystemCall.GETCPU, calls.getcpu(scratch.intAddress(0), scratch.intAddress(1)));
      return new CurrentCpu(scratch.readInt(0), scratch.readInt(1));
    } finally {
      Reference.reachabilityFence(scratch);
      gate.leave();
    }
  }

  @Override
  public void close() {
    gate.close();
  }

  /** What the calls that decrement it want, so that the last bit of the last word counts. */
  private static long maxnode(int words) {
    return words * (long) Long.SIZE + 1;
  }

  /**
   * How many words get_mempolicy(2) wants of a mask: as many bits as the kernel has node ids, EINVAL else
   * ({@code kernel_get_mempolicy()} in {@code mm/mempolicy.c}).
   */
  private int nodeIdWords() {
    int words = maskWords;
    if (words == 0) {
      Scratch scratch = Scratch.ofThread();
      int bits = 1024;
      while (bits < MAX_MASK_BITS && allowed(scratch, bits) == -Errno.EINVAL.number()) {
        bits *= 2;
      }
      // A kernel that refuses even the widest does not know the question (before 2.6.24).
      words = (bits == MAX_MASK_BITS ? 1024 : bits) / Long.SIZE;
      maskWords = words;
    }
    return words;
  }

  private long allowed(Scratch scratch, int bits) {
    long mask = scratch.writeMask(0, NodeSet.EMPTY, bits / Long.SIZE);
    return calls.getMempolicy(0, mask, bits, 0, F_MEMS_ALLOWED);
  }

  /**
   * Refuses a length that the kernel would take for nothing to do: it rounds up to pages in unsigned arithmetic before
   * it looks, so that −1 becomes 0 and succeeds.
   */
  private void refuseWrapping(SystemCall call, long address, long length) {
    if (length < 0 || Long.compareUnsigned(address + length, address) < 0) {
      throw new MemoryCallException(call, Errno.EINVAL, Remedies.hint(call, Errno.EINVAL));
    }
  }

  private long checked(SystemCall call, long result) {
    if (result < 0) {
      throw failure(call, result);
    }
    return result;
  }

  /** Only now is it asked whether the call as such is let through: what is said of rights holds only if it is. */
  private MemoryCallException failure(SystemCall call, long result) {
    Errno errno = Errno.find((int) -result).orElse(Errno.EIO);
    String named = errno.number() == -result ? "" : "the number returned was " + -result + ", which has no name; ";
    ProbedCall now = probe.probe(call);
    return new MemoryCallException(call, errno, named + (now.works() ? Remedies.hint(call, errno) : now.explanation()));
  }
}
