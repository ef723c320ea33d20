/** Recordings: one file with all that a machine answered, the workloads that were run, and what machine it was. */
@NullMarked
package io.github.pageferry.it.recording;

import org.jspecify.annotations.NullMarked;
