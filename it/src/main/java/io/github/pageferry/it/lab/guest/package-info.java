/** What runs inside the lab's guests. */
@NullMarked
package io.github.pageferry.it.lab.guest;

import org.jspecify.annotations.NullMarked;
