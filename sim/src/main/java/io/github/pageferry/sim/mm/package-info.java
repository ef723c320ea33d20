/**
 * The nouns of the model: a class for each structure of the kernel that migration reads or writes.
 *
 * <p>A page is an {@code int} frame number and 0 is no page; its fields are those of a record in {@link
 * io.github.pageferry.sim.mm.PageFrames}. Structures that a machine has few of (VMAs, address spaces, tasks) are objects.
 * Nothing here decides anything: what the kernel does with its structures is in {@code sim.kernel}.
 */
@NullMarked
package io.github.pageferry.sim.mm;

import org.jspecify.annotations.NullMarked;
