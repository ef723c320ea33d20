package io.github.pageferry.sim.mm;

/** A {@code list_head} of pages linked through {@code page->lru}: an LRU list, or pages on their way. */
public final class PageList {

  private final PageFrames frames;
  private int head;
  private int tail;
  private int size;

  public PageList(PageFrames frames) {
    this.frames = frames;
  }

  public boolean isEmpty() {
    return head == 0;
  }

  /** How many pages are on the list. */
  public int size() {
    return size;
  }

  /** The first page, 0 where there is none. */
  public int first() {
    return head;
  }

  /** The last page, 0 where there is none. */
  public int last() {
    return tail;
  }

  /** The page before this one, 0 at the beginning. */
  public int previous(int page) {
    return frames.lruPrev(page);
  }

  /** The page after this one, 0 at the end. */
  public int next(int page) {
    return frames.lruNext(page);
  }

  /** {@code list_add()}. */
  public void addFirst(int page) {
    frames.lruPrev(page, 0);
    frames.lruNext(page, head);
    if (head == 0) {
      tail = page;
    } else {
      frames.lruPrev(head, page);
    }
    head = page;
    size++;
  }

  /** {@code list_add_tail()}. */
  public void addLast(int page) {
    frames.lruNext(page, 0);
    frames.lruPrev(page, tail);
    if (tail == 0) {
      head = page;
    } else {
      frames.lruNext(tail, page);
    }
    tail = page;
    size++;
  }

  /** {@code list_del()} of a page that is on this list. */
  public void remove(int page) {
    int next = frames.lruNext(page);
    int prev = frames.lruPrev(page);
    if (prev == 0) {
      KernelBug.on(head != page, "list_del() of page {} that is not on the list", page);
      head = next;
    } else {
      frames.lruNext(prev, next);
    }
    if (next == 0) {
      tail = prev;
    } else {
      frames.lruPrev(next, prev);
    }
    frames.lruNext(page, 0);
    frames.lruPrev(page, 0);
    size--;
  }
}
