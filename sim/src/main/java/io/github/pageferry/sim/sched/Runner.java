package io.github.pageferry.sim.sched;

import io.github.pageferry.Errno;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Scheduler.At;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.sched.Op.Region;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A task of a run: does what its part of the program says. */
final class Runner implements Runnable {

  /** What a move may say of a page. */
  private static final Set<Errno> PAGE_ERRORS =
      Set.of(Errno.EFAULT, Errno.ENOENT, Errno.EACCES, Errno.EBUSY, Errno.EAGAIN, Errno.EIO, Errno.EINVAL, Errno.ENOMEM);

  private final World world;
  private final Program.Actor actor;
  private final BranchWatch watch;
  private final Scheduler sched;
  private final Kernel k;
  private final SimulatedProcess self;
  private final Memories memories;

  Runner(World world, Program.Actor actor, BranchWatch watch) {
    this.world = world;
    this.actor = actor;
    this.watch = watch;
    k = world.k;
    sched = Objects.requireNonNull(k.sched);
    self = world.thread(actor.process());
    memories = world.memories(actor.process());
  }

  @Override
  public void run() {
    for (Op op : actor.ops()) {
      idle(1);
      perform(op);
    }
    world.endThread(actor.process(), self);
  }

  /** Passes some points in user space. */
  private void idle(int points) {
    for (int i = 0; i < points; i++) {
      k.current = self.task();
      sched.point(At.USER, 0);
    }
  }

  private void perform(Op op) {
    switch (op.kind()) {
      case READ, WRITE -> touch(op);
      case MOVE, QUERY -> move(op);
      case MIGRATE -> migrate(op);
      case BIND -> bind(op);
      case FORK -> fork(op);
      case MUNMAP -> self.unmap(op.address(), op.length());
      case MPROTECT -> {
        self.protect(op.address(), op.length(), op.all() ? SimulatedProcess.PROT_READ : SimulatedProcess.PROT_NONE);
        idle(op.hold());
        self.protect(op.address(), op.length(), SimulatedProcess.PROT_READ_WRITE);
      }
      case MLOCK -> self.lock(op.address(), op.length());
      case MUNLOCK -> self.unlock(op.address(), op.length());
      case DONTNEED -> dontneed(op);
      case MSYNC -> self.sync(op.address(), op.length());
      case TRUNCATE -> truncate(op);
      case KSMD -> k.ksm.scan();
      case CONFINE -> confine(op);
      case HOLD_REFERENCE, HOLD_LOCK -> hold(op);
      case EXIT -> {
        if (world.exit(actor.process())) {
          watch.see(Branch.EXIT_LEFT_TO_MOVER);
        }
      }
    }
  }

  private void touch(Op op) {
    for (int page = op.page(); page < op.page() + op.pages(); page++) {
      idle(1);
      if (op.kind() == Op.Kind.READ) {
        world.read(self, memories, op.region(), page);
      } else {
        write(self, memories, op.region(), page);
      }
    }
  }

  private void write(SimulatedProcess process, Memories of, Region region, int page) {
    long pattern = world.pattern(region);
    if (process.write(region.address() + ((long) page << 12), pattern) == 0) {
      of.cell(region, page).written(pattern);
    } else {
      world.mustBeAllowedToFault(region, page, "write");
    }
  }

  private static int flag(Op op) {
    return (op.all() ? MoveFlag.MOVE_ALL : MoveFlag.MOVE).bit();
  }

  private void move(Op op) {
    int pid = world.process(op.target()).pid();
    long[] addresses = new long[op.pages()];
    Arrays.setAll(addresses, op::address);
    int[] nodes = new int[op.pages()];
    Arrays.fill(nodes, op.node());
    int[] status = new int[op.pages()];
    Arrays.fill(status, Integer.MIN_VALUE);
    boolean query = op.kind() == Op.Kind.QUERY;
    long result = self.movePages(pid, op.pages(), UserLongs.of(addresses), query ? null : UserInts.of(nodes), UserInts.of(status),
        query ? 0 : flag(op));
    if (result > op.pages()) {
      throw new IllegalStateException("move_pages of " + op.pages() + " pages: " + result);
    }
    if (result > 0) {
      watch.see(Branch.MOVE_EAGAIN);
    }
    see(result < 0 ? (int) -result : 0);
    for (int one : status) {
      if (one != Integer.MIN_VALUE) {
        checkStatus(one);
      }
    }
  }

  private void checkStatus(int status) {
    if (status >= Generator.NODES || status < 0 && PAGE_ERRORS.stream().noneMatch(errno -> errno.number() == -status)) {
      throw new IllegalStateException("move_pages: status " + status);
    }
    see(-status);
  }

  private void see(int errno) {
    if (errno == Errno.EAGAIN.number()) {
      watch.see(Branch.MOVE_EAGAIN);
    } else if (errno == Errno.EBUSY.number()) {
      watch.see(Branch.MOVE_EBUSY);
    } else if (errno == Errno.ENOMEM.number()) {
      watch.see(Branch.MOVE_ENOMEM);
    } else if (errno == Errno.ESRCH.number()) {
      watch.see(Branch.MOVE_ESRCH);
    }
  }

  private void migrate(Op op) {
    NodeMask to = NodeMask.of(op.node());
    long result = self.migratePages(world.process(op.target()).pid(), World.allNodes().without(op.node()), to);
    see(result < 0 ? (int) -result : 0);
  }

  private void bind(Op op) {
    self.bind(op.address(), op.length(), Policy.BIND, NodeMask.of(op.node()), flag(op));
  }

  private void fork(Op op) {
    Memories copy = memories.beginFork();
    SimulatedProcess child = self.fork();
    memories.endFork(copy);
    for (int page = op.page(); page < op.page() + op.pages(); page++) {
      idle(1);
      world.read(child, copy, op.region(), page);
      write(child, copy, op.region(), page);
      world.read(child, copy, op.region(), page);
    }
    child.exit();
  }

  private void dontneed(Op op) {
    List<Cell> cells = memories.of(op).toList();
    boolean loses = op.region().isPrivate();
    if (loses) {
      cells.forEach(Cell::beginGivingUp);
    }
    self.dontneed(op.address(), op.length());
    if (loses) {
      cells.forEach(Cell::endGivingUp);
    }
  }

  private void truncate(Op op) {
    List<Cell> cells = memories.of(op.region());
    cells.forEach(Cell::beginGivingUp);
    k.current = self.task();
    k.truncate.truncateAndExtend(world.file.inode());
    cells.forEach(Cell::endGivingUp);
  }

  private void confine(Op op) {
    SimulatedProcess target = world.process(op.target());
    k.current = self.task();
    k.cpuset.confine(target.task(), NodeMask.of(op.node()));
    idle(op.hold());
    k.cpuset.confine(target.task(), World.allNodes());
  }

  /** Finds a page as something in the kernel would that scans memory, and holds on to it for a while. */
  private void hold(Op op) {
    int page = find(op);
    if (page == 0) {
      return;
    }
    if (op.kind() == Op.Kind.HOLD_LOCK) {
      k.filemap.lockPage(page);
    }
    idle(op.hold());
    if (op.kind() == Op.Kind.HOLD_LOCK) {
      k.filemap.unlockPage(page);
    }
    k.swap.putPage(page);
  }

  private int find(Op op) {
    k.current = self.task();
    AddressSpace mapping = switch (op.region()) {
      case SHARED -> world.shared.mapping();
      case FILE -> world.file.mapping();
      default -> null;
    };
    if (mapping != null) {
      return k.filemap.findGetPage(mapping, op.page());
    }
    long pte = self.task().mm().pageTable().get(op.address());
    boolean mapped = Pte.present(pte) && !Pte.special(pte);
    return mapped && k.frames.getUnlessZero(Pte.pfn(pte)) ? Pte.pfn(pte) : 0;
  }
}
