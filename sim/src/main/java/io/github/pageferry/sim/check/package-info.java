/** Invariants of the simulated kernel: what must hold between any two system calls, each in a checker of its own. */
@NullMarked
package io.github.pageferry.sim.check;

import org.jspecify.annotations.NullMarked;
