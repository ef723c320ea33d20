package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTree;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;

/** A file on a machine's file system, written with zeroes and synced, still open. */
final class TestFile {

  final TestKernel t;
  final VmFile file;
  final AddressSpace mapping;

  TestFile(TestKernel t, FileSystem on, long pages) {
    this.t = t;
    file = t.self.createFile(on, pages);
    mapping = file.mapping();
    t.k.swap.lruAddDrainAll();
  }

  /** The cached page of an index; there must be one. */
  int page(long index) {
    int page = mapping.pageTree().get(index);
    assertThat(page).as("cached page " + index).isNotZero();
    return page;
  }

  /** Maps all of the file. */
  long map(boolean shared) {
    long address = t.place();
    t.self.mapFile(address, file.inode().pages, TestKernel.RW, file, shared);
    return address;
  }

  /** The buffers of a cached page, in the ring's order. */
  List<Integer> buffers(long index) {
    List<Integer> ring = new ArrayList<>();
    int head = t.k.buffer.pageBuffers(page(index));
    int bh = head;
    do {
      ring.add(bh);
      bh = t.k.bufferHeads.thisPage(bh);
    } while (bh != head);
    return ring;
  }

  boolean isDirty(long index) {
    return t.frames.has(page(index), PageFlag.DIRTY);
  }

  boolean isUnderWriteback(long index) {
    return t.frames.has(page(index), PageFlag.WRITEBACK);
  }

  boolean isTaggedDirty(long index) {
    return mapping.pageTree().isTagged(index, PageTree.TAG_DIRTY);
  }

  boolean isTaggedWriteback(long index) {
    return mapping.pageTree().isTagged(index, PageTree.TAG_WRITEBACK);
  }

  /** Whether all buffers of the page have this bit; a page without buffers fails. */
  boolean allBuffers(long index, int bit) {
    return buffers(index).stream().allMatch(bh -> t.k.bufferHeads.has(bh, bit));
  }

  boolean anyBuffer(long index, int bit) {
    return buffers(index).stream().anyMatch(bh -> t.k.bufferHeads.has(bh, bit));
  }

  /** Changes the page and says so as {@code write(2)} would. */
  void dirty(long index, long content) {
    assertThat(t.k.filemapFiles.genericPerformWrite(file, index, content)).isZero();
    assertThat(isDirty(index)).isTrue();
  }

  /** Locks the page and takes its dirty bit, as everybody does who is about to write it. */
  int lockForIo(long index) {
    int page = page(index);
    t.k.filemap.lockPage(page);
    assertThat(t.k.pageWriteback.clearPageDirtyForIo(page)).isTrue();
    return page;
  }

  long dirtyPages() {
    long sum = 0;
    for (int node = 0; node < 4; node++) {
      sum += t.stat(node, ZoneStat.NR_FILE_DIRTY);
    }
    return sum;
  }

  BufferHeads heads() {
    return t.k.bufferHeads;
  }

  /** Takes the name away and closes the file. */
  void remove() {
    t.self.remove(file);
  }
}
