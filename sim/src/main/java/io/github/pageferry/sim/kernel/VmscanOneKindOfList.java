package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Vma;
import org.jspecify.annotations.Nullable;

/** {@code mm/vmscan.c} until 894bc310419a (2.6.28): no page is kept from reclaim. */
class VmscanOneKindOfList extends Vmscan {

  VmscanOneKindOfList(Kernel k) {
    super(k);
  }

  @Override
  public boolean pageEvictable(int page, @Nullable Vma vma) {
    return true;
  }
}
