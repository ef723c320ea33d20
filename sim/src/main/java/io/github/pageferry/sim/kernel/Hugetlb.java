package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.FileOperations;
import io.github.pageferry.sim.mm.HugePool;
import io.github.pageferry.sim.mm.HugeReservation;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.VmOperations;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/hugetlb.c}, its pool: huge pages of 2 MiB, what is promised to mappings, and taking and freeing pages; and the
 * files behind {@code MAP_HUGETLB}. A page is named by its head frame. Faults are {@link HugetlbFaults}.
 */
public class Hugetlb implements FileOperations {

  /** {@code pages_per_huge_page()}. */
  public static final int PAGES = PageFrames.HUGE_FRAMES;

  protected final Kernel k;
  protected final PageFrames frames;
  private final HugePool pool;
  private final AddressSpaceOperations aops = new HugetlbfsAops();
  private final VmOperations vmOps = (vma, fault) -> {
    throw new KernelBug("hugetlb_vm_op_fault()");
  };

  /** {@code hugetlbfs_aops}: there is no disk, and no {@code read(2)} or {@code write(2)} of these files. */
  private static final class HugetlbfsAops implements AddressSpaceOperations {

    @Override
    public boolean setPageDirty(int page) {
      return false;
    }

    @Override
    public int readpage(AddressSpace mapping, int page) {
      throw new KernelBug("hugetlbfs has no readpage");
    }

    @Override
    public int writeBegin(AddressSpace mapping, long index) {
      return -Err.EINVAL;
    }

    @Override
    public int writeEnd(AddressSpace mapping, int page) {
      throw new KernelBug("hugetlbfs_write_end()");
    }

    @Override
    public int writepages(AddressSpace mapping) {
      return 0;
    }
  }

  protected Hugetlb(Kernel k) {
    this.k = k;
    frames = k.frames;
    pool = new HugePool(k.nodes.online().limit());
  }

  /** {@code default_hstate}. */
  public HugePool pool() {
    return pool;
  }

  // The pool.

  /** {@code alloc_fresh_huge_page_node()}: a free page, in no list; 0 where there is no room. */
  private int allocFresh(int node) {
    int head = k.pageAlloc.takeHuge(node);
    if (head != 0) {
      frames.set(head, PageFlag.HUGETLB);
    }
    return head;
  }

  /**
   * Writes {@code nr_hugepages} of a node: pages are made, or taken out of the pool where they are free.
   *
   * @return how many the node has now
   */
  public int setPoolSize(int node, int count) {
    while (pool.pages(node) < count) {
      int head = allocFresh(node);
      if (head == 0) {
        break;
      }
      pool.count(node, 1);
      pool.enqueue(node, head);
    }
    while (pool.pages(node) > count && pool.available() > 0 && pool.freePages(node) > 0) {
      k.pageAlloc.freeHuge(pool.dequeue(node));
      pool.count(node, -1);
    }
    return pool.pages(node);
  }

  /** {@code dequeue_huge_page_nodemask()}: the first node in order that is allowed and has a page free; 0 where none. */
  private int dequeue(int gfp, int node, @Nullable NodeMask mask) {
    for (int at : k.nodes.zonelist(node)) {
      boolean wanted = (gfp & Gfp.THISNODE) == 0 || at == node;
      if (!wanted || mask != null && !mask.has(at) || !k.cpuset.zoneAllowedSoftwall(at, gfp)) {
        continue;
      }
      int head = pool.dequeue(at);
      if (head != 0) {
        frames.count(head, 1);
        return head;
      }
    }
    return 0;
  }

  /** {@code free_huge_page()}: the last reference is gone. */
  void freeHugePage(int head) {
    int node = frames.pageToNid(head);
    frames.mapping(head, 0);
    frames.clear(head, PageFlag.ACTIVE | PageFlag.DIRTY | PageFlag.UPTODATE | PageFlag.REFERENCED);
    if (pool.isTemporary(head)) {
      pool.temporary(head, false);
      k.pageAlloc.freeHuge(head);
    } else {
      pool.enqueue(node, head);
    }
  }

  // What is promised.

  private Inode inodeOf(Vma vma) {
    return k.filemapFiles.mappingOf(vma).host();
  }

  /** {@code hugetlb_acct_memory()}: promises pages, or takes promises back; 0 or -ENOMEM. */
  private int acctMemory(long delta) {
    if (delta > 0) {
      long allowed = 0;
      NodeMask mems = k.current.memsAllowed;
      for (int node = mems.first(); node >= 0; node = mems.next(node)) {
        allowed += pool.freePages(node);
      }
      if (pool.available() < delta || allowed < delta) {
        return -Err.ENOMEM;
      }
    }
    pool.reserved += delta;
    return 0;
  }

  /** {@code hugetlb_file_setup()}: a file of so many base pages for {@code MAP_HUGETLB}; one reference is the caller's. */
  public VmFile newFile(long pages) {
    Inode inode = new Inode(this, null, null);
    inode.pages = pages;
    k.mappings.allocSpace(inode, aops, false);
    return new VmFile(inode);
  }

  /**
   * {@code hugetlb_reserve_pages()}: promises a new mapping all of its pages.
   *
   * @return 0 or -ENOMEM
   */
  public int reservePages(Vma vma) {
    long chg = vma.pages() / PAGES;
    int error = acctMemory(chg);
    if (error != 0) {
      return error;
    }
    if (vma.has(VmFlag.MAYSHARE)) {
      inodeOf(vma).hugeReserved += chg;
    } else {
      vma.hugeReservation = new HugeReservation();
    }
    return 0;
  }

  /** {@code hugetlbfs_file_mmap()}. */
  @Override
  public void mmap(VmFile file, Vma vma) {
    vma.flags |= VmFlag.HUGETLB | VmFlag.DONTEXPAND;
    vma.ops = vmOps;
  }

  /** {@code noop_fsync()}. */
  @Override
  public int fsync(VmFile file) {
    return 0;
  }

  /** {@code hugetlb_vm_op_close()}: what a private mapping did not take is no longer promised. */
  void close(Vma vma) {
    HugeReservation reservation = vma.hugeReservation;
    if (reservation == null) {
      return;
    }
    for (long i = vma.pgoff; i < vma.pgoff + vma.pages(); i += PAGES) {
      pool.reserved -= reservation.holds(i) ? 1 : 0;
    }
  }

  /** {@code truncate_hugepages()} and {@code hugetlb_unreserve_pages()}. */
  @Override
  public void evictInode(Inode inode) {
    AddressSpace mapping = inode.mapping();
    for (long i = mapping.pageTree().nextIndex(0); i >= 0; i = mapping.pageTree().nextIndex(i + 1)) {
      int head = mapping.pageTree().get(i);
      mapping.pageTree().put(i, 0);
      mapping.nrpages--;
      frames.mapping(head, 0);
      k.swap.putPage(head);
    }
    pool.reserved -= inode.hugeReserved;
    inode.hugeReserved = 0;
  }

  // Taking pages.

  /** {@code vma_has_reserves()}: whether a page of this address is promised to the mapping. */
  private boolean isPromised(Vma vma, long index) {
    if (vma.has(VmFlag.MAYSHARE)) {
      return inodeOf(vma).hugeReserved > 0;
    }
    return vma.hugeReservation != null && vma.hugeReservation.holds(index);
  }

  private void keepPromise(Vma vma, long index) {
    pool.reserved--;
    if (vma.has(VmFlag.MAYSHARE)) {
      inodeOf(vma).hugeReserved--;
    }
    consume(vma, index);
  }

  /** What was unmapped is promised again (df7a6d1f6405). */
  void restorePromises(Vma vma, long start, long end) {
    for (long at = start; at < end && vma.hugeReservation != null; at += PageTable.PMD_SIZE) {
      if (!vma.hugeReservation.holds(vma.pageIndex(at))) {
        vma.hugeReservation.restore(vma.pageIndex(at));
        pool.reserved++;
      }
    }
  }

  private static void consume(Vma vma, long index) {
    if (vma.hugeReservation != null) {
      vma.hugeReservation.consume(index);
    }
  }

  /**
   * {@code alloc_huge_page()}: by the policy of an address, from what is promised to the mapping.
   *
   * @param avoidReserve a copy that its process could do without must not take what is promised
   * @return the page with one reference, or 0
   */
  int allocHugePage(Vma vma, long address, boolean avoidReserve) {
    long index = vma.pageIndex(address & PageTable.PMD_MASK);
    boolean promised = isPromised(vma, index) && !avoidReserve;
    if (!promised && pool.available() <= 0) {
      return 0;
    }
    int head = dequeueByPolicy(vma, address);
    if (head != 0) {
      if (promised) {
        keepPromise(vma, index);
      } else {
        consume(vma, index);
      }
    }
    return head;
  }

  private int dequeueByPolicy(Vma vma, long address) {
    Policy policy = k.mempolicy.getVmaPolicy(k.current, vma, address);
    if (Mempolicy.isInterleave(policy)) {
      return dequeue(Gfp.HIGHUSER_MOVABLE, k.mempolicy.offsetIlNode(policy, hugeIndex(vma, address)), null);
    }
    int node = k.mempolicy.policyNode(Gfp.HIGHUSER_MOVABLE, policy);
    int head = policy.mode == Policy.PREFERRED_MANY ? dequeue(Gfp.HIGHUSER_MOVABLE, node, policy.nodes) : 0;
    return head != 0 ? head : dequeue(Gfp.HIGHUSER_MOVABLE, node, k.mempolicy.policyNodemask(policy));
  }

  /** By which number a mapping's huge pages interleave. */
  static long hugeIndex(Vma vma, long address) {
    return vma.pageIndex(address & PageTable.PMD_MASK) / PAGES;
  }

  /**
   * {@code alloc_huge_page_nodemask()}: for a page that moves; one made for it where the pool has none to spare.
   *
   * @return the page with one reference, or 0
   */
  int allocForMigration(int gfp, int node, @Nullable NodeMask mask) {
    int head = pool.available() > 0 ? dequeue(gfp, node, mask) : 0;
    for (int at : k.nodes.zonelist(node)) {
      boolean wanted = (gfp & Gfp.THISNODE) == 0 || at == node;
      if (head == 0 && wanted && (mask == null || mask.has(at)) && k.cpuset.zoneAllowedSoftwall(at, gfp)) {
        head = allocFresh(at);
        if (head != 0) {
          frames.count(head, 1);
          pool.temporary(head, true);
        }
      }
    }
    return head;
  }

  /** {@code alloc_huge_page_vma()}: for a page that moves to where the policy of an address says. */
  int allocForMigrationByPolicy(@Nullable Vma vma, long address) {
    Policy policy = k.mempolicy.getVmaPolicy(k.current, vma, address);
    return allocForMigrationMpol(policy, vma == null ? 0 : hugeIndex(vma, address));
  }

  /**
   * {@code alloc_hugetlb_folio_nodemask()} by a policy, which interleaves by a number of huge pages. Here many preferred nodes are
   * the only ones.
   */
  int allocForMigrationMpol(Policy policy, long index) {
    if (Mempolicy.isInterleave(policy)) {
      return allocForMigration(Gfp.HIGHUSER_MOVABLE, k.mempolicy.offsetIlNode(policy, index), null);
    }
    int node = k.mempolicy.policyNode(Gfp.HIGHUSER_MOVABLE, policy);
    NodeMask mask = policy.mode == Policy.PREFERRED_MANY ? policy.nodes : k.mempolicy.policyNodemask(policy);
    return allocForMigration(Gfp.HIGHUSER_MOVABLE, node, mask);
  }

  /** {@code move_hugetlb_state()}: a page made for the migration belongs to the pool now, and the old one does not. */
  void moveState(int old, int head) {
    if (pool.isTemporary(head)) {
      pool.temporary(head, false);
      pool.temporary(old, true);
      pool.count(frames.pageToNid(old), -1);
      pool.count(frames.pageToNid(head), 1);
    }
  }

  /** {@code isolate_hugetlb()}: takes a page out of use for a move, with a reference; false where it is already. */
  boolean isolate(int head) {
    if (!frames.testAndClear(head, PageFlag.ACTIVE)) {
      return false;
    }
    frames.get(head);
    return true;
  }

  /** {@code putback_active_hugepage()}. */
  void putbackActive(int head) {
    frames.set(head, PageFlag.ACTIVE);
    k.swap.putPage(head);
  }
}
