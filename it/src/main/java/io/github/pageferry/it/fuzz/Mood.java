package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.Step.Backing;

/**
 * What one workload inclines to: drawn anew for each, so that mixes come up in which a step is frequent, rare or absent.
 * Chances are in percent.
 */
final class Mood {

  /** The steps that are made of what is there; {@code map} is among them. */
  enum Kind {
    MAP, TOUCH, MOVE, QUERY, MIGRATE, BIND, LOCK, UNLOCK, PROTECT, UNMAP, DONTNEED, MERGEABLE, SYNC, PIN, UNPIN, FORK,
    EXIT, CPUSET
  }

  /** How a region's size is chosen. */
  enum Size { FEW, PAGEVEC, CHUNK, HUGE }

  final Weights<Kind> steps;
  final Weights<Backing> backings;
  final Weights<Size> sizes;
  final int regions;
  final int length;
  /** Of a part of a selector not being pages of a region as they are. */
  final int odd;
  /** Of a call for another process, as another user, with a bad pointer, flag or node. */
  final int unusual;
  /** Of writes among touches. */
  final int writes;
  /** Of a touch under a policy. */
  final int placed;
  /** Of {@code all} among flags. */
  final int all;
  /** Of pages that are equal, where some are merged. */
  final int same;
  /** Of transparent huge pages. */
  final int huge;
  final boolean cpusets;

  Mood(Draw draw) {
    boolean merging = draw.percent(2);
    boolean pool = draw.percent(3);
    boolean bigSteps = draw.percent(12);
    cpusets = draw.percent(8);
    steps = new Weights<Kind>()
        .add(Kind.MAP, 6).add(Kind.TOUCH, 30).add(Kind.MOVE, 30).add(Kind.QUERY, 6).add(Kind.MIGRATE, 6)
        .add(Kind.BIND, 12).add(Kind.LOCK, 5).add(Kind.UNLOCK, 3).add(Kind.PROTECT, 6).add(Kind.UNMAP, 4)
        .add(Kind.DONTNEED, 6).add(Kind.MERGEABLE, merging ? 24 : 0).add(Kind.SYNC, 4).add(Kind.PIN, 4)
        .add(Kind.UNPIN, 3).add(Kind.FORK, 5).add(Kind.EXIT, 2).add(Kind.CPUSET, cpusets ? 8 : 0)
        .shuffled(draw);
    backings = new Weights<Backing>()
        .add(Backing.ANON, 12).add(Backing.TMPFS, 4).add(Backing.RAMFS, 3).add(Backing.EXT4, 4).add(Backing.VFAT, 3)
        .add(Backing.DEVICE, 1).add(Backing.HUGETLB, pool ? 24 : 0)
        .shuffled(draw);
    huge = draw.percent(3) ? draw.oneOf(30, 60, 90) : 0;
    sizes = new Weights<Size>()
        .add(Size.FEW, 30).add(Size.PAGEVEC, 4).add(Size.CHUNK, bigSteps ? 30 : 1)
        .add(Size.HUGE, huge > 0 ? 200 : bigSteps ? 4 : 0);
    regions = draw.oneOf(1, 1, 1, 2, 2, 3);
    length = draw.oneOf(3, 5, 8, 8, 12, 12, 16, 24);
    odd = draw.oneOf(0, 5, 15, 40);
    unusual = draw.oneOf(0, 0, 5, 15, 40);
    writes = draw.oneOf(20, 50, 80, 95);
    placed = draw.oneOf(20, 60, 90);
    all = draw.oneOf(5, 30, 70);
    same = merging ? draw.oneOf(30, 60, 90) : 2;
  }

  /** How many pages a new region of this backing has. */
  int pages(Draw draw, Backing backing, boolean huge) {
    if (backing == Backing.HUGETLB) {
      return 512 * draw.oneOf(1, 1, 1, 2);
    }
    if (backing == Backing.DEVICE) {
      // As many as a perf event's buffer can have: one page, and a power of two of others.
      return draw.oneOf(2, 3, 5, 9);
    }
    if (huge) {
      return draw.oneOf(511, 512, 512, 512, 513, 520, 1024, 1030);
    }
    return switch (sizes.choose(draw)) {
      case FEW -> draw.oneOf(1, 2, 2, 3, 4, 4, 5, 6, 8, 9);
      case PAGEVEC -> draw.oneOf(13, 14, 15, 16, 17, 30, 31, 32, 33);
      case CHUNK -> draw.oneOf(168, 169, 170, 200, 337, 338, 339, 340);
      case HUGE -> draw.oneOf(507, 511, 512, 513);
    };
  }
}
