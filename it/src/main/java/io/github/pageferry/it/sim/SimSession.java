package io.github.pageferry.it.sim;

import io.github.pageferry.Errno;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.PageStatus;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.check.Finding;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.VmFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** One run of a workload on a simulated machine. */
final class SimSession implements Session {

  private static final long REGION_BASE = 0x10_0000_0000L;
  private static final long REGION_STEP = 0x4000_0000L;
  /** Nothing is mapped here; regions and the stack lie above. */
  private static final long HOLE = 0x0f_0000_0000L;
  private static final long IMAGE = 0x40_0000L;
  private static final long STACK = 0x7fff_ffff_0000L;
  private static final int ABSENT_PID = 0x7fff_fff0;
  private static final int KERNEL_PID = 2;
  /** The pattern of every page that is written with {@code same}. */
  private static final long SAME = 1L << 62;
  private static final int BOGUS = 1 << 30;

  private static final Map<Step.Backing, FileSystem> FILE_SYSTEMS = Map.of(
      Step.Backing.TMPFS, FileSystem.TMPFS,
      Step.Backing.RAMFS, FileSystem.RAMFS,
      Step.Backing.EXT4, FileSystem.EXT4,
      Step.Backing.VFAT, FileSystem.VFAT);

  private final SimulatedMachine machine;
  private final SimulatedProcess self;
  private final boolean checking;
  private final Map<String, SimRegion> regions = new LinkedHashMap<>();
  private final Map<String, SimulatedProcess> children = new LinkedHashMap<>();
  private final List<VmFile> files = new ArrayList<>();
  private int mapped;

  SimSession(SimulatedMachine machine, boolean checking) {
    this.machine = machine;
    this.checking = checking;
    self = machine.self();
    // A process has its program below its other memory and its stack above.
    self.mapPrivate(IMAGE, 16, SimulatedProcess.PROT_READ_WRITE);
    self.mapPrivate(STACK, 16, SimulatedProcess.PROT_READ_WRITE);
  }

  /** An address that a step names, and the page of a region that it lies in. */
  private record Target(long address, @Nullable SimRegion region, int page) {}

  private List<Target> select(List<PageSelector> selectors) {
    List<Target> targets = new ArrayList<>();
    for (PageSelector selector : selectors) {
      if (selector instanceof PageSelector.Pages pages) {
        SimRegion region = region(pages.region());
        int last = pages.last() == PageSelector.Pages.TO_THE_END ? region.pages - 1 : pages.last();
        for (int page = pages.first(); page <= last; page++) {
          targets.add(new Target(region.address(page) + pages.offset(), region, page));
        }
      } else {
        long base = selector instanceof PageSelector.Hole ? HOLE : 0;
        targets.add(new Target(base + selector.offset(), null, 0));
      }
    }
    return targets;
  }

  private SimRegion region(String name) {
    SimRegion region = regions.get(name);
    if (region == null) {
      throw new IllegalArgumentException("no region " + name);
    }
    return region;
  }

  private int pid(String process) {
    return switch (process) {
      case "self" -> 0;
      case "kernel" -> KERNEL_PID;
      case "absent" -> ABSENT_PID;
      default -> child(process).pid();
    };
  }

  private SimulatedProcess child(String name) {
    SimulatedProcess child = children.get(name);
    if (child == null) {
      throw new IllegalArgumentException("no process " + name);
    }
    return child;
  }

  private SimulatedProcess caller(OptionalInt uid) {
    return uid.isPresent() ? self.asUser(uid.getAsInt()) : self;
  }

  private static int prot(Step.Prot prot) {
    return switch (prot) {
      case NONE -> SimulatedProcess.PROT_NONE;
      case R -> SimulatedProcess.PROT_READ;
      case RW -> SimulatedProcess.PROT_READ_WRITE;
    };
  }

  private static NodeMask mask(List<Integer> nodes) {
    return NodeMask.of(nodes.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public Result execute(Step step) {
    Result result = perform(step);
    if (checking) {
      machine.invariants().check();
    }
    return result;
  }

  private Result perform(Step step) {
    if (step instanceof Step.Map map) {
      return Result.of(map(map));
    } else if (step instanceof Step.Touch touch) {
      return Result.of(touch(touch));
    } else if (step instanceof Step.Move move) {
      return move(move);
    } else if (step instanceof Step.Query query) {
      return movePages(select(query.pages()), null, 0, query.process(), query.uid(), query.bad());
    } else if (step instanceof Step.Migrate m) {
      return Result.of(caller(m.uid()).migratePages(pid(m.process()), mask(m.from()), mask(m.to())));
    } else if (step instanceof Step.Bind bind) {
      return Result.of(bind(bind));
    } else if (step instanceof Step.Lock lock) {
      return Result.of(overRuns(select(lock.pages()), self::lock, (range, result) -> {}));
    } else if (step instanceof Step.Unlock unlock) {
      return Result.of(overRuns(select(unlock.pages()), self::unlock, (range, result) -> {}));
    } else if (step instanceof Step.Protect protect) {
      int prot = prot(protect.prot());
      return Result.of(overRuns(select(protect.pages()), (a, n) -> self.protect(a, n, prot),
          (range, result) -> noteProtection(range, result, prot != 0)));
    } else if (step instanceof Step.Advise advise && advise.advice() == Step.Advice.MERGEABLE) {
      long refused = overRuns(select(advise.pages()), self::mergeable, (range, result) -> {});
      if (refused == 0) {
        self.mergePages();
      }
      return Result.of(refused);
    } else if (step instanceof Step.Advise advise) {
      return Result.of(overRuns(select(advise.pages()), self::dontneed, (range, result) -> noteDropped(range)));
    } else if (step instanceof Step.Unmap unmap) {
      return Result.of(unmap(select(unmap.pages())));
    }
    return performRest(step);
  }

  private Result performRest(Step step) {
    if (step instanceof Step.Pin pin) {
      return Result.of(each(select(pin.pages()), self::pin));
    } else if (step instanceof Step.Unpin unpin) {
      return Result.of(each(select(unpin.pages()), self::unpin));
    } else if (step instanceof Step.Fork fork) {
      children.put(fork.as(), self.fork());
      return Result.of(0);
    } else if (step instanceof Step.Exit exit) {
      child(exit.process()).exit();
      children.remove(exit.process());
      return Result.of(0);
    } else if (step instanceof Step.Cpuset cpuset) {
      return Result.of(self.confine(mask(cpuset.mems())));
    } else if (step instanceof Step.Sync sync) {
      SimRegion region = region(sync.region());
      return Result.of(self.sync(region.base, (long) region.pages * SimRegion.PAGE));
    }
    throw new IllegalArgumentException("no step " + step.word());
  }

  private long map(Step.Map map) {
    // Not by their number: a name that is free again may be taken by another region.
    long base = REGION_BASE + mapped++ * REGION_STEP;
    boolean shared = map.sharing() == Step.Sharing.SHARED;
    int prot = prot(map.prot());
    SimRegion of = map.of().isEmpty() ? null : region(map.of());
    int pages = of == null ? map.pages() : of.pages;
    VmFile file = null;
    long error = 0;
    if (of != null) {
      file = of.file;
      if (file != null && files.contains(file)) {
        self.mapFile(base, pages, prot, file, shared);
      } else {
        // Huge pages cannot be mapped a second time.
        error = file == null ? -Errno.EINVAL.number() : self.mapAgain(base, pages, of.base);
        shared = true;
      }
    } else if (map.backing() == Step.Backing.HUGETLB) {
      error = self.mapHuge(base, pages, prot, shared);
    } else if (FILE_SYSTEMS.containsKey(map.backing())) {
      file = self.createFile(FILE_SYSTEMS.get(map.backing()), pages);
      files.add(file);
      self.mapFile(base, pages, prot, file, shared);
    } else if (map.backing() == Step.Backing.DEVICE) {
      shared = true;
      self.mapDevice(base, pages, prot);
    } else if (shared) {
      file = self.mapSharedAnonymous(base, pages, prot);
    } else {
      self.mapPrivate(base, pages, prot);
    }
    if (error != 0) {
      return error;
    }
    if (map.huge()) {
      self.adviseHuge(base);
    }
    boolean device = of == null && map.backing() == Step.Backing.DEVICE;
    long[] contents = of == null ? new long[pages] : of.fileContents;
    regions.put(map.as(), new SimRegion(map.as(), base, pages, shared, device, prot != 0, file, contents));
    return 0;
  }

  private long pattern(Target target, boolean same) {
    if (same) {
      return SAME;
    }
    int index = target.region == null ? 0 : new ArrayList<>(regions.values()).indexOf(target.region) + 1;
    return (long) index << 32 | target.page + 1;
  }

  private long touch(Step.Touch touch) {
    if (touch.node().isPresent()) {
      long refused = self.setPolicy(PolicyMode.BIND.number(), NodeMask.of(touch.node().getAsInt()));
      if (refused != 0) {
        return refused;
      }
    }
    long first = 0;
    for (Target target : select(touch.pages())) {
      long result;
      if (touch.write()) {
        long pattern = pattern(target, touch.same());
        result = self.write(target.address, pattern);
        if (result == 0 && target.region != null) {
          target.region.written(target.page, pattern);
        }
      } else {
        result = self.read(target.address);
      }
      first = first == 0 ? result : first;
    }
    if (touch.node().isPresent()) {
      self.resetPolicy();
    }
    return first;
  }

  private Result move(Step.Move move) {
    List<Target> targets = select(move.pages());
    int[] nodes = new int[targets.size()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = move.to().get(move.to().size() == 1 ? 0 : i);
    }
    Set<Step.CallFlag> words = move.flags();
    int flags = words.contains(Step.CallFlag.ALL) ? MoveFlag.MOVE_ALL.bit()
        : words.contains(Step.CallFlag.NONE) || words.contains(Step.CallFlag.BOGUS) ? 0 : MoveFlag.MOVE.bit();
    flags |= words.contains(Step.CallFlag.BOGUS) ? BOGUS : 0;
    return movePages(targets, nodes, flags, move.process(), move.uid(), move.bad());
  }

  private Result movePages(
      List<Target> targets, int @Nullable [] nodes, int flags, String process, OptionalInt uid,
      Set<Step.BadArray> bad) {
    int[] status = new int[targets.size()];
    Arrays.fill(status, PageStatus.NOT_ATTEMPTED);
    long[] addresses = targets.stream().mapToLong(Target::address).toArray();
    UserLongs pages = bad.contains(Step.BadArray.PAGES) ? UserLongs.inaccessible() : UserLongs.of(addresses);
    UserInts to = nodes == null ? null
        : bad.contains(Step.BadArray.NODES) ? UserInts.inaccessible() : UserInts.of(nodes);
    UserInts statuses = bad.contains(Step.BadArray.STATUS) ? UserInts.inaccessible() : UserInts.of(status);
    long returned = caller(uid).movePages(pid(process), addresses.length, pages, to, statuses, flags);
    return new Result(returned, status);
  }

  private long bind(Step.Bind bind) {
    List<Target> targets = select(bind.pages());
    int mode = switch (bind.mode()) {
      case BIND -> PolicyMode.BIND.number();
      case PREFERRED -> PolicyMode.PREFERRED.number();
      case INTERLEAVE -> PolicyMode.INTERLEAVE.number();
      case DEFAULT -> PolicyMode.DEFAULT.number();
    };
    int flags = 0;
    for (Step.BindFlag flag : bind.flags()) {
      flags |= switch (flag) {
        case STRICT -> MoveFlag.STRICT.bit();
        case MOVE -> MoveFlag.MOVE.bit();
        case ALL -> MoveFlag.MOVE_ALL.bit();
      };
    }
    return self.bind(targets.get(0).address, (long) targets.size() * SimRegion.PAGE, mode, mask(bind.nodes()), flags);
  }

  /** A call for an address and a length. */
  private interface RangeCall {
    long on(long address, long length);
  }

  /** Told of a call that was made for a run of pages. */
  private interface AfterCall {
    void on(List<Target> range, long result);
  }

  /** At a page that is not mapped mprotect(2) stops with ENOMEM; those before it have been changed. */
  private static void noteProtection(List<Target> range, long result, boolean readable) {
    if (result == 0 || result == -Errno.ENOMEM.number()) {
      for (Target target : range) {
        if (target.region == null || !target.region.isMapped(target.page)) {
          return;
        }
        target.region.isReadable(target.page, readable);
      }
    }
  }

  /** A call that failed may have thrown some of the pages away. */
  private void noteDropped(List<Target> range) {
    for (Target target : range) {
      if (target.region != null && !self.holds(target.address)) {
        target.region.dropped(target.page);
      }
    }
  }

  /** One call for each contiguous run of what was selected. */
  private static long overRuns(List<Target> targets, RangeCall call, AfterCall after) {
    long first = 0;
    for (int i = 0, j; i < targets.size(); i = j) {
      j = i + 1;
      while (j < targets.size() && targets.get(j).address == targets.get(j - 1).address + SimRegion.PAGE) {
        j++;
      }
      long result = call.on(targets.get(i).address, (long) (j - i) * SimRegion.PAGE);
      after.on(targets.subList(i, j), result);
      first = first == 0 ? result : first;
    }
    return first;
  }

  private static long each(List<Target> targets, LongUnaryOperator call) {
    long first = 0;
    for (Target target : targets) {
      long result = call.applyAsLong(target.address);
      first = first == 0 ? result : first;
    }
    return first;
  }

  private long unmap(List<Target> targets) {
    long first = 0;
    for (Target target : targets) {
      long result = self.unmap(target.address, SimRegion.PAGE);
      if (result == 0 && target.region != null) {
        target.region.unmapped(target.page);
      }
      first = first == 0 ? result : first;
    }
    return first;
  }

  @Override
  public Map<String, int[]> placement() {
    Map<String, int[]> placement = new LinkedHashMap<>();
    for (SimRegion region : regions.values()) {
      if (!region.isGone()) {
        placement.put(region.name, query(region));
      }
    }
    return placement;
  }

  private int[] query(SimRegion region) {
    long[] addresses = new long[region.pages];
    int[] status = new int[region.pages];
    for (int i = 0; i < region.pages; i++) {
      addresses[i] = region.address(i);
    }
    long returned = self.movePages(0, region.pages, UserLongs.of(addresses), null, UserInts.of(status), 0);
    if (returned != 0) {
      throw new IllegalStateException("the query of " + region.name + " returned " + Errno.of((int) -returned));
    }
    return status;
  }

  @Override
  public boolean intact() {
    for (SimRegion region : regions.values()) {
      if (region.isGone() || region.device) {
        continue;
      }
      int[] status = query(region);
      for (int i = 0; i < region.pages; i++) {
        if (region.canLook(i, status[i]) && !holds(region.address(i), region.expected(i))) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public Map<String, String> knownDefects() {
    Map<String, String> defects = new LinkedHashMap<>();
    for (Finding finding : machine.invariants().findings()) {
      defects.merge(finding.defect().toString(), finding.what(), (one, other) -> one + "; " + other);
    }
    return defects;
  }

  /** Looks as a process does: where a page that was written has been lost, another one is brought in. */
  private boolean holds(long address, long expected) {
    self.read(address);
    return self.peek(address) == expected;
  }

  @Override
  public void close() {
    children.values().forEach(SimulatedProcess::exit);
    children.clear();
    self.exit();
    if (checking) {
      machine.invariants().check();
    }
    files.forEach(self::remove);
    files.clear();
    for (int node = 0; node < machine.spec().nodes(); node++) {
      machine.hugePages(node, 0);
    }
    if (checking) {
      machine.invariants().checkEmpty();
    }
  }
}
