package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code struct zone}: the memory of one node, its LRU lists and counters.
 *
 * <p>A node has one zone here: x86's zones differ in what DMA can reach, which migration does not ask.
 */
public final class Zone {

  /** {@code pageblock_nr_pages}: ranges of {@link #isolate} are made of whole ones. */
  public static final int PAGEBLOCK = PageFrames.HUGE_FRAMES;

  private final PageFrames frames;
  private final int node;
  /** {@code page_zone()} by segments, where a new segment's is entered. */
  private final @Nullable Zone[] pageZones;
  /** The first frame of each of the zone's segments, 0 where none was given to it yet. */
  private final int[] segments;
  private int presentPages;
  /** One more than the last place that has a frame; some below may be gone. */
  private int end;
  private final PageList[] lru = new PageList[Lru.LISTS];
  private final long[] stats = new long[ZoneStat.VALUES.length];
  /** The first place whose frame was never handed out. */
  private int untouched;
  private int freeHead;
  private int freePages;
  /** Runs of frames that huge pages had. */
  private final List<Integer> freeHuge = new ArrayList<>(0);
  /** {@code MIGRATE_ISOLATE}: frames of places from here up to {@link #isolatedEnd} are not handed out. */
  private int isolatedStart;
  /** 0 where nothing is isolated. */
  private int isolatedEnd;
  /** Pageblocks whose frames are the machine's no longer. */
  private final BitSet gone = new BitSet();

  Zone(PageFrames frames, int node, @Nullable Zone[] pageZones, int presentPages) {
    this.frames = frames;
    this.node = node;
    this.pageZones = pageZones;
    this.presentPages = presentPages;
    segments = new int[Nodes.segmentsOf(presentPages)];
    end = presentPages;
    freePages = presentPages;
    for (int i = 0; i < Lru.LISTS; i++) {
      lru[i] = new PageList(frames);
    }
  }

  /** The node's number. */
  public int node() {
    return node;
  }

  /** One more than the last place whose frame was ever handed out. */
  public int touchedEnd() {
    return untouched;
  }

  /**
   * The frame at a place of the zone: its physical addresses in order.
   *
   * @param place from 0 up to {@link #end}
   * @return the frame, 0 where none of those around it was ever handed out
   */
  public int frame(int place) {
    int first = segments[place >> PageFrames.SEGMENT_SHIFT];
    return first == 0 ? 0 : first + (place & PageFrames.SEGMENT_FRAMES - 1);
  }

  /** As {@link #frame}, of a place whose frame is to be used. */
  private int populated(int place) {
    int segment = place >> PageFrames.SEGMENT_SHIFT;
    if (segments[segment] == 0) {
      segments[segment] = frames.populate(node, segment << PageFrames.SEGMENT_SHIFT);
      pageZones[segments[segment] >> PageFrames.SEGMENT_SHIFT] = this;
    }
    return frame(place);
  }

  /** Pages that the zone has, free or not. */
  public int presentPages() {
    return presentPages;
  }

  /** {@code NR_FREE_PAGES}. */
  public int freePages() {
    return freePages;
  }

  /** One of the lists of {@link Lru}. */
  public PageList lru(int list) {
    return lru[list];
  }

  /** {@code zone_page_state()}. */
  public long stat(ZoneStat item) {
    return stats[item.ordinal()];
  }

  /** {@code mod_zone_page_state()}. */
  public void stat(ZoneStat item, long delta) {
    stats[item.ordinal()] += delta;
  }

  /**
   * Takes a frame off the free list, the one freed last first, as the per-CPU lists of hot pages do.
   *
   * @return the frame, 0 where the zone is full
   */
  public int takeFree() {
    int page;
    if (freeHead == 0 && untouched == end && !freeHuge.isEmpty()) {
      splitFreeHuge();
    }
    if (freeHead != 0) {
      page = freeHead;
      freeHead = frames.lruNext(page);
      frames.lruNext(page, 0);
    } else if (untouched < end) {
      page = populated(untouched);
      untouched++;
      if (untouched == isolatedStart) {
        untouched = isolatedEnd;
      }
    } else {
      return 0;
    }
    freePages--;
    return page;
  }

  /**
   * Takes the frames of a huge page.
   *
   * @return its first frame, 0 where no run of so many is free
   */
  public int takeFreeHuge() {
    int head;
    if (freeHuge.isEmpty()) {
      int start = untouched + PageFrames.HUGE_FRAMES - 1 & -PageFrames.HUGE_FRAMES;
      if (start + PageFrames.HUGE_FRAMES > end || isolatedEnd > untouched) {
        return 0;
      }
      freeUntouched(start);
      head = populated(start);
      untouched += PageFrames.HUGE_FRAMES;
    } else {
      head = freeHuge.remove(freeHuge.size() - 1);
    }
    freePages -= PageFrames.HUGE_FRAMES;
    return head;
  }

  /** Puts what was never handed out below a place on the free list, so that what lies above comes next. */
  private void freeUntouched(int to) {
    for (; untouched < to; untouched++) {
      int page = populated(untouched);
      frames.lruNext(page, freeHead);
      freeHead = page;
    }
  }

  /** Gives the frames of a huge page back. */
  public void giveBackHuge(int head) {
    if (isIsolated(head)) {
      return;
    }
    freeHuge.add(head);
    freePages += PageFrames.HUGE_FRAMES;
  }

  /** Lets a free run of frames serve single pages. */
  private void splitFreeHuge() {
    int head = freeHuge.remove(freeHuge.size() - 1);
    for (int page = head + PageFrames.HUGE_FRAMES - 1; page >= head; page--) {
      frames.lruNext(page, freeHead);
      freeHead = page;
    }
  }

  /** One more than the last place that has a frame; some below may be gone. */
  public int end() {
    return end;
  }

  /**
   * {@code start_isolate_page_range()}: free frames of the range are handed out no longer, and those that are given back are kept.
   * At most one range of a zone is isolated at a time.
   *
   * @param start place, of a pageblock
   * @param end place, of a pageblock, within the zone
   */
  public void isolate(int start, int end) {
    KernelBug.on(isolatedEnd != 0, "zone of node {} has isolated pages already", node);
    isolatedStart = start;
    isolatedEnd = end;
    int kept = 0;
    for (int page = freeHead; page != 0; ) {
      int next = frames.lruNext(page);
      if (isIsolated(page)) {
        freePages--;
      } else {
        frames.lruNext(page, kept);
        kept = page;
      }
      page = next;
    }
    freeHead = 0;
    for (int page = kept; page != 0; ) {
      int next = frames.lruNext(page);
      frames.lruNext(page, freeHead);
      freeHead = page;
      page = next;
    }
    freeHuge.removeIf(head -> {
      boolean gone = isIsolated(head);
      freePages -= gone ? PageFrames.HUGE_FRAMES : 0;
      return gone;
    });
    freePages -= Math.max(0, end - Math.max(start, untouched));
    if (untouched >= start && untouched < end) {
      untouched = end;
    }
  }

  /** {@code undo_isolate_page_range()}: the frames can be had again. */
  public void undoIsolate() {
    int start = isolatedStart;
    int end = isolatedEnd;
    isolatedStart = 0;
    isolatedEnd = 0;
    if (untouched <= start) {
      freePages += end - start;
      return;
    }
    for (int place = end - 1; place >= start; place--) {
      int page = populated(place);
      if (isFree(page)) {
        giveBack(page);
      }
    }
  }

  /** {@code __offline_isolated_pages()}: the frames, all free, are the zone's no longer. */
  public void offlineIsolated() {
    gone.set(isolatedStart / PAGEBLOCK, isolatedEnd / PAGEBLOCK);
    presentPages -= isolatedEnd - isolatedStart;
    if (isolatedEnd == end) {
      end = isolatedStart;
      untouched = Math.min(untouched, end);
    } else if (untouched <= isolatedStart) {
      freeUntouched(isolatedStart);
      untouched = isolatedEnd;
    }
    isolatedStart = 0;
    isolatedEnd = 0;
  }

  /** Whether the zone has all frames of a range of places, which are of whole pageblocks. */
  public boolean has(int start, int end) {
    int lost = gone.nextSetBit(start / PAGEBLOCK);
    return lost < 0 || lost * PAGEBLOCK >= end;
  }

  private boolean isIsolated(int page) {
    if (isolatedEnd == 0) {
      return false;
    }
    int place = frames.placeOf(page);
    return place >= isolatedStart && place < isolatedEnd;
  }

  /** Whether nobody has the frame. */
  public boolean isFree(int page) {
    return frames.count(page) == 0 && !frames.has(page, PageFlag.HUGETLB | PageFlag.TAIL);
  }

  /** Gives a frame back. */
  public void giveBack(int page) {
    if (isIsolated(page)) {
      return;
    }
    frames.lruNext(page, freeHead);
    freeHead = page;
    freePages++;
  }
}
