package io.github.pageferry.sim.mm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code mem_map}: the {@code struct page} of every page frame that was ever handed out.
 *
 * <pre>
 * page (int)  | segment = page >> 10 | frame in the segment = page & 1023 |
 *
 * record      0 flags | 1 count | 2 mapcount | 3 mapping | 4 index | 5 lru.next | 6 lru.prev | 7, 8 content    4 bytes each
 * beside it   private, 4 bytes, only in segments that use it
 * </pre>
 *
 * A frame's fields lie together, as in the kernel: who looks at one mostly looks at the others, and with memory larger than
 * the caches each further array would cost a miss. All records are one array, which is the quickest to come by; that bounds
 * how much memory can be in use. A segment is given to the zone that needs more frames, the next number to whoever comes first,
 * so that a machine costs what it uses: frames of one node need not have numbers in a row, and {@link Zone} knows which are
 * whose. Frame 0 is no page; segment 0 holds the pages that belong to no zone (the zero page).
 */
public final class PageFrames {

  static final int SEGMENT_SHIFT = 10;
  /** Frames in a segment. */
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

  private static final int FLAGS = 0;
  private static final int COUNT = 1;
  private static final int MAPCOUNT = 2;
  private static final int MAPPING = 3;
  private static final int INDEX = 4;
  private static final int LRU_NEXT = 5;
  private static final int LRU_PREV = 6;
  private static final int CONTENT_LOW = 7;
  private static final int CONTENT_HIGH = 8;
  private static final int RECORD = 9;

  /** Segments whose records fit one array. */
  private static final int MOST_SEGMENTS = (Integer.MAX_VALUE - 8) / (SEGMENT_FRAMES * RECORD);

  private int[] records;
  /** How many segments have been given away. */
  private int populated = 1;
  private final int mostPopulated;
  private final int[][] privates;
  /** By segment. */
  private final short[] nodes;
  /** By segment: the place of its first frame in its zone. */
  private final int[] places;
  /** Where tasks run at the same time: who they are parted by. */
  private final @Nullable Scheduler sched;

  /**
   * Room for frames, none of which takes memory yet.
   *
   * @param segments how many segments, segment 0 included
   */
  public PageFrames(int segments) {
    this(segments, null);
  }

  /** As {@link #PageFrames(int)}, of a machine whose tasks run at the same time. */
  public PageFrames(int segments, @Nullable Scheduler sched) {
    this(segments, sched, MOST_SEGMENTS);
  }

  PageFrames(int segments, @Nullable Scheduler sched, int mostPopulated) {
    this.sched = sched;
    this.mostPopulated = mostPopulated;
    places = new int[segments];
    records = new int[SEGMENT_FRAMES * RECORD];
    privates = new int[segments][];
    nodes = new short[segments];
    count(ZERO_PAGE, 1);
    flags(ZERO_PAGE, PageFlag.RESERVED | PageFlag.UPTODATE);
  }

  /** Who parts the tasks of this machine; null where they run one after the other. */
  public @Nullable Scheduler scheduler() {
    return sched;
  }

  /**
   * Gives a segment that nobody has to a node.
   *
   * @param place of its first frame in the node's zone
   * @return its first frame
   * @throws IllegalStateException where so much memory is in use that there is no room for more records
   */
  int populate(int node, int place) {
    int segment = populated;
    if (segment == mostPopulated) {
      throw new IllegalStateException("the memory in use is more than a simulator has room for: "
          + ((long) segment * SEGMENT_FRAMES >> 8) + " MiB; use less, or several machines");
    }
    if (segment == room()) {
      int more = segment + Math.max(1, segment / 8);
      records = Arrays.copyOf(records, Math.min(more, Math.min(nodes.length, mostPopulated)) * SEGMENT_FRAMES * RECORD);
    }
    populated++;
    nodes[segment] = (short) node;
    places[segment] = place;
    return segment << SEGMENT_SHIFT;
  }

  /** How many segments there are records for: an eighth more than are used, at most. */
  int room() {
    return records.length / (SEGMENT_FRAMES * RECORD);
  }

  /** Where the frame's zone has it. */
  int placeOf(int page) {
    return places[page >> SEGMENT_SHIFT] + (page & SLOT);
  }

  /** Where the frame's record begins. */
  private static int at(int page) {
    return page * RECORD;
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

  /** How many segments there can be, those that nobody has included. */
  public int segments() {
    return nodes.length;
  }

  /** One more than the highest number that a frame has. */
  public int end() {
    return populated << SEGMENT_SHIFT;
  }

  /** Makes the frame a new page: one reference, no flags, no index, no private data. */
  public void init(int page, long pattern) {
    int[] all = records;
    int at = at(page);
    all[at + FLAGS] = 0;
    all[at + COUNT] = 1;
    all[at + INDEX] = 0;
    all[at + CONTENT_LOW] = (int) pattern;
    all[at + CONTENT_HIGH] = (int) (pattern >>> 32);
    privateOf(page, 0);
  }

  // Flags.

  /** {@code page->flags}, bits of {@link PageFlag}. */
  public int flags(int page) {
    return records[at(page) + FLAGS];
  }

  /** Overwrites all flags. */
  public void flags(int page, int bits) {
    records[at(page) + FLAGS] = bits;
  }

  /** {@code PageFoo(page)}. */
  public boolean has(int page, int flag) {
    return (records[at(page) + FLAGS] & flag) != 0;
  }

  /** {@code SetPageFoo(page)}. */
  public void set(int page, int flag) {
    records[at(page) + FLAGS] |= flag;
  }

  /** {@code ClearPageFoo(page)}. */
  public void clear(int page, int flag) {
    records[at(page) + FLAGS] &= ~flag;
  }

  /** {@code TestSetPageFoo(page)}: sets it and says whether it was set. */
  public boolean testAndSet(int page, int flag) {
    int[] all = records;
    int old = all[at(page) + FLAGS];
    all[at(page) + FLAGS] = old | flag;
    return (old & flag) != 0;
  }

  /** {@code TestClearPageFoo(page)}: clears it and says whether it was set. */
  public boolean testAndClear(int page, int flag) {
    int[] all = records;
    int old = all[at(page) + FLAGS];
    all[at(page) + FLAGS] = old & ~flag;
    return (old & flag) != 0;
  }

  // Reference counts.

  /** {@code page_count()}. */
  public int count(int page) {
    return records[at(page) + COUNT];
  }

  /** {@code set_page_count()}. */
  public void count(int page, int references) {
    records[at(page) + COUNT] = references;
  }

  /** {@code get_page()}: one more reference on a page that has one. */
  public void get(int page) {
    int[] all = records;
    if (all[at(page) + COUNT]++ <= 0) {
      throw new KernelBug("get_page() of free page " + page);
    }
  }

  /** {@code get_page_unless_zero()}. */
  public boolean getUnlessZero(int page) {
    int[] all = records;
    if (all[at(page) + COUNT] == 0) {
      return false;
    }
    all[at(page) + COUNT]++;
    return true;
  }

  /** {@code put_page_testzero()}: one reference less; true where none is left. */
  public boolean putTestzero(int page) {
    int[] all = records;
    int left = --all[at(page) + COUNT];
    if (left < 0) {
      throw new KernelBug("put_page() of free page " + page);
    }
    return left == 0;
  }

  /** {@code page_freeze_refs()}: where there are exactly so many references, takes them all away. */
  public boolean freezeRefs(int page, int expected) {
    if (sched != null) {
      sched.point(Scheduler.At.FREEZE_REFS, page);
    }
    int[] all = records;
    boolean frozen = all[at(page) + COUNT] == expected;
    if (frozen) {
      all[at(page) + COUNT] = 0;
    }
    if (sched != null) {
      // Whoever looks the page up without a lock finds it frozen now.
      sched.outcome(Scheduler.At.FREEZE_REFS, page, frozen);
      sched.point(Scheduler.At.FREEZE_REFS, page);
    }
    return frozen;
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
    return records[at(page) + MAPCOUNT];
  }

  /** Sets {@code page_mapcount()}. */
  public void mapcount(int page, int ptes) {
    records[at(page) + MAPCOUNT] = ptes;
  }

  /** {@code page_mapped()}: for a transparent huge page, whether any of its base pages is. */
  public boolean mapped(int page) {
    return mapcount(page) > 0 || nrPages(page) > 1 && isTailMapped(page);
  }

  private boolean isTailMapped(int head) {
    for (int tail = head + 1; tail < head + HUGE_FRAMES; tail++) {
      if (mapcount(tail) > 0) {
        return true;
      }
    }
    return false;
  }

  /** {@code page->mapping}: an id shifted left by two with {@link #MAPPING_FLAGS}; 0 is none. */
  public int mapping(int page) {
    return records[at(page) + MAPPING];
  }

  /** Sets {@code page->mapping}. */
  public void mapping(int page, int handle) {
    records[at(page) + MAPPING] = handle;
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
    return records[at(page) + INDEX];
  }

  /** Sets {@code page->index}. */
  public void index(int page, int pgoff) {
    records[at(page) + INDEX] = pgoff;
  }

  /** {@code page_private()}: a swap entry or a buffer head, 0 where there is none. */
  public int privateOf(int page) {
    int[] segment = privates[page >> SEGMENT_SHIFT];
    return segment == null ? 0 : segment[page & SLOT];
  }

  /** {@code set_page_private()}. */
  public void privateOf(int page, int value) {
    int[] segment = privates[page >> SEGMENT_SHIFT];
    if (segment == null) {
      if (value == 0) {
        return;
      }
      segment = new int[SEGMENT_FRAMES];
      privates[page >> SEGMENT_SHIFT] = segment;
    }
    segment[page & SLOT] = value;
  }

  /** {@code page_has_private()} as the number that it adds to an expected reference count: 0 or 1. */
  public int hasPrivate(int page) {
    return has(page, PageFlag.PRIVATE | PageFlag.PRIVATE_2) ? 1 : 0;
  }

  // Content.

  /** What the page holds: the number of a pattern, 0 for zeroes. */
  public long content(int page) {
    int[] all = records;
    return (long) all[at(page) + CONTENT_HIGH] << 32 | all[at(page) + CONTENT_LOW] & 0xffffffffL;
  }

  /** Fills the page. */
  public void content(int page, long pattern) {
    int[] all = records;
    all[at(page) + CONTENT_LOW] = (int) pattern;
    all[at(page) + CONTENT_HIGH] = (int) (pattern >>> 32);
  }

  // page->lru, touched by PageList and the free lists of zones alone.

  int lruNext(int page) {
    return records[at(page) + LRU_NEXT];
  }

  void lruNext(int page, int next) {
    records[at(page) + LRU_NEXT] = next;
  }

  int lruPrev(int page) {
    return records[at(page) + LRU_PREV];
  }

  void lruPrev(int page, int prev) {
    records[at(page) + LRU_PREV] = prev;
  }
}
