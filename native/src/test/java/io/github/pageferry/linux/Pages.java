package io.github.pageferry.linux;

import io.github.pageferry.PageBatch;
import java.util.Arrays;
import java.util.List;

/** Some pages of anonymous memory of the base size, mapped for one test. */
final class Pages implements AutoCloseable {

  static final int BYTES = LibC.getpagesize();

  private static final boolean TRANSPARENT_HUGE_PAGES =
      HostFiles.ofHost().exists("/sys/kernel/mm/transparent_hugepage");

  private final long address;
  private final int count;

  private Pages(int count) {
    this.count = count;
    address = Posix.map((long) count * BYTES);
    if (TRANSPARENT_HUGE_PAGES) {
      // Also makes it a mapping of its own, which its neighbours do not become part of.
      Posix.madvise(address, bytes(), Posix.MADV_NOHUGEPAGE);
    }
  }

  static Pages untouched(int count) {
    return new Pages(count);
  }

  static Pages touched(int count) {
    Pages pages = new Pages(count);
    Posix.touch(pages.address, pages.bytes(), BYTES);
    return pages;
  }

  /** Where page {@code index} begins. */
  long at(int index) {
    return address + (long) index * BYTES;
  }

  long address() {
    return address;
  }

  long bytes() {
    return (long) count * BYTES;
  }

  /** All of them, to this node. */
  PageBatch to(int node) {
    PageBatch batch = PageBatch.ofCapacity(count);
    batch.addRun(address, BYTES, count, node);
    return batch;
  }

  static List<Integer> statuses(PageBatch batch) {
    int[] statuses = new int[batch.size()];
    batch.copyStatuses(statuses, 0);
    return Arrays.stream(statuses).boxed().toList();
  }

  @Override
  public void close() {
    Posix.munmap(address, bytes());
  }
}
