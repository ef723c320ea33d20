package io.github.pageferry.sim.sched;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that a run follows from.
 *
 * @param seed what tasks do
 * @param schedule who of them goes on when
 * @param keep the steps of the program that are done, by their names; null for all
 */
public record Trial(long seed, long schedule, @Nullable Set<String> keep) {

  /** A seed's trial. */
  public static Trial of(long seed) {
    return new Trial(seed, seed, null);
  }

  /** The program. */
  Program program() {
    Program program = Generator.program(seed);
    return keep == null ? program : program.keep(keep);
  }

  /** The names of its steps. */
  public List<String> steps() {
    return program().names();
  }

  /** What its tasks do, a line each. */
  public String describe() {
    return program().toString();
  }

  /** The same with fewer steps. */
  Trial keeping(Set<String> steps) {
    return new Trial(seed, schedule, new TreeSet<>(steps));
  }

  /** The same with other decisions. */
  Trial scheduled(long by) {
    return new Trial(seed, by, keep);
  }

  /** The command line's options that say the same. */
  public String options() {
    return "--seed " + seed + (schedule == seed ? "" : " --schedule " + schedule)
        + (keep == null ? "" : " --keep " + String.join(",", keep));
  }
}
