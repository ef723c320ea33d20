/** Running workloads on two backends, comparing what they answer, and saying what came of it. */
@NullMarked
package io.github.pageferry.it.run;

import org.jspecify.annotations.NullMarked;
