/** Workloads on a simulated machine. */
@NullMarked
package io.github.pageferry.it.sim;

import org.jspecify.annotations.NullMarked;
