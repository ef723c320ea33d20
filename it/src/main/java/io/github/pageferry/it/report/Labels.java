package io.github.pageferry.it.report;

import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Side;
import java.util.List;
import java.util.stream.Collectors;

/** What sides and pairs are called where room is short. */
final class Labels {

  private Labels() {}

  /** The kernel that answered; with the backend's name where that says more than a path to traces does. */
  static String side(Side side) {
    boolean plain = side.name().equals(side.kernel()) || side.name().startsWith("traces:") || side.kernel().startsWith("sim:")
        || side.kernel().length() < side.name().length();
    return plain ? side.kernel() : side.name() + " " + side.kernel();
  }

  static String on(Comparison pair) {
    return alike(pair) ? pair.on().name() : side(pair.on());
  }

  static String against(Comparison pair) {
    return alike(pair) ? pair.against().name() : side(pair.against());
  }

  private static boolean alike(Comparison pair) {
    return side(pair.on()).equals(side(pair.against()));
  }

  static String pair(Comparison pair) {
    return on(pair) + " against " + against(pair);
  }

  static String on(List<Comparison> pairs, List<Integer> group) {
    return group.stream().map(pairs::get).map(Labels::on).distinct().collect(Collectors.joining(", "));
  }

  static String against(List<Comparison> pairs, List<Integer> group) {
    return group.stream().map(pairs::get).map(Labels::against).distinct().collect(Collectors.joining(", "));
  }
}
