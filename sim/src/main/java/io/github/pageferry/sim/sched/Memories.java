package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.sched.Op.Region;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the memory of one process may hold: its own pages, and those that all share. */
final class Memories {

  private final Map<Region, List<Cell>> cells = new EnumMap<>(Region.class);

  /** The first process's. */
  Memories() {
    for (Region region : Region.values()) {
      cells.put(region, IntStream.range(0, Region.PAGES).mapToObj(i -> new Cell(0)).toList());
    }
  }

  private Memories(Memories parent) {
    for (Region region : Region.values()) {
      List<Cell> of = parent.cells.get(region);
      cells.put(region, region.isPrivate() ? of.stream().map(Cell::beginCopy).toList() : of);
    }
  }

  Cell cell(Region region, int page) {
    return cells.get(region).get(page);
  }

  /** The cells that an operation is on. */
  Stream<Cell> of(Op op) {
    return IntStream.range(op.page(), op.page() + op.pages()).mapToObj(page -> cell(op.region(), page));
  }

  /** All cells of a region. */
  List<Cell> of(Region region) {
    return cells.get(region);
  }

  /** A child's, while its fork is under way. */
  Memories beginFork() {
    return new Memories(this);
  }

  /** The fork is over: what is written from now on the child does not see. */
  void endFork(Memories child) {
    for (Region region : Region.values()) {
      if (region.isPrivate()) {
        for (int page = 0; page < Region.PAGES; page++) {
          cell(region, page).endCopy(child.cell(region, page));
        }
      }
    }
  }
}
