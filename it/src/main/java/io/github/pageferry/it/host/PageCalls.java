package io.github.pageferry.it.host;

import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.it.testbed.Session.Result;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.workload.Step;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The steps that are NUMA system calls. They go through the backend under test wherever its typed interface can express
 * them; what it cannot (flags that no kernel knows, pointers to nowhere) is a raw call.
 */
final class PageCalls implements AutoCloseable {

  /** A flag of move_pages(2) that no kernel knows. */
  private static final int BOGUS_FLAG = 1 << 30;

  /** A kernel thread: kthreadd. */
  private static final int KERNEL_THREAD = 2;
  /** Above any pid that a kernel hands out (PID_MAX_LIMIT is 2^22). */
  private static final int ABSENT = 0x7ffffff0;

  private final MemoryMigrator migrator;
  private final Regions regions;
  private final Children children;
  private final long forbidden;
  private PageBatch batch = PageBatch.ofCapacity(256);

  PageCalls(MemoryMigrator migrator, Regions regions, Children children) {
    this.migrator = migrator;
    this.regions = regions;
    this.children = children;
    forbidden = Libc.must("mmap of an inaccessible page",
        Libc.mmap(0, Libc.PAGE_SIZE, 0, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0));
  }

  /**
   * Makes calls that fail. What the backend needs to say so is then loaded while the class path can be read: another
   * user, as whom calls are made later, may not be allowed to.
   */
  static void rehearse(MemoryMigrator migrator) {
    PageBatch empty = PageBatch.ofCapacity(0);
    returned(() -> migrator.movePages(ABSENT, empty, EnumSet.of(MoveFlag.MOVE)));
    returned(() -> {
      migrator.queryPages(ABSENT, empty);
      return 0;
    });
    returned(() -> migrator.migratePages(ABSENT, NodeSet.of(0), NodeSet.of(0)));
  }

  Result move(Step.Move step) {
    Selection pages = Selection.of(step.pages(), regions);
    List<Integer> to = step.to();
    if (to.size() != 1 && to.size() != pages.size()) {
      throw new IllegalArgumentException(to.size() + " nodes for " + pages.size() + " pages");
    }
    PageBatch filled = emptyBatch(pages.size());
    for (int i = 0; i < pages.size(); i++) {
      filled.add(pages.address(i), to.get(to.size() == 1 ? 0 : i));
    }
    int pid = pid(step.process());
    Set<MoveFlag> flags = moveFlags(step.flags());
    boolean raw = step.flags().contains(Step.CallFlag.BOGUS) || !step.bad().isEmpty();
    int bits = MoveFlag.bits(flags) | (step.flags().contains(Step.CallFlag.BOGUS) ? BOGUS_FLAG : 0);
    long returned = as(step.uid(), () -> raw
        ? rawCall(pid, filled, pointer(step.bad(), Step.BadArray.NODES, filled.nodesPointer()), step.bad(), bits)
        : returned(() -> migrator.movePages(pid, filled, flags)));
    return new Result(returned, statuses(filled));
  }

  private static Set<MoveFlag> moveFlags(Set<Step.CallFlag> flags) {
    if (flags.contains(Step.CallFlag.ALL)) {
      return EnumSet.of(MoveFlag.MOVE_ALL);
    }
    return flags.isEmpty() ? EnumSet.of(MoveFlag.MOVE) : EnumSet.noneOf(MoveFlag.class);
  }

  Result query(Step.Query step) {
    Selection pages = Selection.of(step.pages(), regions);
    PageBatch filled = emptyBatch(pages.size());
    for (int i = 0; i < pages.size(); i++) {
      filled.add(pages.address(i));
    }
    int pid = pid(step.process());
    long returned = as(step.uid(), () -> step.bad().isEmpty()
        ? returned(() -> query(pid, filled))
        : rawCall(pid, filled, 0, step.bad(), 0));
    return new Result(returned, statuses(filled));
  }

  private long query(int pid, PageBatch filled) {
    migrator.queryPages(pid, filled);
    return 0;
  }

  private long rawCall(int pid, PageBatch filled, long nodes, Set<Step.BadArray> bad, int flags) {
    return Libc.result(Libc.syscall(CallNumbers.here().movePages(), pid, filled.size(),
        pointer(bad, Step.BadArray.PAGES, filled.addressesPointer()),
        nodes,
        pointer(bad, Step.BadArray.STATUS, filled.statusesPointer()),
        flags));
  }

  private long pointer(Set<Step.BadArray> bad, Step.BadArray array, long good) {
    return bad.contains(array) ? forbidden : good;
  }

  /** What a query says of each page of the region: a node or an errno negated. */
  int[] placement(Region region) {
    PageBatch filled = emptyBatch(region.pages);
    filled.addRun(region.base, Libc.PAGE_SIZE, region.pages);
    migrator.queryPages(MemoryMigrator.SELF, filled);
    return statuses(filled);
  }

  Result migrate(Step.Migrate step) {
    int pid = pid(step.process());
    NodeSet from = nodes(step.from());
    NodeSet to = nodes(step.to());
    long returned = as(step.uid(), () -> returned(() -> migrator.migratePages(pid, from, to)));
    // this JVM's own pages are among those counted
    return Result.of(returned < 0 ? returned : Outcome.SOME);
  }

  Result bind(Step.Bind step) {
    Selection pages = Selection.of(step.pages(), regions);
    if (pages.size() > 0 && pages.endOfRun(0) != pages.size()) {
      throw new IllegalArgumentException("bind needs one contiguous run of pages");
    }
    long address = pages.size() == 0 ? regions.hole() : pages.address(0);
    long length = (long) pages.size() * Libc.PAGE_SIZE;
    MemoryPolicy policy = MemoryPolicy.of(mode(step.mode()), nodes(step.nodes()));
    EnumSet<MoveFlag> flags = EnumSet.noneOf(MoveFlag.class);
    step.flags().forEach(flag -> flags.add(bindFlag(flag)));
    return Result.of(returned(() -> {
      migrator.bind(address, length, policy, flags);
      return 0;
    }));
  }

  private static PolicyMode mode(Step.BindMode mode) {
    return switch (mode) {
      case BIND -> PolicyMode.BIND;
      case PREFERRED -> PolicyMode.PREFERRED;
      case INTERLEAVE -> PolicyMode.INTERLEAVE;
      case DEFAULT -> PolicyMode.DEFAULT;
    };
  }

  private static MoveFlag bindFlag(Step.BindFlag flag) {
    return switch (flag) {
      case STRICT -> MoveFlag.STRICT;
      case MOVE -> MoveFlag.MOVE;
      case ALL -> MoveFlag.MOVE_ALL;
    };
  }

  /** Binds the thread's policy to one node. Returns 0 or an errno negated. */
  long bindThread(int node) {
    return returned(() -> {
      migrator.setPolicy(MemoryPolicy.bind(node));
      return 0;
    });
  }

  void unbindThread() {
    migrator.setPolicy(MemoryPolicy.DEFAULT);
  }

  private static NodeSet nodes(List<Integer> nodes) {
    return NodeSet.of(nodes.stream().mapToInt(Integer::intValue).toArray());
  }

  private int pid(String process) {
    return switch (process) {
      case "self" -> MemoryMigrator.SELF;
      case "kernel" -> KERNEL_THREAD;
      case "absent" -> ABSENT;
      default -> children.pid(process);
    };
  }

  private static long as(OptionalInt uid, LongSupplier call) {
    return uid.isPresent() ? AsUser.call(uid.getAsInt(), call) : call.getAsLong();
  }

  /** What the call returned, an exception of the backend being an errno negated. */
  private static long returned(LongSupplier call) {
    try {
      return call.getAsLong();
    } catch (MemoryCallException e) {
      return -e.errno().number();
    }
  }

  private PageBatch emptyBatch(int pages) {
    if (batch.capacity() < pages) {
      batch = PageBatch.ofCapacity(Integer.highestOneBit(pages) * 2);
    }
    batch.clear();
    return batch;
  }

  private static int[] statuses(PageBatch filled) {
    int[] statuses = new int[filled.size()];
    filled.copyStatuses(statuses, 0);
    return statuses;
  }

  @Override
  public void close() {
    Libc.munmap(forbidden, Libc.PAGE_SIZE);
  }
}
