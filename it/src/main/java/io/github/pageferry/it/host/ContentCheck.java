package io.github.pageferry.it.host;

/** Whether pages hold what was last written to them. Only pages that are there are read, so that none is brought in. */
final class ContentCheck {

  private final UserMemory memory;
  private final PageMap pageMap;

  ContentCheck(UserMemory memory, PageMap pageMap) {
    this.memory = memory;
    this.pageMap = pageMap;
  }

  /**
   * Checks one region.
   *
   * @param places what a query has just said of each of its pages
   */
  boolean isIntact(Region region, int[] places) {
    if (region.device) {
      return true;
    }
    int page = 0;
    while (page < region.pages) {
      int first = page;
      while (page < region.pages && canBeRead(region, page, places[page])) {
        page++;
      }
      if (!memory.intact(region, first, page)) {
        return false;
      }
      if (page < region.pages && isLost(region, page)) {
        return false;
      }
      page++;
    }
    return true;
  }

  private boolean canBeRead(Region region, int page, int place) {
    return region.readable(page)
        // what a query leaves out (the zero page, merged pages) may be there all the same
        && (place >= 0 || region.hasOwn(page) && pageMap.state(region.address(page)) == PageMap.State.PRESENT);
  }

  /** A page that was written cannot just be gone. */
  private boolean isLost(Region region, int page) {
    return region.isMapped(page) && region.hasOwn(page)
        && pageMap.state(region.address(page)) == PageMap.State.NONE;
  }
}
