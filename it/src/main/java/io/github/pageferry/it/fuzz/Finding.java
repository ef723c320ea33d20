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
 * @param lasting whether it came again when the workload was repeated; where it did not, the workload is as it was made
 * @param alone whether a machine on which nothing ran before shows it, too; also where no such machine is to be had
 * @param divergences of the least form; none where a side broke
 * @param failure what broke, or empty
 * @param on what the examined backend answered to the least form, where it did
 * @param against what the other one answered to it, where it did
 */
public record Finding(
    String symptom,
    long number,
    Workload workload,
    boolean lasting,
    boolean alone,
    List<Divergence> divergences,
    Optional<String> failure,
    Optional<Trace> on,
    Optional<Trace> against) {

  static Finding of(long number, Workload workload, boolean lasting, boolean alone, Trial trial) {
    return new Finding(Symptom.of(trial).text(), number, workload, lasting, alone, trial.divergences(), trial.failure(),
        trial.on(), trial.against());
  }
}
