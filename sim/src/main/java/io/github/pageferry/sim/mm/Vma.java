package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code struct vm_area_struct}: a range of addresses that are mapped alike. */
public final class Vma {

  /** {@code vm_mm}. */
  public Mm mm;
  /** {@code vm_start}: the first address. */
  public long start;
  /** {@code vm_end}: one more than the last. */
  public long end;
  /** {@code vm_pgoff}: the offset in its file in pages; for anonymous memory the first address in pages. */
  public long pgoff;
  /** {@code vm_flags}: bits of {@link VmFlag}. */
  public long flags;
  /** {@code vm_page_prot}: what a new entry gets, bits of {@link Pte}. */
  public long pageProt;
  /** {@code vm_next}. */
  public @Nullable Vma next;
  /** {@code vm_prev}. */
  public @Nullable Vma prev;
  /** {@code anon_vma}: where new anonymous pages are linked; null until there is one. */
  public @Nullable AnonVma anonVma;
  /** {@code anon_vma_chain}, in the order of linking: the kernel walks it from its end. */
  public final List<AnonVmaChain> anonVmaChain = new ArrayList<>(2);
  /** {@code vm_file}. */
  public @Nullable VmFile file;
  /** {@code vm_ops}. */
  public @Nullable VmOperations ops;
  /** {@code vm_policy}. */
  public @Nullable Policy policy;

  /** {@code vm_private_data} of a private mapping of huge pages: what is promised to it; null for others and in a child. */
  public @Nullable HugeReservation hugeReservation;

  public Vma(Mm mm, long start, long end, long flags) {
    this.mm = mm;
    this.start = start;
    this.end = end;
    this.flags = flags;
    pgoff = start >>> PageTable.PAGE_SHIFT;
    pageProt = VmFlag.pageProt(flags);
  }

  /** A copy, in no list and with an empty chain. */
  public Vma copy() {
    Vma copy = new Vma(mm, start, end, flags);
    copy.pgoff = pgoff;
    copy.pageProt = pageProt;
    copy.anonVma = anonVma;
    copy.file = file;
    copy.ops = ops;
    copy.policy = policy;
    copy.hugeReservation = hugeReservation;
    return copy;
  }

  public boolean has(long flag) {
    return (flags & flag) != 0;
  }

  /** {@code vma_pages()}. */
  public long pages() {
    return (end - start) >>> PageTable.PAGE_SHIFT;
  }

  /** {@code linear_page_index()}. */
  public long pageIndex(long address) {
    return pgoff + ((address - start) >>> PageTable.PAGE_SHIFT);
  }

  /** {@code vma->vm_file->f_mapping}, null where there is no file. */
  public @Nullable AddressSpace mapping() {
    return file == null ? null : file.mapping();
  }

  @Override
  public String toString() {
    return Long.toHexString(start) + "-" + Long.toHexString(end);
  }
}
