package io.github.pageferry.sim.mm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code struct mm_struct}: an address space of a process. */
public final class Mm {

  private final PageTable pageTable = new PageTable();
  /** {@code mm_rb}: the VMAs by address; an array, since there are few. */
  private @Nullable Vma[] areas = new Vma[8];
  private int count;
  /** {@code mmap_cache}: the VMA found last. */
  private @Nullable Vma cache;
  /** {@code mm_users}: tasks that run in it, and system calls that hold it meanwhile. */
  public int users = 1;
  /** {@code mmap_sem}. */
  public final KernelLock mmapSem = new KernelLock("mm->mmap_sem");
  /** {@code locked_vm}, in pages. */
  public long lockedVm;
  /** {@code MM_ANONPAGES}. */
  public long anonPages;
  /** {@code MM_FILEPAGES}. */
  public long filePages;
  /** {@code mem_cgroup_from_task(mm->owner)}: what new pages are charged to, null for the root group. */
  public @Nullable MemCgroup memcg;
  /** {@code MM_SWAPENTS}. */
  public long swapEntries;

  public PageTable pageTable() {
    return pageTable;
  }

  /** {@code mmap}: the lowest VMA. */
  public @Nullable Vma first() {
    return count == 0 ? null : areas[0];
  }

  /** {@code map_count}. */
  public int mapCount() {
    return count;
  }

  /** {@code find_vma()}: the first VMA that ends above the address, whether it holds it or not. */
  public @Nullable Vma findVma(long address) {
    Vma cached = cache;
    if (cached != null && cached.end > address && cached.start <= address) {
      return cached;
    }
    int place = place(address);
    if (place == count) {
      return null;
    }
    cache = areas[place];
    return cache;
  }

  /** {@code find_vma_prev()}: the VMA before the one that {@link #findVma} finds; the last where it finds none. */
  public @Nullable Vma findVmaPrev(long address) {
    int place = place(address);
    return place == 0 ? null : areas[place - 1];
  }

  /** The index of the first VMA that ends above the address. */
  private int place(long address) {
    if (address < 0) {
      // The kernel's half of the address space.
      return count;
    }
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = low + high >>> 1;
      Vma area = areas[middle];
      if (area != null && area.end > address) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** {@code __vma_link()}: into the list and the tree, by its start. */
  public void link(Vma vma) {
    int place = place(vma.start);
    if (count == areas.length) {
      areas = Arrays.copyOf(areas, 2 * count);
    }
    System.arraycopy(areas, place, areas, place + 1, count - place);
    areas[place] = vma;
    count++;
    vma.prev = place == 0 ? null : areas[place - 1];
    vma.next = place + 1 < count ? areas[place + 1] : null;
    if (vma.prev != null) {
      vma.prev.next = vma;
    }
    if (vma.next != null) {
      vma.next.prev = vma;
    }
  }

  /** {@code __vma_unlink()}. */
  public void unlink(Vma vma) {
    int place = place(vma.start);
    // A neighbour that is about to swallow it may reach over it already.
    while (place < count && areas[place] != vma) {
      place++;
    }
    KernelBug.on(place == count, "VMA {} is not in its mm", vma);
    System.arraycopy(areas, place + 1, areas, place, count - place - 1);
    areas[--count] = null;
    if (vma.prev != null) {
      vma.prev.next = vma.next;
    }
    if (vma.next != null) {
      vma.next.prev = vma.prev;
    }
    cache = null;
  }
}
