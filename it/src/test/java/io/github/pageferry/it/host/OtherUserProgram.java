package io.github.pageferry.it.host;

import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.workload.Workload;
import java.util.stream.Collectors;

/** A program for {@link OtherUserTest}: its first calls that fail are another user's. */
final class OtherUserProgram {

  private OtherUserProgram() {}

  public static void main(String[] args) {
    Workload workload = HostRuns.workload("""
        - map: {as: a, pages: 1}
        - touch: {pages: a, write: true}
        - fork: {as: child}
        - migrate: {from: [0], to: [0], process: child, uid: 1000}
        - query: {pages: a, process: child, uid: 1000}
        - move: {pages: a, to: 0, flags: [bogus], uid: 1000}
        - move: {pages: a, to: 0, flags: [all], uid: 1000}
        """);
    try (HostTestbed testbed = HostTestbed.open()) {
      System.out.println(testbed.lacks(workload).orElseGet(() -> HostRuns.run(testbed, workload).stream()
          .map(Outcome::returned).map(String::valueOf).collect(Collectors.joining(" "))));
    }
  }
}
