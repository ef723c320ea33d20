/** What a backend implements to be found by {@link java.util.ServiceLoader}. */
@NullMarked
package io.github.pageferry.spi;

import org.jspecify.annotations.NullMarked;
