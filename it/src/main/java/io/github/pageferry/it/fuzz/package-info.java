/** Random workloads: made from a seed, run on two backends, and reduced to their least form where the answers differ. */
@NullMarked
package io.github.pageferry.it.fuzz;

import org.jspecify.annotations.NullMarked;
