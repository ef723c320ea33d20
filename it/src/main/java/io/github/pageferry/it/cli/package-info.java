/** The command line. */
@NullMarked
package io.github.pageferry.it.cli;

import org.jspecify.annotations.NullMarked;
