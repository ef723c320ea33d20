/**
 * The verbs of the model: a class for each C file of Linux 2.6.36 that takes part in migration, its functions in the file's
 * order and under their names in camel case.
 *
 * <p>Functions return what they return in C: 0 or an errno negated; a page is its frame number, 0 none. {@link
 * io.github.pageferry.sim.kernel.Kernel} links them to each other and to their structures. Later releases' functions
 * override these in subclasses that {@link io.github.pageferry.sim.kernel.KernelFactory} chooses.
 */
@NullMarked
package io.github.pageferry.sim.kernel;

import org.jspecify.annotations.NullMarked;
