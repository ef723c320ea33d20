package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.Step;
import java.util.List;
import java.util.Optional;

/** The page selectors of steps, whichever they are. */
final class StepPages {

  private StepPages() {}

  /** What a step selects; empty where it has no selector. */
  static Optional<List<PageSelector>> of(Step step) {
    // No pattern switch in Java 17.
    if (step instanceof Step.Touch s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Move s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Query s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Bind s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Lock s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Unlock s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Protect s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Unmap s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Advise s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Pin s) {
      return Optional.of(s.pages());
    } else if (step instanceof Step.Unpin s) {
      return Optional.of(s.pages());
    }
    return Optional.empty();
  }

  /**
   * The same step on other pages.
   *
   * @param to the nodes of a {@code move}; others leave it alone
   */
  static Step with(Step step, List<PageSelector> pages, List<Integer> to) {
    if (step instanceof Step.Touch s) {
      return new Step.Touch(pages, s.write(), s.node(), s.same());
    } else if (step instanceof Step.Move s) {
      return new Step.Move(pages, to, s.flags(), s.process(), s.uid(), s.bad());
    } else if (step instanceof Step.Query s) {
      return new Step.Query(pages, s.process(), s.uid(), s.bad());
    } else if (step instanceof Step.Bind s) {
      return new Step.Bind(pages, s.mode(), s.nodes(), s.flags());
    } else if (step instanceof Step.Lock) {
      return new Step.Lock(pages);
    } else if (step instanceof Step.Unlock) {
      return new Step.Unlock(pages);
    } else if (step instanceof Step.Protect s) {
      return new Step.Protect(pages, s.prot());
    } else if (step instanceof Step.Unmap) {
      return new Step.Unmap(pages);
    } else if (step instanceof Step.Advise s) {
      return new Step.Advise(pages, s.advice());
    } else if (step instanceof Step.Pin) {
      return new Step.Pin(pages);
    } else if (step instanceof Step.Unpin) {
      return new Step.Unpin(pages);
    }
    throw new IllegalArgumentException(step.word() + " selects no pages");
  }
}
