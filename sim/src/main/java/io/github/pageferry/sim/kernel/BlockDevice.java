package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * {@code block/blk-core.c} and the driver below it: writes blocks. It is a RAM disk ({@code drivers/block/brd.c}), which has
 * written when the submission returns, unless its queue is plugged.
 */
public class BlockDevice {

  /** {@code bi_end_io}: what is to be done when a block has been written, or could not be. */
  @FunctionalInterface
  interface EndIo {
    void end(boolean written);
  }

  protected final Kernel k;
  private final Queue<EndIo> queue = new ArrayDeque<>();
  private boolean plugged;
  private boolean failing;

  protected BlockDevice(Kernel k) {
    this.k = k;
  }

  /** {@code blk_plug_device()}: from now on blocks stay under way until somebody waits for them. */
  public void plug() {
    plugged = true;
  }

  /** From now on nothing can be written, or again. */
  public void failing(boolean now) {
    failing = now;
  }

  /** {@code submit_bio(WRITE)}. */
  void submitBio(EndIo endIo) {
    queue.add(endIo);
    // Where tasks run at the same time, so does the disk.
    if (!plugged && k.sched == null) {
      unplug();
    }
  }

  /** {@code submit_bh(WRITE)}. */
  void submitBh(int bh) {
    submitBio(written -> endBh(bh, written));
  }

  /** {@code generic_unplug_device()}, through {@code block_sync_page()}: writes what waits, and no longer lets blocks wait. */
  public void unplug() {
    plugged = false;
    for (EndIo endIo; (endIo = queue.poll()) != null; ) {
      endIo.end(!failing);
    }
  }

  /** Whether blocks are under way. */
  public boolean isBusy() {
    return !queue.isEmpty();
  }

  /** The disk's interrupt: the block that has waited longest has been written. */
  public void interrupt() {
    EndIo endIo = queue.poll();
    if (endIo != null) {
      endIo.end(!failing);
    }
  }

  /** Loses what waits, as a disk does that is pulled out; its blocks stay under way for ever. */
  void forget() {
    queue.clear();
    plugged = false;
  }

  private void endBh(int bh, boolean written) {
    int page = k.bufferHeads.page(bh);
    AddressSpace mapping = k.pageMapping(page);
    if (mapping != null && written) {
      // A page has one content, so that the first of its blocks to be written says all.
      mapping.host().disk(k.pageIndex(page), k.frames.content(page));
    }
    k.buffer.endBufferAsyncWrite(bh, written);
  }
}
