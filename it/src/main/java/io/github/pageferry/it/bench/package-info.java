/** The benchmarks: JMH on the Java side, beside a C program that makes the same system calls. */
@NullMarked
package io.github.pageferry.it.bench;

import org.jspecify.annotations.NullMarked;
