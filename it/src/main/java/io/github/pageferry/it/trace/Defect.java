package io.github.pageferry.it.trace;

/**
 * Something that a model did wrong since the kernel that it models is known to do so; no divergence.
 *
 * @param step the number of the step, from 1, after which it showed first
 * @param cause what the kernel does wrong, with the commit that brought or mended it
 * @param what what was wrong after that step
 */
public record Defect(int step, String cause, String what) {}
