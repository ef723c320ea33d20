package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.Zone;
import io.github.pageferry.sim.sched.Op.Kind;
import io.github.pageferry.sim.sched.Op.Region;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** The machine of a run before and after its tasks: processes with memory, and what they may find in it. */
final class World {

  private static final long BALLAST = 2L << 32;
  /** So many patterns does mergeable memory hold, so that some pages are equal. */
  private static final int EQUAL_PATTERNS = 2;

  final SimulatedMachine machine;
  final Kernel k;
  final Program program;
  final VmFile shared;
  final VmFile file;
  private final VmFile privateFile;
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private final List<Memories> memories = new ArrayList<>();
  /** How many tasks run in each process. */
  final int[] threads;
  private final boolean[] exited;
  /** What went wrong as it does in the real kernel. */
  final Set<KnownDefect> findings = EnumSet.noneOf(KnownDefect.class);
  private long lastPattern = 100;

  World(SimulatedMachine machine, Program program, long seed) {
    this.machine = machine;
    this.program = program;
    k = machine.kernel();
    threads = new int[program.processes()];
    exited = new boolean[program.processes()];
    SplittableRandom random = new SplittableRandom(seed ^ 0x5eed);
    SimulatedProcess self = machine.self();
    processes.add(self);
    memories.add(new Memories());
    shared = self.mapSharedAnonymous(Region.SHARED.address(), Region.PAGES, SimulatedProcess.PROT_READ_WRITE);
    file = self.createFile(program.fileSystem(), Region.PAGES);
    privateFile = self.createFile(random.nextBoolean() ? FileSystem.TMPFS : FileSystem.EXT4, Region.PAGES);
    mapAndTouch(random);
    for (int i = 1; i < program.processes(); i++) {
      Memories child = memories.get(0).beginFork();
      processes.add(self.fork());
      memories.get(0).endFork(child);
      memories.add(child);
      self.runOn(0);
    }
    fillLastNode();
  }

  private void mapAndTouch(SplittableRandom random) {
    SimulatedProcess self = machine.self();
    int rw = SimulatedProcess.PROT_READ_WRITE;
    self.mapPrivate(Region.ANON.address(), Region.PAGES, rw);
    self.mapPrivate(Region.MERGEABLE.address(), Region.PAGES, rw);
    self.mapFile(Region.FILE.address(), Region.PAGES, rw, file, true);
    self.mapFile(Region.PRIVATE_FILE.address(), Region.PAGES, rw, privateFile, false);
    self.mergeable(Region.MERGEABLE.address(), (long) Region.PAGES << 12);
    for (Region region : Region.values()) {
      for (int page = 0; page < Region.PAGES; page++) {
        self.runOn(random.nextInt(Generator.NODES));
        long address = region.address() + ((long) page << 12);
        switch (random.nextInt(4)) {
          case 0 -> { }
          case 1 -> self.read(address);
          default -> {
            long pattern = pattern(region);
            self.write(address, pattern);
            memories.get(0).cell(region, page).written(pattern);
          }
        }
      }
    }
    self.runOn(0);
    if (random.nextInt(4) == 0) {
      self.mergePages();
    }
  }

  /** Leaves only so many pages of the last node as the program says. */
  private void fillLastNode() {
    int last = Generator.NODES - 1;
    int free = k.nodes.zone(last).freePages();
    int pages = program.spare() == Program.AMPLE ? 0 : free - program.spare();
    if (pages > 0) {
      SimulatedProcess self = machine.self();
      self.mapPrivate(BALLAST, pages, SimulatedProcess.PROT_READ_WRITE);
      self.runOn(last);
      for (int page = 0; page < pages; page++) {
        self.write(BALLAST + ((long) page << 12), 1);
      }
      self.runOn(0);
    }
  }

  /** A pattern to write: of most regions one that nothing else holds. */
  long pattern(Region region) {
    lastPattern++;
    return region == Region.MERGEABLE ? 1 + lastPattern % EQUAL_PATTERNS : lastPattern;
  }

  SimulatedProcess process(int number) {
    return processes.get(number);
  }

  Memories memories(int number) {
    return memories.get(number);
  }

  /** A thread of a process: it holds the address space until {@link #endThread}. */
  SimulatedProcess thread(int process) {
    SimulatedProcess thread = processes.get(process).newThread();
    thread.task().mm().users++;
    threads[process]++;
    return thread;
  }

  void endThread(int process, SimulatedProcess thread) {
    Mm mm = thread.task().mm();
    k.current = thread.task();
    thread.task().mm = null;
    threads[process]--;
    k.fork.mmput(mm);
  }

  /** {@code exit(2)} of a process's first task: whether others than its threads hold its memory still. */
  boolean exit(int process) {
    Mm mm = processes.get(process).task().mm();
    exited[process] = true;
    processes.get(process).exit();
    return mm.users > threads[process];
  }

  /** All nodes. */
  static NodeMask allNodes() {
    NodeMask all = NodeMask.NONE;
    for (int node = 0; node < Generator.NODES; node++) {
      all = all.with(node);
    }
    return all;
  }

  /** Whether an access to a region may fail, since somebody unmaps, protects or truncates it. */
  boolean mayFault(Region region) {
    if (program.spare() != Program.AMPLE && program.has(Kind.BIND)) {
      // What is bound to a node that is full can't be brought in.
      return true;
    }
    return program.actors().stream().flatMap(actor -> actor.ops().stream()).anyMatch(op ->
        op.region() == region && (op.kind() == Kind.MUNMAP || op.kind() == Kind.MPROTECT || op.kind() == Kind.TRUNCATE));
  }

  /**
   * When all tasks have ended: the machine is at rest, every page can be read and holds what it may, and with its processes and
   * files all memory is gone.
   */
  void finish() {
    while (k.blockDevice.isBusy()) {
      k.blockDevice.interrupt();
    }
    checkAtRest();
    for (int i = 0; i < processes.size(); i++) {
      if (!exited[i]) {
        for (Region region : Region.values()) {
          for (int page = 0; page < Region.PAGES; page++) {
            read(processes.get(i), memories.get(i), region, page);
          }
        }
      }
    }
    checkAtRest();
    for (int i = processes.size() - 1; i >= 0; i--) {
      if (!exited[i]) {
        processes.get(i).exit();
      }
    }
    k.inodes.fput(file);
    k.inodes.fput(privateFile);
    // The second commit lets go of what the first has made free.
    k.ext4.syncFs();
    k.ext4.syncFs();
    freeOrphans();
    machine.invariants().checkEmpty();
    find();
  }

  private void checkAtRest() {
    machine.invariants().check();
    find();
  }

  private void find() {
    machine.invariants().findings().forEach(finding -> findings.add(finding.defect()));
  }

  /**
   * Pages that were truncated while a journal held their buffers stay on their lists until reclaim finds them: here. Those that are
   * known to stay for good do.
   */
  private void freeOrphans() {
    for (int node = 0; node < Generator.NODES; node++) {
      Zone zone = k.nodes.zone(node);
      for (int place = 0; place < zone.touchedEnd(); place++) {
        int page = zone.frame(place);
        if (k.frames.count(page) > 0 && k.frames.mapping(page) == 0 && k.frames.has(page, PageFlag.PRIVATE)) {
          freeOrphan(page);
        }
      }
    }
  }

  private void freeOrphan(int page) {
    k.frames.get(page);
    k.filemap.lockPage(page);
    k.buffer.tryToFreeBuffers(page);
    k.filemap.unlockPage(page);
    k.swap.putPage(page);
  }

  /** Reads a page, and holds it to what it may contain. */
  void read(SimulatedProcess process, Memories of, Region region, int page) {
    long address = region.address() + ((long) page << 12);
    if (process.read(address) != 0) {
      mustBeAllowedToFault(region, page, "read");
      return;
    }
    long found = process.peek(address);
    Cell cell = of.cell(region, page);
    if (!cell.read(found)) {
      throw new IllegalStateException(
          "process " + process.pid() + " finds " + found + " in " + region + "[" + page + "], which may hold " + cell);
    }
  }

  void mustBeAllowedToFault(Region region, int page, String access) {
    if (!mayFault(region)) {
      throw new IllegalStateException("a " + access + " of " + region + "[" + page + "] failed");
    }
  }
}
