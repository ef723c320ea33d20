package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.List;

/** {@code struct stable_node} of mm/ksm.c: a merged page and the addresses that map it. */
public final class KsmStableNode {

  private final int id;
  /** {@code kpfn}: the page, while its {@code mapping} leads back here. */
  public int page;
  /** {@code hlist}: the newest first. */
  public final List<KsmRmapItem> items = new ArrayList<>(2);

  /**
   * A node.
   *
   * @param id its number among the machine's, from 1
   */
  public KsmStableNode(int id, int page) {
    this.id = id;
    this.page = page;
  }

  /** {@code page->mapping} of its page. */
  public int handle() {
    return id << 2 | PageFrames.MAPPING_ANON | PageFrames.MAPPING_KSM;
  }
}
