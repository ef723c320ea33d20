/** YAML documents as trees that know their lines, and the errors found in them. */
@NullMarked
package io.github.pageferry.it.yaml;

import org.jspecify.annotations.NullMarked;
