/** Workloads: small programs in one vocabulary of steps that any backend can run. */
@NullMarked
package io.github.pageferry.it.workload;

import org.jspecify.annotations.NullMarked;
