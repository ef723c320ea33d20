package io.github.pageferry.sim;

import io.github.pageferry.Errno;
import io.github.pageferry.sim.kernel.Hugetlb;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.kernel.Mempolicy;
import io.github.pageferry.sim.mm.Cred;
import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmFlag;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process of a simulated machine and the system calls that it makes: each returns what the kernel would, from 0 up or an
 * errno negated. Lengths and addresses are in bytes.
 */
public final class SimulatedProcess {

  /** {@code PROT_NONE}. */
  public static final int PROT_NONE = 0;
  /** {@code PROT_READ}. */
  public static final int PROT_READ = 1;
  /** {@code PROT_READ | PROT_WRITE}. */
  public static final int PROT_READ_WRITE = 3;

  private static final long MAY_ALL = VmFlag.MAYREAD | VmFlag.MAYWRITE | VmFlag.MAYEXEC;

  private final Kernel kernel;
  private final Task task;

  SimulatedProcess(Kernel kernel, Task task) {
    this.kernel = kernel;
    this.task = task;
  }

  /** The process id. */
  public int pid() {
    return task.pid();
  }

  /** The task that makes this process's calls; for tests and checkers. */
  public Task task() {
    return task;
  }

  /** Where each call begins. */
  private Kernel enter() {
    kernel.current = task;
    kernel.sysEnter();
    return kernel;
  }

  /** Where each call ends that {@link #enter} began. */
  private void leave() {
    kernel.sysExit();
  }

  private long leave(long result) {
    kernel.sysExit();
    return result;
  }

  private int leave(int result) {
    kernel.sysExit();
    return result;
  }

  private <T> T leave(T result) {
    kernel.sysExit();
    return result;
  }

  /** The same process as seen by a thread of it that has this user's rights and no capabilities. */
  public SimulatedProcess asUser(int uid) {
    return new SimulatedProcess(kernel, new Task(task.pid(), task.mm, Cred.user(uid), task.cpu, task.cpuset));
  }

  /** A thread of the same process: it has its address space and a policy of its own, {@code MPOL_DEFAULT} at first. */
  public SimulatedProcess newThread() {
    return new SimulatedProcess(kernel, new Task(task.pid(), task.mm, task.cred, task.cpu, task.cpuset));
  }

  /** {@code sched_setaffinity(2)}: to the CPUs of one node. */
  public void runOn(int node) {
    task.cpu = node;
  }

  /** {@code getcpu(2)}: the node whose CPU runs this. */
  public int node() {
    return task.cpu;
  }

  // Mapping.

  private static long accessFlags(int prot) {
    return prot & (VmFlag.READ | VmFlag.WRITE);
  }

  private static long accountFlag(long flags) {
    boolean accountable = (flags & (VmFlag.NORESERVE | VmFlag.SHARED | VmFlag.WRITE)) == VmFlag.WRITE;
    return accountable ? flags | VmFlag.ACCOUNT : flags;
  }

  /** {@code mmap(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)} where nothing is mapped. */
  public void mapPrivate(long address, long pages, int prot) {
    enter().mmap.sysMmap(address, pages << PageTable.PAGE_SHIFT, accountFlag(accessFlags(prot) | MAY_ALL));
    leave();
  }

  /** {@code mmap(MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED)}: returns the file behind it. */
  public VmFile mapSharedAnonymous(long address, long pages, int prot) {
    VmFile file = enter().shmem.newFile(pages);
    mapFile(address, pages, prot, file, true);
    kernel.inodes.fput(file);
    return leave(file);
  }

  /** {@code mmap(MAP_FIXED)} of a whole file where nothing is mapped. */
  public void mapFile(long address, long pages, int prot, VmFile file, boolean shared) {
    long flags = accessFlags(prot) | MAY_ALL | (shared ? VmFlag.SHARED | VmFlag.MAYSHARE : 0);
    enter().mmap.sysMmap(address, pages << PageTable.PAGE_SHIFT, accountFlag(flags), file);
    leave();
  }

  /**
   * {@code mremap(of, 0, …)} of shared memory: its pages a second time, with the access, the locks and the policy that the VMA
   * at {@code of} has.
   *
   * @return 0, or -EFAULT where nothing is mapped at {@code of}
   */
  public long mapAgain(long address, long pages, long of) {
    return leave(enter().mmap.sysMremap(of, address, pages << PageTable.PAGE_SHIFT));
  }

  /**
   * {@code mmap(MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED)} where nothing is mapped.
   *
   * @param pages base pages, rounded up to whole huge pages
   * @return 0, or -ENOMEM where the pool cannot promise so many
   */
  public long mapHuge(long address, long pages, int prot, boolean shared) {
    long length = (pages + Hugetlb.PAGES - 1) / Hugetlb.PAGES * PageTable.PMD_SIZE;
    long flags = accessFlags(prot) | MAY_ALL | (shared ? VmFlag.SHARED | VmFlag.MAYSHARE : 0);
    return leave(enter().mmap.sysMmapHuge(address, length, flags));
  }

  /** {@code mmap} of device memory ({@code remap_pfn_range()}): there at once, and no page behind it. */
  public void mapDevice(long address, long pages, int prot) {
    long flags = accessFlags(prot) & VmFlag.READ | VmFlag.MAYREAD | VmFlag.MAYEXEC | VmFlag.MAYSHARE;
    long special = VmFlag.IO | VmFlag.RESERVED | VmFlag.PFNMAP;
    enter().mmap.sysMmapDevice(address, pages << PageTable.PAGE_SHIFT, flags | special, 0xf0);
    leave();
  }

  /** {@code munmap(2)}. */
  public long unmap(long address, long length) {
    return leave(enter().mmap.sysMunmap(address, length));
  }

  /** {@code mprotect(2)}. */
  public long protect(long address, long length, int prot) {
    return leave(enter().mprotect.sysMprotect(address, length, accessFlags(prot)));
  }

  /** {@code mlock(2)}. */
  public long lock(long address, long length) {
    return leave(enter().mlock.sysMlock(address, length, true));
  }

  /** {@code munlock(2)}. */
  public long unlock(long address, long length) {
    return leave(enter().mlock.sysMlock(address, length, false));
  }

  /** {@code msync(MS_SYNC)}. */
  public long sync(long address, long length) {
    return leave(enter().msync.sysMsync(address, length));
  }

  /** {@code madvise(MADV_DONTNEED)}. */
  public long dontneed(long address, long length) {
    return leave(enter().madvise.sysDontneed(address, length));
  }

  /** {@code madvise(MADV_MERGEABLE)}: {@link #mergePages} merges them. */
  public long mergeable(long address, long length) {
    return leave(enter().madvise.sysMergeable(address, length));
  }

  /** Lets ksmd merge all equal pages; 2.6.36's leaves those out that wait in a pagevec, which is emptied first. */
  public void mergePages() {
    Kernel k = enter();
    k.swap.lruAddDrainAll();
    k.ksm.settle();
    leave();
  }

  /** {@code madvise(MADV_HUGEPAGE)} of a mapping as a whole: huge pages may back it, where the kernel has them. */
  public void adviseHuge(long address) {
    enter().madvise.sysHugepage(address);
    leave();
  }

  // Access.

  /** Reads from the page at an address: 0, or -EFAULT where the process would get a signal. */
  public int read(long address) {
    return leave(enter().pageFault.read(address));
  }

  /** Fills the page at an address with a pattern: 0, or -EFAULT. */
  public int write(long address, long pattern) {
    return leave(enter().pageFault.write(address, pattern));
  }

  /** The pattern that a page holds that can be read without a fault. */
  public long peek(long address) {
    kernel.current = task;
    return kernel.pageFault.peek(address);
  }

  /** Whether the page table has something for this address: a page, or where it went. */
  public boolean holds(long address) {
    return task.mm().pageTable().get(address) != 0;
  }

  // Policies and moving.

  /** {@code set_mempolicy(2)}. */
  public long setPolicy(int mode, NodeMask nodes) {
    return leave(enter().mempolicy.sysSetMempolicy(mode, nodes));
  }

  /**
   * {@code get_mempolicy(2)}.
   *
   * @param flags {@link Mempolicy#F_NODE}, {@link Mempolicy#F_ADDR}, {@link Mempolicy#F_MEMS_ALLOWED}
   */
  public Mempolicy.Got getPolicy(long address, int flags) {
    return leave(enter().mempolicy.sysGetMempolicy(address, flags));
  }

  /** {@code set_mempolicy(MPOL_DEFAULT)}. */
  public void resetPolicy() {
    setPolicy(Policy.DEFAULT, NodeMask.NONE);
  }

  /** {@code mbind(2)}. */
  public long bind(long address, long length, int mode, NodeMask nodes, int flags) {
    return leave(enter().mbind.sysMbind(address, length, mode, nodes, flags));
  }

  /** {@code set_mempolicy_home_node(2)}. */
  public long setHomeNode(long address, long length, int node) {
    return leave(enter().mbind.sysSetMempolicyHomeNode(address, length, node));
  }

  /** {@code migrate_pages(2)}. */
  public long migratePages(int pid, NodeMask from, NodeMask to) {
    return leave(enter().mbind.sysMigratePages(pid, from, to));
  }

  /** {@code move_pages(2)}; without nodes it asks where the pages are. */
  public long movePages(
      int pid, long count, UserLongs pages, @Nullable UserInts nodes, UserInts status, int flags) {
    return leave(enter().movePages.sysMovePages(pid, count, pages, nodes, status, flags));
  }

  /** {@code vmsplice(2)} of one page into a pipe: a reference on it until {@link #unpin}. */
  public long pin(long address) {
    return leave(enter().splice.vmsplice(address));
  }

  /** Closes the pipe that {@link #pin} filled from this address last. */
  public long unpin(long address) {
    return leave(enter().splice.close(address));
  }

  /**
   * Reclaims the page of an address, used lately or not: to swap space or to its file.
   *
   * @return 1 where it was freed, 0 where it stays, or -EFAULT where there is none
   */
  public int reclaim(long address) {
    Kernel k = enter();
    long pte = task.mm().pageTable().get(address);
    if (!Pte.present(pte) || Pte.special(pte) || Pte.huge(pte)) {
      return leave(-Errno.EFAULT.number());
    }
    return leave(k.vmscanReclaim.reclaimPage(Pte.pfn(pte)) ? 1 : 0);
  }

  /** Puts the process into a memory cgroup: what it has stays charged to whom it is, new pages go on the group's account. */
  public void join(MemCgroup group) {
    task.mm().memcg = group;
  }

  /** Confines the process to these nodes. */
  public long confine(NodeMask mems) {
    return leave(enter().cpuset.confine(task, mems));
  }

  // Processes and files.

  /** {@code fork(2)}. */
  public SimulatedProcess fork() {
    return leave(new SimulatedProcess(kernel, enter().fork.doFork()));
  }

  /** {@code exit(2)}: the process is gone, and with the first one all pipes. */
  public void exit() {
    kernel.sysEnter();
    kernel.fork.doExit(task);
    if (task.pid() == 1) {
      kernel.splice.closeAll();
    }
    leave();
  }

  /** A new file with zeroes written to all of its pages and synced, open. */
  public VmFile createFile(FileSystem on, long pages) {
    Kernel k = enter();
    VmFile file = switch (on) {
      case TMPFS -> k.shmem.newFile(0);
      case RAMFS -> k.ramfs.newFile();
      case EXT4 -> k.ext4.newFile(false);
      case EXT4_JOURNALLED -> k.ext4.newFile(true);
      case VFAT -> k.fat.newFile();
    };
    for (long i = 0; i < pages; i++) {
      k.filemapFiles.genericPerformWrite(file, i, 0);
    }
    k.inodes.fsync(file);
    return leave(file);
  }

  /** Closes the last descriptor and takes away the name of a file. */
  public void remove(VmFile file) {
    enter().inodes.fput(file);
    leave();
  }
}
