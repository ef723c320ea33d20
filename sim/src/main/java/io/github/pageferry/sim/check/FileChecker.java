package io.github.pageferry.sim.check;

import static io.github.pageferry.sim.mm.BufferHeads.ASYNC_WRITE;
import static io.github.pageferry.sim.mm.BufferHeads.DIRTY;
import static io.github.pageferry.sim.mm.BufferHeads.JBD;
import static io.github.pageferry.sim.mm.BufferHeads.JBD_DIRTY;
import static io.github.pageferry.sim.mm.BufferHeads.LOCK;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTree;
import java.util.List;

/**
 * Buffers belong to the page that leads to them, and are as dirty as it is; tags say what pages do; a clean page of a file on
 * disk holds what the disk does; and no page that has been truncated waits to be written, but those that are known to.
 */
final class FileChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    int buffers = 0;
    for (int page : census.pages) {
      boolean journalDirty = false;
      boolean dirty = false;
      if (kernel.frames.has(page, PageFlag.PRIVATE)) {
        BufferHeads heads = kernel.bufferHeads;
        int head = kernel.frames.privateOf(page);
        int bh = head;
        do {
          buffers++;
          journalDirty |= heads.has(bh, JBD_DIRTY);
          dirty |= heads.has(bh, DIRTY);
          checkBuffer(kernel, page, bh, violations);
          bh = heads.thisPage(bh);
        } while (bh != head);
      }
      checkTruncated(kernel, page, dirty || journalDirty, violations);
      AddressSpace mapping = kernel.pageMapping(page);
      if (mapping != null && mapping.host().onDisk()) {
        checkCached(kernel, page, mapping, journalDirty || census.isDirtyInPte(page), violations);
      }
    }
    for (int page : kernel.defects.journalledAfterTruncation()) {
      if (!census.pages.contains(page)) {
        violations.add("page " + page + " was journalled after it was truncated, but is free");
      }
    }
    if (buffers != kernel.bufferHeads.live()) {
      violations.add(kernel.bufferHeads.live() + " buffer heads, but pages lead to " + buffers);
    }
  }

  /** A line a page. */
  static void findings(Kernel kernel, List<Finding> findings) {
    for (int page : kernel.defects.journalledAfterTruncation()) {
      findings.add(new Finding(KnownDefect.JOURNALLED_AFTER_TRUNCATION, "page " + page + ", which was truncated, stays for good"));
    }
  }

  private static void checkTruncated(Kernel kernel, int page, boolean dirty, List<String> violations) {
    boolean known = kernel.defects.journalledAfterTruncation().contains(page);
    boolean stays = kernel.frames.mapping(page) == 0 && dirty;
    if (stays != known) {
      violations.add("page " + page + (known
          ? " was journalled after it was truncated, but does not wait to be written"
          : " was truncated, but waits to be written"));
    }
  }

  private static void checkBuffer(Kernel kernel, int page, int bh, List<String> violations) {
    BufferHeads heads = kernel.bufferHeads;
    if (heads.page(bh) != page) {
      violations.add("buffer " + bh + " of page " + page + " says that it is page " + heads.page(bh) + "'s");
    }
    if (heads.has(bh, LOCK | ASYNC_WRITE) && !kernel.frames.has(page, PageFlag.WRITEBACK)) {
      violations.add("buffer " + bh + " of page " + page + " is locked");
    }
    if (heads.has(bh, DIRTY) && !kernel.frames.has(page, PageFlag.DIRTY)) {
      violations.add("buffer " + bh + " is dirty, page " + page + " is clean");
    }
    if (heads.count(bh) != (heads.has(bh, JBD) ? 1 : 0)) {
      violations.add("buffer " + bh + " of page " + page + " has count " + heads.count(bh));
    }
  }

  private static void checkCached(
      Kernel kernel, int page, AddressSpace mapping, boolean dirtyElsewhere, List<String> violations) {
    long index = kernel.pageIndex(page);
    boolean dirty = kernel.frames.has(page, PageFlag.DIRTY);
    boolean writeback = kernel.frames.has(page, PageFlag.WRITEBACK);
    if (dirty && !mapping.pageTree().isTagged(index, PageTree.TAG_DIRTY)) {
      violations.add("page " + page + " is dirty and not tagged so");
    }
    if (writeback != mapping.pageTree().isTagged(index, PageTree.TAG_WRITEBACK)) {
      violations.add("page " + page + ": its writeback tag does not say whether it is under writeback");
    }
    long onDisk = mapping.host().disk(index);
    // The file forgets a write that failed once it has been told (filemap_fdatawait()); the page keeps PG_error.
    boolean failed = mapping.error != 0 || kernel.frames.has(page, PageFlag.ERROR);
    if (!dirty && !writeback && !dirtyElsewhere && !failed
        && kernel.frames.content(page) != (onDisk == Inode.HOLE ? 0 : onDisk)) {
      violations.add("page " + page + " is clean, but holds " + kernel.frames.content(page) + " where the disk has " + onDisk);
    }
  }
}
