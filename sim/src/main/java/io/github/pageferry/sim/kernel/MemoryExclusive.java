package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Vma;

/** {@code mm/memory.c}, its first half, since 6c287605fd56 (5.19): what fork copies is no process's alone any more. */
class MemoryExclusive extends Memory {

  MemoryExclusive(Kernel k) {
    super(k);
  }

  /** {@code page_try_dup_anon_rmap()}. */
  @Override
  protected void dupRmap(int page, Vma vma) {
    super.dupRmap(page, vma);
    if (frames.anon(page)) {
      frames.clear(page, PageFlag.ANON_EXCLUSIVE);
    }
  }
}
