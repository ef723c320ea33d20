package io.github.pageferry.sim.sched;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Decides, by a seed, who runs next. Number {@code n} of {@code n} tasks is the disk. */
final class Chooser {

  /** So many points does a task go on alone while others could. */
  private static final int PATIENCE = 100;

  private final SplittableRandom random;
  /** A task goes on where it is with a probability of 1 - 1/this; 0: the one with the highest priority runs. */
  private final int stay;
  private final double[] priority;
  private final int[] changes;
  private int changed;
  private int alone;

  /**
   * Half of the seeds switch at random, more often or less. The others give each task a priority, and at a few points take it
   * from the one that runs: that finds what needs few switches in the right places (Burckhardt and others, "A randomized
   * scheduler with probabilistic guarantees of finding bugs", 2010).
   *
   * @param steps about how many points a run has
   */
  Chooser(long seed, int tasks, int steps) {
    random = new SplittableRandom(seed);
    stay = random.nextBoolean() ? 0 : 1 << random.nextInt(1, 5);
    priority = new double[tasks + 1];
    Arrays.setAll(priority, i -> 1 + random.nextDouble());
    changes = random.ints(random.nextInt(1, 9), 0, steps).sorted().toArray();
  }

  /**
   * One of those that are ready.
   *
   * @param running who runs now
   * @param step how many points there were
   */
  int choose(boolean[] ready, int running, int step) {
    if (stay > 0) {
      return ready[running] && random.nextInt(stay) != 0 ? running : anyOf(ready);
    }
    while (changed < changes.length && changes[changed] <= step) {
      priority[running] = 1.0 / (2 + changed);
      changed++;
    }
    if (alone > PATIENCE) {
      // It spins until another one has done something.
      priority[running] = Math.min(priority[running], Arrays.stream(priority).min().orElse(0)) / 2;
      alone = 0;
    }
    int best = -1;
    for (int i = 0; i < ready.length; i++) {
      if (ready[i] && (best < 0 || priority[i] > priority[best])) {
        best = i;
      }
    }
    alone = best == running ? alone + 1 : 0;
    return best;
  }

  private int anyOf(boolean[] ready) {
    int count = 0;
    for (boolean one : ready) {
      count += one ? 1 : 0;
    }
    int left = random.nextInt(count);
    int i = 0;
    while (!ready[i] || left-- > 0) {
      i++;
    }
    return i;
  }
}
