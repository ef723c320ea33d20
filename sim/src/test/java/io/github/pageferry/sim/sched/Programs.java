package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.sched.Op.Kind;
import io.github.pageferry.sim.sched.Op.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Programs that a test writes itself. */
final class Programs {

  private Programs() {}

  /** A step on the whole of a region. */
  static Op op(Kind kind, Region region, int node) {
    return new Op(kind, region, 0, Region.PAGES, node, 0, true, 60);
  }

  /** Each list is a task of process 0. */
  @SafeVarargs
  static Program of(FileSystem fileSystem, int spare, List<Op>... tasks) {
    List<Program.Actor> actors = new ArrayList<>();
    for (int i = 0; i < tasks.length; i++) {
      actors.add(new Program.Actor(i, 0, tasks[i], IntStream.range(0, tasks[i].size()).boxed().toList()));
    }
    return new Program(1, fileSystem, spare, actors);
  }

  @SafeVarargs
  static Program of(FileSystem fileSystem, List<Op>... tasks) {
    return of(fileSystem, Program.AMPLE, tasks);
  }

  /** Moves to one node after the other. */
  static List<Op> moves(Region region) {
    return List.of(op(Kind.MOVE, region, 1), op(Kind.MOVE, region, 2), op(Kind.MOVE, region, 0), op(Kind.MOVE, region, 1));
  }

  /** The same step again and again. */
  static List<Op> again(Kind kind, Region region) {
    Op op = op(kind, region, 0);
    return List.of(op, op, op, op);
  }
}
