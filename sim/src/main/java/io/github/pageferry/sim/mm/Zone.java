package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code struct zone}: the memory of one node, its LRU lists and counters.
 *
 * <p>A node has one zone here: x86's zones differ in what DMA can reach, which migration does not ask.
 */
public final class Zone {

  private final PageFrames frames;
  private final int node;
  private final int firstFrame;
  private final int presentPages;
  private final PageList[] lru = new PageList[Lru.LISTS];
  private final long[] stats = new long[ZoneStat.VALUES.length];
  private int untouched;
  private int freeHead;
  private int freePages;
  /** Runs of frames that huge pages had. */
  private final List<Integer> freeHuge = new ArrayList<>(0);

  Zone(PageFrames frames, int node, int firstFrame, int presentPages) {
    this.frames = frames;
    this.node = node;
    this.firstFrame = firstFrame;
    this.presentPages = presentPages;
    untouched = firstFrame;
    freePages = presentPages;
    for (int i = 0; i < Lru.LISTS; i++) {
      lru[i] = new PageList(frames);
    }
  }

  /** The node's number. */
  public int node() {
    return node;
  }

  /** The first frame's number. */
  public int firstFrame() {
    return firstFrame;
  }

  /** One more than the last frame that was ever handed out. */
  public int touchedEnd() {
    return untouched;
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
    if (freeHead == 0 && untouched == firstFrame + presentPages && !freeHuge.isEmpty()) {
      splitFreeHuge();
    }
    if (freeHead != 0) {
      page = freeHead;
      freeHead = frames.lruNext(page);
      frames.lruNext(page, 0);
    } else if (untouched < firstFrame + presentPages) {
      page = untouched++;
      frames.populate(page);
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
      if (start + PageFrames.HUGE_FRAMES > firstFrame + presentPages) {
        return 0;
      }
      for (; untouched < start; untouched++) {
        frames.populate(untouched);
        frames.lruNext(untouched, freeHead);
        freeHead = untouched;
      }
      head = start;
      untouched += PageFrames.HUGE_FRAMES;
      frames.populate(head);
    } else {
      head = freeHuge.remove(freeHuge.size() - 1);
    }
    freePages -= PageFrames.HUGE_FRAMES;
    return head;
  }

  /** Gives the frames of a huge page back. */
  public void giveBackHuge(int head) {
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

  /** Gives a frame back. */
  public void giveBack(int page) {
    frames.lruNext(page, freeHead);
    freeHead = page;
    freePages++;
  }
}
