/**
 * The command {@code doctor}: what of memory migration works on this host, what does not, and the remedy.
 *
 * <p>Three parts: {@code Examination} looks, {@code Diagnosis} judges (on facts alone, so that it can be tested on those
 * of any host), {@code DoctorReport} says it.
 */
@NullMarked
package io.github.pageferry.it.cli.doctor;

import org.jspecify.annotations.NullMarked;
