/**
 * A machine with NUMA nodes and a Linux kernel, modelled: {@link io.github.pageferry.sim.SimulatedMachine} and its
 * processes, and the {@link io.github.pageferry.MemoryMigrator} built on one.
 *
 * <p>The kernel's structures are in {@code sim.mm}, its functions in {@code sim.kernel}, the invariants that hold between any
 * two system calls in {@code sim.check}.
 */
@NullMarked
package io.github.pageferry.sim;

import org.jspecify.annotations.NullMarked;
