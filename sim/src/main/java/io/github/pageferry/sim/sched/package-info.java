/**
 * Tasks that run at the same time on one simulated machine, parted by a seed: whatever it decides, the machine must keep to its
 * invariants, and what was written must be read.
 *
 * <p>Each task has a thread, and exactly one of them runs at a time. It hands over inside of the kernel's primitives ({@link
 * io.github.pageferry.sim.mm.Scheduler}), so that the same seed gives the same run.
 */
@NullMarked
package io.github.pageferry.sim.sched;

import org.jspecify.annotations.NullMarked;
