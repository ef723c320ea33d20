package io.github.pageferry.it.host;

import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.util.concurrent.CountDownLatch;

/** A program for {@link InterruptedRunTest}: makes a run that has changed all it can, says so, and waits for its end. */
final class InterruptedRun {

  static final String READY = "ready";
  static final String SKIPPED = "skipped: ";

  private InterruptedRun() {}

  public static void main(String[] needs) throws InterruptedException {
    StringBuilder steps = new StringBuilder("- map: {as: a, pages: 4}\n- fork: {as: one}\n");
    for (String need : needs) {
      steps.append(switch (need) {
        case "cpuset" -> "- cpuset: {mems: [0]}\n- fork: {as: two}\n";
        case "ksm" -> "- advise: {pages: a, advice: mergeable}\n";
        case "hugetlb" -> "- map: {as: h, pages: 512, backing: hugetlb}\n";
        default -> "- map: {as: " + need + ", pages: 4, backing: " + need + "}\n";
      });
    }
    Workload workload = HostRuns.workload(steps.toString());
    HostTestbed testbed = HostTestbed.open();
    if (testbed.lacks(workload).isPresent()) {
      System.out.println(SKIPPED + testbed.lacks(workload).get());
      testbed.close();
      return;
    }
    Session session = testbed.open(workload);
    for (Step step : workload.steps()) {
      long returned = session.execute(step).returned();
      if (returned < 0) {
        System.out.println(step + " returned " + returned);
      }
    }
    System.out.println(READY);
    new CountDownLatch(1).await();
  }
}
