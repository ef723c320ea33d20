package io.github.pageferry.sim.mm;

/** {@code struct pagevec}: up to 14 pages that a CPU holds a reference on until it puts them on a list together. */
public final class Pagevec {

  /** {@code PAGEVEC_SIZE}: 14 and two words of header fill two cache lines. */
  public static final int SIZE = 14;

  private final int[] pages;
  private int count;

  public Pagevec() {
    this(SIZE);
  }

  /** A pagevec of another size; later kernels have 15 and 31. */
  public Pagevec(int size) {
    pages = new int[size];
  }

  /** {@code pagevec_count()}. */
  public int count() {
    return count;
  }

  /** The page at this place. */
  public int page(int i) {
    return pages[i];
  }

  /** {@code pagevec_add()}: returns whether there is room left. */
  public boolean add(int page) {
    pages[count++] = page;
    return count < pages.length;
  }

  /** {@code pagevec_reinit()}. */
  public void reinit() {
    count = 0;
  }
}
