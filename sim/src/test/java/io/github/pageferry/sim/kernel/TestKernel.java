package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A machine whose kernel's functions a test calls one by one: four nodes of 1,024 pages under 2.6.36. */
final class TestKernel {

  static final long PAGE = PageTable.PAGE_SIZE;
  static final int RW = SimulatedProcess.PROT_READ_WRITE;
  /** {@code sysctl_max_map_count}. */
  static final int MOST_VMAS = 65530;

  final SimulatedMachine machine;
  final Kernel k;
  final PageFrames frames;
  final SimulatedProcess self;
  private long nextRegion = 1L << 32;

  TestKernel() {
    this(Machines.SMALL, "2.6.36");
  }

  TestKernel(MachineSpec spec, String release) {
    this(Machines.boot(spec, release));
  }

  TestKernel(SimulatedMachine machine) {
    this.machine = machine;
    k = machine.kernel();
    frames = k.frames;
    self = machine.self();
  }

  /** Addresses for a region of up to 1 GiB that touches no other. */
  long place() {
    nextRegion += 1L << 30;
    return nextRegion;
  }

  /** Private anonymous memory that nothing has been brought into. */
  long map(long pages) {
    long address = place();
    self.mapPrivate(address, pages, RW);
    return address;
  }

  /** Maps single pages, far from each other, until the process has as many VMAs as it may have. */
  void mapToTheLimit() {
    long others = place();
    for (long i = k.current.mm().mapCount(); i < MOST_VMAS; i++) {
      self.mapPrivate(others + 2 * i * PAGE, 1, RW);
    }
    assertThat(k.current.mm().mapCount()).isEqualTo(MOST_VMAS);
  }

  /** Private anonymous memory of which each page has been written to on this node; page i holds i + 1. */
  long written(long pages, int node) {
    long address = map(pages);
    write(address, pages, node);
    return address;
  }

  /** Shared anonymous memory, the rest as {@link #written}. */
  long shared(long pages, int node) {
    long address = place();
    self.mapSharedAnonymous(address, pages, RW);
    write(address, pages, node);
    return address;
  }

  /** A mapped file of which each page has been read, the pages on node 0. */
  long file(FileSystem on, long pages) {
    long address = place();
    VmFile file = self.createFile(on, pages);
    self.mapFile(address, pages, RW, file, true);
    self.remove(file);
    for (long i = 0; i < pages; i++) {
      assertThat(self.read(address + i * PAGE)).isZero();
    }
    k.swap.lruAddDrainAll();
    return address;
  }

  /** Writes page after page under a strict policy, and drains the pagevecs. */
  void write(long address, long pages, int node) {
    assertThat(self.setPolicy(PolicyMode.BIND.number(), NodeMask.of(node))).isZero();
    for (long i = 0; i < pages; i++) {
      assertThat(self.write(address + i * PAGE, i + 1)).isZero();
    }
    self.resetPolicy();
    k.swap.lruAddDrainAll();
  }

  /** One written page of its own on this node. */
  int anonPage(int node) {
    return pageAt(written(1, node));
  }

  /** Puts the page of an address into swap space; the address has a swap entry then, which is returned. */
  int swapOut(long address) {
    assertThat(self.reclaim(address)).as("page at " + Long.toHexString(address) + " was reclaimed").isEqualTo(1);
    return swapEntry(address);
  }

  /** The swap entry that an address has; there must be one. */
  int swapEntry(long address) {
    assertThat(Pte.isSwap(pte(address)) && !Pte.isMigration(pte(address))).as("a swap entry").isTrue();
    return (int) Pte.swapOffset(pte(address));
  }

  /** Gives the page of an address a place in swap space, where it is mapped and cached both. */
  int intoSwapCache(long address) {
    int page = pageAt(address);
    k.filemap.lockPage(page);
    assertThat(k.swapState.addToSwap(page)).isTrue();
    k.filemap.unlockPage(page);
    return page;
  }

  /** A page that was unmapped while it was written to swap space: it is left in the swap cache alone, its anon_vma gone. */
  int orphanInSwapCache() {
    long address = written(1, 1);
    int page = pageAt(address);
    k.blockDevice.plug();
    self.reclaim(address);
    self.unmap(address, PAGE);
    k.blockDevice.unplug();
    assertThat(frames.has(page, PageFlag.SWAPCACHE)).isTrue();
    return page;
  }

  /** Gives the pool of each node, from 0 on, so many huge pages. */
  void hugePools(int... pages) {
    for (int node = 0; node < pages.length; node++) {
      assertThat(machine.hugePages(node, pages[node])).isEqualTo(pages[node]);
    }
  }

  /** Maps huge pages that nothing has been brought into. */
  long mapHuge(int count, boolean shared) {
    long address = place();
    assertThat(self.mapHuge(address, (long) count * Hugetlb.PAGES, RW, shared)).isZero();
    return address;
  }

  /** Takes the page of an address out of all page tables while it is being written to swap space: it is in the swap cache alone. */
  int intoSwapCacheAlone(long address) {
    int page = pageAt(address);
    k.blockDevice.plug();
    assertThat(self.reclaim(address)).isZero();
    k.blockDevice.unplug();
    k.swap.lruAddDrainAll();
    assertThat(frames.mapped(page)).isFalse();
    assertThat(frames.has(page, PageFlag.SWAPCACHE)).isTrue();
    return page;
  }

  /** The entry of an address in the first process. */
  long pte(long address) {
    return k.current.mm().pageTable().get(address);
  }

  /** The page that an address has; there must be one. */
  int pageAt(long address) {
    assertThat(Pte.present(pte(address))).as("a page at " + Long.toHexString(address)).isTrue();
    return Pte.pfn(pte(address));
  }

  int nodeAt(long address) {
    return frames.pageToNid(pageAt(address));
  }

  Vma vma(long address) {
    return Objects.requireNonNull(k.current.mm().findVma(address));
  }

  long stat(int node, ZoneStat item) {
    return k.nodes.zone(node).stat(item);
  }

  /** Isolates pages as those who call migrate_pages() do. */
  PageList isolate(int... pages) {
    PageList list = new PageList(frames);
    for (int page : pages) {
      assertThat(k.vmscan.isolateLruPage(page)).isZero();
      list.addLast(page);
      k.incZonePageState(page, k.swap.isolatedStat(page));
    }
    return list;
  }

  /** A page that has just been allocated on this node. */
  int newPage(int node) {
    return k.pageAlloc.allocPagesExactNode(node, Gfp.HIGHUSER_MOVABLE | Gfp.THISNODE);
  }

  /** Takes all free pages of a node; they are handed back by {@link #refill}. */
  List<Integer> exhaust(int node) {
    List<Integer> taken = new ArrayList<>();
    for (int page; (page = newPage(node)) != 0; ) {
      taken.add(page);
    }
    return taken;
  }

  void refill(List<Integer> taken) {
    taken.forEach(k.swap::putPage);
  }

  /** Puts a page that only a test has onto a list and drops the test's reference, which frees it. */
  void free(int page) {
    k.swap.putPage(page);
  }

  /** Sends all pages to one node, and remembers what it was told and asked. */
  final class To implements Migrate.NewPage {

    final int node;
    final List<Integer> asked = new ArrayList<>();
    final List<Integer> given = new ArrayList<>();
    final Map<Integer, Integer> results = new HashMap<>();
    private final Map<Integer, Runnable> before = new HashMap<>();

    To(int node) {
      this.node = node;
    }

    /** Does something in the middle of a migration: before the n-th page is asked for, from 1 on. */
    To before(int nth, Runnable action) {
      before.put(nth, action);
      return this;
    }

    @Override
    public int newPage(int page) {
      asked.add(page);
      before.getOrDefault(asked.size(), () -> {}).run();
      int newPage = TestKernel.this.newPage(node);
      given.add(newPage);
      return newPage;
    }

    @Override
    public void result(int status) {
      results.put(asked.get(asked.size() - 1), status);
    }
  }
}
