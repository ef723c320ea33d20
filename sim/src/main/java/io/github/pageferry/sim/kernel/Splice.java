package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.Pte;
import java.util.ArrayList;
import java.util.List;

/** {@code fs/splice.c}: {@code vmsplice(2)} into a pipe that nobody reads, which holds a page in its place. */
public class Splice {

  /**
   * A page in a pipe.
   *
   * @param address where it was mapped when it was taken
   */
  private record Buffer(long address, int page) {}

  protected final Kernel k;
  private final List<Buffer> buffers = new ArrayList<>();

  protected Splice(Kernel k) {
    this.k = k;
  }

  /** {@code vmsplice(2)} of one page of the current task; 0 or -EFAULT. */
  public long vmsplice(long address) {
    Mm mm = k.current.mm();
    int page = k.profile.splicesFast() ? getUserPageFast(mm, address) : 0;
    if (page == 0) {
      k.locks.downRead(mm);
      page = k.memory.getUserPage(mm, address, Memory.FOLL_GET | Memory.FOLL_TOUCH);
      k.locks.upRead(mm);
    }
    if (page < 0) {
      return page;
    }
    buffers.add(new Buffer(address, page));
    return 0;
  }

  /**
   * {@code gup_pte_range()} of arch/x86/mm/gup.c: a page that is there is taken as it is, and does not count as accessed.
   *
   * @return the page with a reference, or 0 where {@code get_user_pages()} has to look
   */
  private int getUserPageFast(Mm mm, long address) {
    long pte = mm.pageTable().get(address);
    if ((pte & (Pte.PRESENT | Pte.USER | Pte.SPECIAL)) != (Pte.PRESENT | Pte.USER)) {
      return 0;
    }
    int page = Pte.pfn(pte);
    k.frames.get(k.frames.compoundHead(page));
    return page;
  }

  /** Closes the pipe that took the page of this address last; -ENOENT where none did. */
  public long close(long address) {
    for (int i = buffers.size() - 1; i >= 0; i--) {
      if (buffers.get(i).address == address) {
        k.swap.putPage(buffers.remove(i).page);
        return 0;
      }
    }
    return -Err.ENOENT;
  }

  /** The pages that pipes hold, one entry for each reference. */
  public List<Integer> pages() {
    return buffers.stream().map(Buffer::page).toList();
  }

  /** Closes all pipes. */
  public void closeAll() {
    for (Buffer buffer : buffers) {
      k.swap.putPage(buffer.page);
    }
    buffers.clear();
  }
}
