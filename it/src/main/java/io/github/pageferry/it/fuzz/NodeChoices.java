package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.fuzz.World.Region;
import io.github.pageferry.it.workload.Step.BindMode;
import java.util.ArrayList;
import java.util.List;

/** Draws node numbers and sets of them. */
final class NodeChoices {

  /** Of the machines that a campaign makes none has so many nodes, and every kernel has a bit for it. */
  private static final int FIRST_ABSENT = Generator.MOST_NODES;

  private final Draw draw;
  private final Mood mood;
  /** How many nodes the workload needs. */
  private final int nodes;

  NodeChoices(Draw draw, Mood mood, int nodes) {
    this.draw = draw;
    this.mood = mood;
    this.nodes = nodes;
  }

  int present() {
    return draw.below(nodes);
  }

  /** Often such that a page there has to move: not node 0, where most pages come from. */
  private int target() {
    return nodes > 1 && draw.percent(60) ? draw.between(1, nodes - 1) : present();
  }

  private int absent() {
    return draw.oneOf(FIRST_ABSENT, 31, 32, 63, 64, 1023, 1024);
  }

  /** A number that a node array can hold. */
  private int anyBad() {
    return draw.percent(50) ? absent() : draw.oneOf(-1, -2, -1000, Integer.MAX_VALUE, Integer.MIN_VALUE);
  }

  /** One target for all, or one for each of so many pages. */
  List<Integer> targets(int count) {
    boolean bad = draw.percent(mood.unusual / 3);
    if (draw.percent(55) || count == 0) {
      return List.of(bad ? anyBad() : target());
    }
    List<Integer> to = new ArrayList<>();
    int first = target();
    int second = present();
    // all alike, by turns, in runs, or each by itself
    int form = draw.below(4);
    int run = draw.between(1, Math.max(1, count / 2));
    for (int i = 0; i < count; i++) {
      to.add(switch (form) {
        case 0 -> draw.percent(90) ? first : second;
        case 1 -> i % 2 == 0 ? first : second;
        case 2 -> i / run % 2 == 0 ? first : second;
        default -> present();
      });
    }
    if (bad) {
      to.set(draw.percent(40) ? count - 1 : draw.below(count), anyBad());
    }
    return to;
  }

  /** A node for a thread's policy. */
  int forPolicy() {
    return draw.percent(mood.unusual / 5) ? absent() : present();
  }

  /** A set of nodes that are there, in rising order. */
  List<Integer> some() {
    if (draw.percent(50)) {
      return List.of(present());
    }
    return subset(draw.between(1, nodes));
  }

  /** A set as a user might give it: perhaps empty, perhaps with nodes that are not there. */
  List<Integer> any() {
    if (draw.percent(mood.unusual / 5)) {
      return List.of();
    }
    List<Integer> set = new ArrayList<>(some());
    if (draw.percent(mood.unusual / 4)) {
      set.add(draw.percent(50) ? FIRST_ABSENT : absent());
    }
    return set;
  }

  private List<Integer> subset(int size) {
    List<Integer> all = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      all.add(node);
    }
    while (all.size() > size) {
      all.remove(draw.below(all.size()));
    }
    return all;
  }

  /** Nodes for a policy of this mode. */
  List<Integer> forBind(BindMode mode, Region region) {
    return switch (mode) {
      case DEFAULT -> draw.percent(mood.unusual / 3) ? some() : List.of();
      case PREFERRED -> draw.percent(20) ? List.of() : any();
      case BIND -> any();
      case INTERLEAVE -> draw.percent(mood.unusual / 5) ? List.of() : interleaved(region);
    };
  }

  /**
   * A set that pages are spread over in a way that depends on nothing but the page's index in its region. Private
   * memory counts from its address, of which only the remainder by 512 pages is fixed, so that the set's size has to be a
   * power of two; inside a cpuset, which may take nodes away, two. Shared memory counts from the inode's number
   * (shmem_get_policy() since 3.10), of which nothing is known.
   */
  private List<Integer> interleaved(Region region) {
    if (region.isShmem()) {
      return List.of(present());
    }
    if (region.isFile() && !mood.cpusets) {
      return subset(draw.between(1, nodes));
    }
    int most = mood.cpusets ? 2 : nodes;
    return subset(Integer.highestOneBit(draw.between(1, Math.min(most, nodes))));
  }

  /** Those of a cpuset. */
  List<Integer> forCpuset() {
    int chance = mood.unusual / 3;
    return draw.percent(chance) ? List.of(FIRST_ABSENT) : draw.percent(30) ? subset(nodes) : some();
  }
}
