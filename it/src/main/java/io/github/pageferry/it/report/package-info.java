/** Reports of comparisons: a page for people, XML for what builds software. */
@NullMarked
package io.github.pageferry.it.report;

import org.jspecify.annotations.NullMarked;
