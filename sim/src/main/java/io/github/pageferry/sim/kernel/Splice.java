package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
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
    k.locks.downRead(mm);
    int page = k.memory.getUserPage(mm, address, Memory.FOLL_GET);
    k.locks.upRead(mm);
    if (page < 0) {
      return page;
    }
    buffers.add(new Buffer(address, page));
    return 0;
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
