package io.github.pageferry.it.run;

import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.Optional;

/**
 * What a verdict rests on.
 *
 * @param workload empty where only its traces are known
 * @param on the trace of the examined backend; empty where it broke
 * @param against that of the other one; empty where it broke or was not asked
 * @param took how long both took to answer
 */
public record Evidence(Optional<Workload> workload, Optional<Trace> on, Optional<Trace> against, Duration took) {}
