package io.github.pageferry;

/** Whether pages that are not there yet are brought in before {@link BufferPinner} moves what there is. */
public enum Populate {
  /** No: they are counted as not present. */
  NO,
  /**
   * Each page is read. Pages of mapped files come in; of memory that was never written, such as a fresh private
   * mapping, it makes no pages (the kernel shows its shared page of zeros there).
   */
  READ,
  /**
   * Each page is written with what it holds (atomically, so that what other threads write at the same time is not
   * lost). Makes pages of any memory; those of a shared mapped file are dirty afterwards, those of a private one
   * copies.
   */
  WRITE
}
