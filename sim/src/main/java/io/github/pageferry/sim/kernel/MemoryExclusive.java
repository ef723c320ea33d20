package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;

/** {@code mm/memory.c}, its first half, since 6c287605fd56 (5.19): what fork copies is no process's alone any more. */
class MemoryExclusive extends Memory {

  MemoryExclusive(Kernel k) {
    super(k);
  }

  /** {@code page_try_dup_anon_rmap()}. */
  @Override
  protected void dupRmap(int page) {
    super.dupRmap(page);
    if (frames.anon(page)) {
      frames.clear(page, PageFlag.ANON_EXCLUSIVE);
    }
  }
}
