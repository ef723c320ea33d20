package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.run.Divergence;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.util.List;
import java.util.Optional;

/**
 * A divergence or failure that the campaign came upon.
 *
 * @param symptom what kind it is, on one line
 * @param number of the random workload that showed it first
 * @param workload its least form that still shows it
 * @param reduction how far the workload is reduced
 * @param alone whether it comes without the workloads that ran before
 * @param divergences of the least form; none where a side broke
 * @param failure what broke, or empty
 * @param on what the examined backend answered to the least form, where it did
 * @param against what the other one answered to it, where it did
 */
public record Finding(
    String symptom,
    long number,
    Workload workload,
    Reduction reduction,
    Alone alone,
    List<Divergence> divergences,
    Optional<String> failure,
    Optional<Trace> on,
    Optional<Trace> against) {

  /** How far a workload is reduced. */
  public enum Reduction {
    /** As far as it goes. */
    LEAST("reduced as far as it goes"),
    /** Not as far as it goes: there were no tries left, there was no time left, or the campaign ended. */
    CUT_SHORT("reducing it was cut short"),
    /** Not at all: when the workload was repeated it did not show the same. */
    NOT_AGAIN("it did not come again, so it is not reduced"),
    /** Not at all: the campaign ended before the workload was repeated. */
    NOT_REPEATED("the campaign ended before it was repeated");

    private final String text;

    Reduction(String text) {
      this.text = text;
    }

    /** Whether it came again when the workload was repeated. */
    public boolean lasting() {
      return this == LEAST || this == CUT_SHORT;
    }

    /** For people. */
    @Override
    public String toString() {
      return text;
    }
  }

  /** Whether it comes without the workloads that ran before. */
  public enum Alone {
    /** A machine on which nothing ran before shows it, too; where none is to be had, it came again at least. */
    ALONE(""),
    /** Such a machine does not show it. */
    ONLY_AFTER_OTHERS("it comes only after others: a new machine does not show it"),
    /** It did not come again, or the campaign ended before that was seen. */
    UNKNOWN("whether a new machine shows it was not seen");

    private final String text;

    Alone(String text) {
      this.text = text;
    }

    /** For people; empty where there is nothing to be said. */
    @Override
    public String toString() {
      return text;
    }
  }

  /** Whether it came again when the workload was repeated. */
  public boolean lasting() {
    return reduction.lasting();
  }

  static Finding of(long number, Workload workload, Reduction reduction, Alone alone, Trial trial) {
    return new Finding(Symptom.of(trial).text(), number, workload, reduction, alone, trial.divergences(), trial.failure(),
        trial.on(), trial.against());
  }
}
