package io.github.pageferry.sim.kernel;

/** {@code fs/buffer.c}: what file systems keep for the blocks of a page. */
public class Buffer {

  protected final Kernel k;

  protected Buffer(Kernel k) {
    this.k = k;
  }

  /** {@code try_to_release_page()}. */
  public boolean tryToReleasePage(int page) {
    throw new NotModelledException("buffer heads");
  }

  /** {@code try_to_free_buffers()}. */
  public boolean tryToFreeBuffers(int page) {
    throw new NotModelledException("buffer heads");
  }
}
