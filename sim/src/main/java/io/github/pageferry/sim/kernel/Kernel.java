package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.CpusetGroup;
import io.github.pageferry.sim.mm.Cred;
import io.github.pageferry.sim.mm.Mappings;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.Nodes;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Zone;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The linked kernel: its global variables, and each of its files. Functions find each other here as C's do through the
 * linker; there is no logic in it but the few macros that every file uses.
 */
public final class Kernel {

  /** {@code include/trace/events/syscalls.h}: an observer that takes no part. A call that stops the kernel does not end. */
  public interface SyscallTrace {

    /** A process begins a call or an access to its memory; some do so within another. */
    void enter();

    /** The one begun last has ended. */
    void exit();
  }

  public final KernelProfile profile;
  /** Who parts tasks that run at the same time; null where system calls come one after the other. */
  public final @Nullable Scheduler sched;
  public final PageFrames frames;
  public final Nodes nodes;
  public final Mappings mappings = new Mappings();
  public final BufferHeads bufferHeads = new BufferHeads();
  /** What the real kernel does wrong, too. */
  public final Defects defects = new Defects();
  /** All tasks, by rising pid. */
  private final List<Task> tasks = new ArrayList<>();
  private int nextPid = 1;
  /** {@code init_mm.mmlist}: address spaces that are in use, also where no task runs in them (yet, or any longer). */
  private final List<Mm> mmlist = new ArrayList<>();
  /** {@code top_cpuset}. */
  public final CpusetGroup topCpuset;
  /** Pid 2: does what the kernel puts off to a thread of its own. */
  private final Task kernelThread;
  /** {@code current}: the task that runs. */
  public Task current;
  /** Who is told of system calls; null where nobody is. */
  public @Nullable SyscallTrace syscalls;

  public final Locking locks;
  public final PageAlloc pageAlloc;
  public final Swap swap;
  public final SwapState swapState;
  public final Swapfile swapfile;
  public final PageIo pageIo;
  public final Memcontrol memcontrol;
  public final Vmscan vmscan;
  public final VmscanReclaim vmscanReclaim;
  public final Filemap filemap;
  public final FilemapFiles filemapFiles;
  public final PageWriteback pageWriteback;
  public final Truncate truncate;
  public final Buffer buffer;
  public final BlockDevice blockDevice;
  public final Jbd2 jbd2;
  public final Inodes inodes;
  public final Shmem shmem;
  public final Ramfs ramfs;
  public final Ext4 ext4;
  public final Fat fat;
  public final Hugetlb hugetlb;
  public final HugetlbFaults hugetlbFaults;
  public final HugeMemory hugeMemory;
  final HugeSplit hugeSplit;
  public final Ksm ksm;
  public final Splice splice;
  public final Rmap rmap;
  public final Memory memory;
  public final MemoryFaults memoryFaults;
  public final Mmap mmap;
  public final Mlock mlock;
  public final Mprotect mprotect;
  public final Madvise madvise;
  public final Msync msync;
  public final Fork fork;
  public final PageFault pageFault;
  public final Cpuset cpuset;
  public final Mempolicy mempolicy;
  public final Mbind mbind;
  public final Migrate migrate;
  public final MovePages movePages;
  public final MemoryHotplug memoryHotplug;

  /** Boots: the first task, pid 1, is the current one; a kernel thread has pid 2. */
  public Kernel(KernelProfile profile, PageFrames frames, Nodes nodes) {
    this(profile, frames, nodes, KernelFactory::new);
  }

  /** As {@link #Kernel(KernelProfile, PageFrames, Nodes)}, of files that another factory chooses. */
  Kernel(KernelProfile profile, PageFrames frames, Nodes nodes, Function<Kernel, KernelFactory> factories) {
    this.profile = profile;
    sched = frames.scheduler();
    this.frames = frames;
    this.nodes = nodes;
    topCpuset = new CpusetGroup(nodes.withMemory());
    current = newTask(newMm(), Cred.ROOT, nodes.withMemory().first(), topCpuset);
    kernelThread = newTask(null, Cred.ROOT, nodes.withMemory().first(), topCpuset);

    locks = new Locking(this);
    pageAlloc = new PageAlloc(this);
    KernelFactory factory = factories.apply(this);
    swap = factory.swap(nodes.online().limit());
    swapState = new SwapState(this);
    swapfile = new Swapfile(this);
    pageIo = new PageIo(this);
    memcontrol = factory.memcontrol();
    vmscan = factory.vmscan();
    vmscanReclaim = new VmscanReclaim(this);
    filemap = new Filemap(this);
    filemapFiles = new FilemapFiles(this);
    pageWriteback = new PageWriteback(this);
    truncate = new Truncate(this);
    buffer = new Buffer(this);
    blockDevice = new BlockDevice(this);
    jbd2 = new Jbd2(this);
    inodes = new Inodes(this);
    shmem = factory.shmem();
    ramfs = new Ramfs(this);
    ext4 = factory.ext4();
    fat = new Fat(this);
    hugetlb = new Hugetlb(this);
    hugetlbFaults = new HugetlbFaults(this);
    hugeMemory = new HugeMemory(this);
    hugeSplit = new HugeSplit(this);
    ksm = new Ksm(this);
    splice = new Splice(this);
    rmap = factory.rmap();
    memory = factory.memory();
    memoryFaults = factory.memoryFaults();
    mmap = new Mmap(this);
    mlock = factory.mlock();
    mprotect = factory.mprotect();
    madvise = new Madvise(this);
    msync = factory.msync();
    fork = new Fork(this);
    pageFault = new PageFault(this);
    cpuset = factory.cpuset();
    mempolicy = factory.mempolicy();
    mbind = factory.mbind();
    migrate = factory.migrate();
    movePages = factory.movePages();
    memoryHotplug = new MemoryHotplug(this);
  }

  /** {@code trace_sys_enter()}. */
  public void sysEnter() {
    if (syscalls != null) {
      syscalls.enter();
    }
  }

  /** {@code trace_sys_exit()}. */
  public void sysExit() {
    if (syscalls != null) {
      syscalls.exit();
    }
  }

  /** All tasks, by rising pid. */
  public List<Task> tasks() {
    return List.copyOf(tasks);
  }

  /** The kernel's own thread. */
  Task kernelThread() {
    return kernelThread;
  }

  /** Makes a task. */
  public Task newTask(@Nullable Mm mm, Cred cred, int cpu, CpusetGroup group) {
    Task task = new Task(nextPid++, mm, cred, cpu, group);
    tasks.add(task);
    return task;
  }

  /** {@code release_task()}. */
  void releaseTask(Task task) {
    tasks.remove(task);
  }

  /** {@code find_task_by_vpid()}. */
  public @Nullable Task findTask(int pid) {
    for (Task task : tasks) {
      if (task.pid() == pid) {
        return task;
      }
    }
    return null;
  }

  /** {@code mm_alloc()}. */
  Mm newMm() {
    Mm mm = new Mm();
    mmlist.add(mm);
    return mm;
  }

  /** {@code mmdrop()}. */
  void freeMm(Mm mm) {
    mmlist.remove(mm);
  }

  /** All address spaces, in the order in which they were made. */
  public List<Mm> mmlist() {
    return List.copyOf(mmlist);
  }

  /** {@code page_zone()}. */
  public Zone zone(int page) {
    return nodes.pageZone(page);
  }

  /** {@code inc_zone_page_state()}. */
  public void incZonePageState(int page, ZoneStat item) {
    zone(page).stat(item, 1);
  }

  /** {@code dec_zone_page_state()}. */
  public void decZonePageState(int page, ZoneStat item) {
    zone(page).stat(item, -1);
  }

  /** {@code page_index()}: in the swap cache that is the entry. */
  public long pageIndex(int page) {
    if (frames.has(page, PageFlag.SWAPCACHE)) {
      return frames.privateOf(page);
    }
    return Integer.toUnsignedLong(frames.index(page));
  }

  /** {@code page_mapping()}: the address space that the page is cached in, null where it is in none. */
  public @Nullable AddressSpace pageMapping(int page) {
    if (frames.has(page, PageFlag.SWAPCACHE)) {
      return swapState.swapperSpace();
    }
    return mappings.space(frames.mapping(page));
  }
}
