package io.github.pageferry.sim.mm;

/**
 * {@code mem_map}: every page frame of the machine, each field of {@code struct page} a column.
 *
 * <pre>
 * page (int)  | segment = page >> 10       | slot = page & 1023 |
 * columns     flags count mapcount mapping index lru.next lru.prev   4 bytes each
 *             content                                                 8 bytes
 *             private                                                 4 bytes, only in segments that use it
 * </pre>
 *
 * A segment's columns are made when its first frame is handed out, so that a machine costs what it uses. Frame 0 is no
 * page; segment 0 holds the pages that belong to no zone (the zero page).
 */
public final class PageFrames {

  static final int SEGMENT_SHIFT = 10;
  /** Frames in a segment; zones begin at multiples of it. */
  public static final int SEGMENT_FRAMES = 1 << SEGMENT_SHIFT;
  private static final int SLOT = SEGMENT_FRAMES - 1;

  /** Frames of a huge page; a segment holds whole ones. */
  public static final int HUGE_FRAMES = 512;

  /** {@code ZERO_PAGE}: reserved, of no zone, mapped without being counted. */
  public static final int ZERO_PAGE = 1;

  /** Low bits of {@link #mapping}: {@code PAGE_MAPPING_ANON}. */
  public static final int MAPPING_ANON = 1;
  /** Low bits of {@link #mapping}: {@code PAGE_MAPPING_KSM}, always with {@link #MAPPING_ANON}. */
  public static final int MAPPING_KSM = 2;
  /** {@code PAGE_MAPPING_FLAGS}. */
  public static final int MAPPING_FLAGS = MAPPING_ANON | MAPPING_KSM;

  private final int[][] flags;
  private final int[][] count;
  private final int[][] mapcount;
  private final int[][] mapping;
  private final int[][] index;
  private final int[][] lruNext;
  private final int[][] lruPrev;
  private final long[][] content;
  private final int[][] privates;
  private final short[] nodes;

  /**
   * Room for frames, none of which takes memory yet.
   *
   * @param segments how many segments, segment 0 included
   */
  public PageFrames(int segments) {
    flags = new int[segments][];
    count = new int[segments][];
    mapcount = new int[segments][];
    mapping = new int[segments][];
    index = new int[segments][];
    lruNext = new int[segments][];
    lruPrev = new int[segments][];
    content = new long[segments][];
    privates = new int[segments][];
    nodes = new short[segments];
    populate(0);
    count[0][ZERO_PAGE] = 1;
    flags[0][ZERO_PAGE] = PageFlag.RESERVED | PageFlag.UPTODATE;
  }

  /** Makes the columns of the segment that this frame is in, where they are not there yet. */
  void populate(int page) {
    int segment = page >> SEGMENT_SHIFT;
    if (flags[segment] == null) {
      flags[segment] = new int[SEGMENT_FRAMES];
      count[segment] = new int[SEGMENT_FRAMES];
      mapcount[segment] = new int[SEGMENT_FRAMES];
      mapping[segment] = new int[SEGMENT_FRAMES];
      index[segment] = new int[SEGMENT_FRAMES];
      lruNext[segment] = new int[SEGMENT_FRAMES];
      lruPrev[segment] = new int[SEGMENT_FRAMES];
      content[segment] = new long[SEGMENT_FRAMES];
    }
  }

  /** Says which node the frames of a segment are on; done once, when zones are laid out. */
  void node(int segment, int node) {
    nodes[segment] = (short) node;
  }

  /** {@code page_to_nid()}. */
  public int pageToNid(int page) {
    return nodes[page >> SEGMENT_SHIFT];
  }

  /** {@code compound_head()}: huge pages begin at multiples of their size. */
  public int compoundHead(int page) {
    return has(page, PageFlag.TAIL) ? page & -HUGE_FRAMES : page;
  }

  /** {@code hpage_nr_pages()}: how many base pages a page has, which is one unless it is the head of a transparent huge page. */
  public int nrPages(int page) {
    return (flags(page) & (PageFlag.HEAD | PageFlag.HUGETLB)) == PageFlag.HEAD ? HUGE_FRAMES : 1;
  }

  /** How many segments there are, those without columns included. */
  public int segments() {
    return flags.length;
  }

  /** Whether any frame of the segment was ever handed out. */
  public boolean isPopulated(int segment) {
    return flags[segment] != null;
  }

  // Flags.

  /** {@code page->flags}, bits of {@link PageFlag}. */
  public int flags(int page) {
    return flags[page >> SEGMENT_SHIFT][page & SLOT];
  }

  /** Overwrites all flags; for the allocator. */
  public void flags(int page, int bits) {
    flags[page >> SEGMENT_SHIFT][page & SLOT] = bits;
  }

  /** {@code PageFoo(page)}. */
  public boolean has(int page, int flag) {
    return (flags[page >> SEGMENT_SHIFT][page & SLOT] & flag) != 0;
  }

  /** {@code SetPageFoo(page)}. */
  public void set(int page, int flag) {
    flags[page >> SEGMENT_SHIFT][page & SLOT] |= flag;
  }

  /** {@code ClearPageFoo(page)}. */
  public void clear(int page, int flag) {
    flags[page >> SEGMENT_SHIFT][page & SLOT] &= ~flag;
  }

  /** {@code TestSetPageFoo(page)}: sets it and says whether it was set. */
  public boolean testAndSet(int page, int flag) {
    int[] column = flags[page >> SEGMENT_SHIFT];
    int old = column[page & SLOT];
    column[page & SLOT] = old | flag;
    return (old & flag) != 0;
  }

  /** {@code TestClearPageFoo(page)}: clears it and says whether it was set. */
  public boolean testAndClear(int page, int flag) {
    int[] column = flags[page >> SEGMENT_SHIFT];
    int old = column[page & SLOT];
    column[page & SLOT] = old & ~flag;
    return (old & flag) != 0;
  }

  // Reference counts.

  /** {@code page_count()}. */
  public int count(int page) {
    return count[page >> SEGMENT_SHIFT][page & SLOT];
  }

  /** {@code set_page_count()}. */
  public void count(int page, int references) {
    count[page >> SEGMENT_SHIFT][page & SLOT] = references;
  }

  /** {@code get_page()}: one more reference on a page that has one. */
  public void get(int page) {
    int[] column = count[page >> SEGMENT_SHIFT];
    if (column[page & SLOT]++ <= 0) {
      throw new KernelBug("get_page() of free page " + page);
    }
  }

  /** {@code get_page_unless_zero()}. */
  public boolean getUnlessZero(int page) {
    int[] column = count[page >> SEGMENT_SHIFT];
    if (column[page & SLOT] == 0) {
      return false;
    }
    column[page & SLOT]++;
    return true;
  }

  /** {@code put_page_testzero()}: one reference less; true where none is left. */
  public boolean putTestzero(int page) {
    int[] column = count[page >> SEGMENT_SHIFT];
    int left = --column[page & SLOT];
    if (left < 0) {
      throw new KernelBug("put_page() of free page " + page);
    }
    return left == 0;
  }

  /** {@code page_freeze_refs()}: where there are exactly so many references, takes them all away. */
  public boolean freezeRefs(int page, int expected) {
    int[] column = count[page >> SEGMENT_SHIFT];
    if (column[page & SLOT] != expected) {
      return false;
    }
    column[page & SLOT] = 0;
    return true;
  }

  /** {@code page_unfreeze_refs()}: gives back what {@link #freezeRefs} took. */
  public void unfreezeRefs(int page, int references) {
    KernelBug.on(count(page) != 0, "page_unfreeze_refs() of page {} that is not frozen", page);
    count(page, references);
  }

  // Mappings.

  /**
   * {@code page_mapcount()}: how many entries map the page. An entry that maps a transparent huge page counts for each of its
   * base pages.
   */
  public int mapcount(int page) {
    return mapcount[page >> SEGMENT_SHIFT][page & SLOT];
  }

  /** Sets {@code page_mapcount()}. */
  public void mapcount(int page, int ptes) {
    mapcount[page >> SEGMENT_SHIFT][page & SLOT] = ptes;
  }

  /** {@code page_mapped()}: for a transparent huge page, whether any of its base pages is. */
  public boolean mapped(int page) {
    int pages = nrPages(page);
    for (int i = 0; i < pages; i++) {
      if (mapcount(page + i) > 0) {
        return true;
      }
    }
    return false;
  }

  /** {@code page->mapping}: an id shifted left by two with {@link #MAPPING_FLAGS}; 0 is none. */
  public int mapping(int page) {
    return mapping[page >> SEGMENT_SHIFT][page & SLOT];
  }

  /** Sets {@code page->mapping}. */
  public void mapping(int page, int handle) {
    mapping[page >> SEGMENT_SHIFT][page & SLOT] = handle;
  }

  /** {@code PageAnon()}. */
  public boolean anon(int page) {
    return (mapping(page) & MAPPING_ANON) != 0;
  }

  /** {@code PageKsm()}. */
  public boolean ksm(int page) {
    return (mapping(page) & MAPPING_FLAGS) == MAPPING_FLAGS;
  }

  /**
   * {@code page->index}, in pages, its low 32 bits: differences within one file or anon_vma stay exact, since none spans
   * 2^32 pages.
   */
  public int index(int page) {
    return index[page >> SEGMENT_SHIFT][page & SLOT];
  }

  /** Sets {@code page->index}. */
  public void index(int page, int pgoff) {
    index[page >> SEGMENT_SHIFT][page & SLOT] = pgoff;
  }

  /** {@code page_private()}: a swap entry or a buffer head, 0 where there is none. */
  public int privateOf(int page) {
    int[] column = privates[page >> SEGMENT_SHIFT];
    return column == null ? 0 : column[page & SLOT];
  }

  /** {@code set_page_private()}. */
  public void privateOf(int page, int value) {
    int[] column = privates[page >> SEGMENT_SHIFT];
    if (column == null) {
      if (value == 0) {
        return;
      }
      column = new int[SEGMENT_FRAMES];
      privates[page >> SEGMENT_SHIFT] = column;
    }
    column[page & SLOT] = value;
  }

  /** {@code page_has_private()} as the number that it adds to an expected reference count: 0 or 1. */
  public int hasPrivate(int page) {
    return has(page, PageFlag.PRIVATE | PageFlag.PRIVATE_2) ? 1 : 0;
  }

  // Content.

  /** What the page holds: the number of a pattern, 0 for zeroes. */
  public long content(int page) {
    return content[page >> SEGMENT_SHIFT][page & SLOT];
  }

  /** Fills the page. */
  public void content(int page, long pattern) {
    content[page >> SEGMENT_SHIFT][page & SLOT] = pattern;
  }

  // page->lru, touched by PageList and the free lists of zones alone.

  int lruNext(int page) {
    return lruNext[page >> SEGMENT_SHIFT][page & SLOT];
  }

  void lruNext(int page, int next) {
    lruNext[page >> SEGMENT_SHIFT][page & SLOT] = next;
  }

  int lruPrev(int page) {
    return lruPrev[page >> SEGMENT_SHIFT][page & SLOT];
  }

  void lruPrev(int page, int prev) {
    lruPrev[page >> SEGMENT_SHIFT][page & SLOT] = prev;
  }
}
