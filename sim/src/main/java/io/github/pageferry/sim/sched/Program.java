package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.FileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the tasks of a run do, before anything is decided of their order.
 *
 * @param processes how many processes there are, forked from the first when its memory has been filled
 * @param fileSystem where the shared file is
 * @param spare how many pages of the last node are free in the beginning, {@link #AMPLE} for most
 * @param actors the tasks
 */
record Program(int processes, FileSystem fileSystem, int spare, List<Actor> actors) {

  /** {@link #spare} of a machine that has room. */
  static final int AMPLE = -1;

  /**
   * A task: a thread of a process.
   *
   * @param number its number in the program as it was made
   * @param process the process
   * @param ops what it does, one after the other
   * @param numbers the numbers of these, in the program as it was made
   */
  record Actor(int number, int process, List<Op> ops, List<Integer> numbers) {}

  /** How many steps there are. */
  int size() {
    return actors.stream().mapToInt(actor -> actor.ops().size()).sum();
  }

  /** The steps by their names: task and number. */
  List<String> names() {
    return actors.stream().flatMap(actor -> actor.numbers().stream().map(n -> actor.number() + "." + n)).toList();
  }

  /** The same with these steps only. */
  Program keep(Set<String> names) {
    List<Actor> kept = new ArrayList<>();
    for (Actor actor : actors) {
      List<Op> ops = new ArrayList<>();
      List<Integer> numbers = new ArrayList<>();
      for (int i = 0; i < actor.ops().size(); i++) {
        int number = actor.numbers().get(i);
        if (names.contains(actor.number() + "." + number)) {
          ops.add(actor.ops().get(i));
          numbers.add(number);
        }
      }
      if (!ops.isEmpty()) {
        kept.add(new Actor(actor.number(), actor.process(), ops, numbers));
      }
    }
    return new Program(processes, fileSystem, spare, kept);
  }

  /** Whether some task does this. */
  boolean has(Op.Kind kind) {
    return actors.stream().flatMap(actor -> actor.ops().stream()).anyMatch(op -> op.kind() == kind);
  }

  @Override
  public String toString() {
    return processes + (processes == 1 ? " process" : " processes") + ", the file on " + fileSystem
        + (spare == AMPLE ? "" : ", " + spare + " pages free on the last node") + "\n"
        + actors.stream().map(Program::text).collect(Collectors.joining("\n"));
  }

  private static String text(Actor actor) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < actor.ops().size(); i++) {
      lines.add("  " + actor.number() + "." + actor.numbers().get(i) + "  " + actor.ops().get(i));
    }
    return "task " + actor.number() + ", a thread of process " + actor.process() + "\n" + String.join("\n", lines);
  }
}
