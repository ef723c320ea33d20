package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.sched.Op.Kind;
import io.github.pageferry.sim.sched.Op.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Makes a program from a seed: one or two tasks that move pages, and others that get in their way. */
final class Generator {

  static final int NODES = 3;

  private static final int MOST_PROCESSES = 3;
  private static final int MOST_OTHERS = 4;
  private static final int MOST_OPS = 4;

  private static final Kind[] MOVES = {Kind.MOVE, Kind.MOVE, Kind.MOVE, Kind.MOVE, Kind.MIGRATE, Kind.BIND, Kind.QUERY};
  private static final Kind[] OTHERS = {
    Kind.READ, Kind.READ, Kind.WRITE, Kind.WRITE, Kind.WRITE, Kind.FORK, Kind.MUNMAP, Kind.MPROTECT, Kind.MLOCK, Kind.MUNLOCK,
    Kind.DONTNEED, Kind.MSYNC, Kind.MSYNC, Kind.TRUNCATE, Kind.KSMD, Kind.CONFINE, Kind.HOLD_REFERENCE, Kind.HOLD_REFERENCE,
    Kind.HOLD_LOCK, Kind.HOLD_LOCK, Kind.MOVE, Kind.EXIT
  };

  private final SplittableRandom random;
  private final int processes;
  private final FileSystem fileSystem;
  private final boolean[] exits = new boolean[MOST_PROCESSES];
  /** Where tasks meet more often than elsewhere. */
  private final Region hotRegion;
  private final int hotPage;

  private Generator(long seed) {
    random = new SplittableRandom(seed);
    processes = random.nextInt(1, MOST_PROCESSES + 1);
    fileSystem = any(FileSystem.values());
    hotRegion = any(Region.values());
    hotPage = random.nextInt(Region.PAGES);
  }

  /** The program of a seed. */
  static Program program(long seed) {
    return new Generator(seed).program();
  }

  private Program program() {
    int movers = random.nextInt(1, 3);
    int others = random.nextInt(1, MOST_OTHERS + 1);
    List<Program.Actor> actors = new ArrayList<>();
    for (int i = 0; i < movers + others; i++) {
      int process = random.nextInt(processes);
      Kind[] kinds = i < movers ? MOVES : OTHERS;
      int count = random.nextInt(1, MOST_OPS + 1);
      List<Op> ops = new ArrayList<>();
      for (int n = 0; n < count; n++) {
        ops.add(op(any(kinds), process));
      }
      actors.add(new Program.Actor(i, process, ops, IntStream.range(0, count).boxed().toList()));
    }
    // Of some machines one node is as good as full.
    int spare = random.nextInt(8) == 0 ? random.nextInt(4) : Program.AMPLE;
    return new Program(processes, fileSystem, spare, actors);
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private Op op(Kind wanted, int process) {
    Kind kind = wanted;
    if (kind == Kind.EXIT && (process == 0 || exits[process])
        || kind == Kind.TRUNCATE && fileSystem == FileSystem.VFAT) {
      kind = Kind.WRITE;
    }
    exits[process] |= kind == Kind.EXIT;
    Region region = switch (kind) {
      case MSYNC, TRUNCATE -> Region.FILE;
      default -> random.nextInt(3) > 0 ? hotRegion : any(Region.values());
    };
    int page = random.nextInt(3) > 0 ? hotPage : random.nextInt(Region.PAGES);
    int pages = random.nextInt(1, Region.PAGES - page + 1);
    if (kind == Kind.BIND) {
      // Of a part of a mapping 2.6.36 may lose another part: no matter of tasks beside it (9d8cebd4bcd7, mended by e26a51148f3e, 3.2).
      page = 0;
      pages = Region.PAGES;
    }
    int target = kind == Kind.MOVE || kind == Kind.MIGRATE || kind == Kind.QUERY || kind == Kind.CONFINE
        ? random.nextInt(processes) : process;
    return new Op(kind, region, page, pages, random.nextInt(NODES), target, random.nextInt(3) > 0, random.nextInt(1, 40));
  }
}
