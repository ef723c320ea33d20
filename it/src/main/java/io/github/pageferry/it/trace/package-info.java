/** Traces: what one backend answered to a workload, step by step. */
@NullMarked
package io.github.pageferry.it.trace;

import org.jspecify.annotations.NullMarked;
