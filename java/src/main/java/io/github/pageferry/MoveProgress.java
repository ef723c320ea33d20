package io.github.pageferry;

/**
 * How far a {@link BufferPinner} has come.
 *
 * @param pages how many pages there are in all
 * @param pagesDone how many of them have been dealt with, whether they had to move or not
 * @param bytesMoved how many bytes have moved from one node to another
 */
public record MoveProgress(long pages, long pagesDone, long bytesMoved) {}
