package io.github.pageferry.sim.sched;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a page of somebody's memory may hold: what was written last, or zeroes while somebody gives the page up and after it, until
 * it has been looked at.
 */
final class Cell {

  private final Set<Long> allowed = new TreeSet<>();
  /** The copies of it that forks under way are making. */
  private final List<Cell> copies = new ArrayList<>(0);
  private int givenUp;

  Cell(long value) {
    allowed.add(value);
  }

  /** A copy that a fork begins to make. */
  Cell beginCopy() {
    Cell copy = new Cell(0);
    copy.allowed.clear();
    copy.allowed.addAll(allowed);
    copies.add(copy);
    return copy;
  }

  void endCopy(Cell copy) {
    copies.remove(copy);
  }

  void written(long value) {
    allowed.clear();
    add(value);
    if (givenUp > 0) {
      add(0);
    }
  }

  private void add(long value) {
    allowed.add(value);
    copies.forEach(copy -> copy.allowed.add(value));
  }

  /** Somebody begins to give the page up. */
  void beginGivingUp() {
    givenUp++;
    add(0);
  }

  void endGivingUp() {
    givenUp--;
  }

  /** Whether it may hold this, which is what it holds from now on. */
  boolean read(long value) {
    if (!allowed.contains(value)) {
      return false;
    }
    if (givenUp == 0) {
      allowed.clear();
      allowed.add(value);
    }
    return true;
  }

  @Override
  public String toString() {
    return allowed.toString();
  }
}
