package io.github.pageferry.it.fuzz;

import java.util.ArrayList;
import java.util.List;

/** Things to choose from, each as often as its weight says. */
final class Weights<T> {

  private final List<T> things = new ArrayList<>();
  private final List<Integer> weights = new ArrayList<>();
  private int sum;

  /** Adds a thing; with a weight of 0 it is never chosen. */
  Weights<T> add(T thing, int weight) {
    things.add(thing);
    weights.add(weight);
    sum += weight;
    return this;
  }

  boolean isEmpty() {
    return sum == 0;
  }

  /** Chooses one; there has to be one with a weight. */
  T choose(Draw draw) {
    int left = draw.below(sum);
    int i = 0;
    while (left >= weights.get(i)) {
      left -= weights.get(i);
      i++;
    }
    return things.get(i);
  }

  /**
   * The same things with other weights: each is multiplied by a factor between 1/4 and 8, or in one of six cases left
   * out. Mixes that lack something or have much of it find what an even mix does not.
   */
  Weights<T> shuffled(Draw draw) {
    Weights<T> shuffled = new Weights<>();
    for (int i = 0; i < things.size(); i++) {
      shuffled.add(things.get(i), weights.get(i) * draw.oneOf(0, 1, 2, 4, 8, 32));
    }
    return shuffled.isEmpty() ? this : shuffled;
  }
}
