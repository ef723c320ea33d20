package io.github.pageferry.sim.mm;

import java.util.Arrays;

/**
 * {@code struct buffer_head}: what is known of each block of a page that has been read or written, each field a column. A
 * page's buffers are linked in a ring; the page's {@code private} is the first of them. 0 is none.
 */
public final class BufferHeads {

  /** {@code BH_Uptodate}. */
  public static final int UPTODATE = 1;
  /** {@code BH_Dirty}. */
  public static final int DIRTY = 1 << 1;
  /** {@code BH_Lock}. */
  public static final int LOCK = 1 << 2;
  /** {@code BH_Mapped}: has a place on disk. */
  public static final int MAPPED = 1 << 3;
  /** {@code BH_New}: that place has just been allocated. */
  public static final int NEW = 1 << 4;
  /** {@code BH_Async_Write}: under way to the disk with its page. */
  public static final int ASYNC_WRITE = 1 << 5;
  /** {@code BH_Delay}: will get a place on disk when it is written. */
  public static final int DELAY = 1 << 6;
  /** {@code BH_Write_EIO}. */
  public static final int WRITE_EIO = 1 << 7;
  /** {@code BH_JBD}: has a journal head. */
  public static final int JBD = 1 << 8;
  /** {@code BH_JBDDirty}: dirty, and the journal's to write. */
  public static final int JBD_DIRTY = 1 << 9;
  /** {@code b_cp_transaction}: committed, and to be written to its place before the log can be reused. */
  public static final int CHECKPOINT = 1 << 10;

  /** {@code b_jlist} of a buffer that is in no transaction: {@code BJ_None}. */
  public static final int BJ_NONE = 0;
  /** {@code BJ_Reserved}: might be written in the running transaction. */
  public static final int BJ_RESERVED = 1;
  /** {@code BJ_Metadata}: written in it. */
  public static final int BJ_METADATA = 2;
  /** {@code BJ_Forget}: freed in it. */
  public static final int BJ_FORGET = 3;

  private int[] state = new int[16];
  private int[] count = new int[16];
  private int[] page = new int[16];
  private int[] thisPage = new int[16];
  private byte[] list = new byte[16];
  private int used = 1;
  private int free;
  private int live;

  /** {@code alloc_buffer_head()}. */
  public int alloc(int ofPage) {
    int bh = free;
    if (bh != 0) {
      free = thisPage[bh];
    } else {
      if (used == state.length) {
        state = Arrays.copyOf(state, 2 * used);
        count = Arrays.copyOf(count, 2 * used);
        page = Arrays.copyOf(page, 2 * used);
        thisPage = Arrays.copyOf(thisPage, 2 * used);
        list = Arrays.copyOf(list, 2 * used);
      }
      bh = used++;
    }
    state[bh] = 0;
    page[bh] = ofPage;
    thisPage[bh] = bh;
    live++;
    return bh;
  }

  /** {@code free_buffer_head()}. */
  public void free(int bh) {
    KernelBug.on(count[bh] != 0 || list[bh] != BJ_NONE, "free_buffer_head() of buffer {} in use", bh);
    page[bh] = 0;
    thisPage[bh] = free;
    free = bh;
    live--;
  }

  /** How many there are. */
  public int live() {
    return live;
  }

  /** {@code b_page}. */
  public int page(int bh) {
    return page[bh];
  }

  /** {@code set_bh_page()}. */
  public void page(int bh, int to) {
    page[bh] = to;
  }

  /** {@code b_this_page}: the next of the ring. */
  public int thisPage(int bh) {
    return thisPage[bh];
  }

  /** Sets {@code b_this_page}. */
  public void thisPage(int bh, int next) {
    thisPage[bh] = next;
  }

  /** {@code buffer_foo(bh)}. */
  public boolean has(int bh, int bits) {
    return (state[bh] & bits) != 0;
  }

  /** {@code set_buffer_foo(bh)}. */
  public void set(int bh, int bits) {
    state[bh] |= bits;
  }

  /** {@code clear_buffer_foo(bh)}. */
  public void clear(int bh, int bits) {
    state[bh] &= ~bits;
  }

  /** {@code test_clear_buffer_foo(bh)}. */
  public boolean testAndClear(int bh, int bit) {
    boolean was = has(bh, bit);
    clear(bh, bit);
    return was;
  }

  /** {@code b_count}. */
  public int count(int bh) {
    return count[bh];
  }

  /** {@code get_bh()}. */
  public void get(int bh) {
    count[bh]++;
  }

  /** {@code put_bh()}. */
  public void put(int bh) {
    KernelBug.on(--count[bh] < 0, "put_bh() of free buffer {}", bh);
  }

  /** {@code lock_buffer()}. */
  public void lock(int bh) {
    KernelBug.on(has(bh, LOCK), "lock_buffer() of buffer {} waits for ever", bh);
    set(bh, LOCK);
  }

  /** {@code unlock_buffer()}. */
  public void unlock(int bh) {
    clear(bh, LOCK);
  }

  /** {@code bh2jh(bh)->b_jlist}: which list of the running transaction it is on, {@link #BJ_NONE} where on none. */
  public int list(int bh) {
    return list[bh];
  }

  /** Sets {@code b_jlist}. */
  public void list(int bh, int to) {
    list[bh] = (byte) to;
  }
}
