package io.github.pageferry.it.host;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be undone, the last thing done first. One failure does not keep the others from being undone. */
final class Cleanup implements AutoCloseable {

  private final Deque<Runnable> tasks = new ArrayDeque<>();

  /** Notes how to undo what has just been done. */
  void add(Runnable task) {
    tasks.push(task);
  }

  /**
   * Undoes everything, once.
   *
   * @throws RuntimeException the first failure, with later ones suppressed in it
   */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!tasks.isEmpty()) {
      try {
        tasks.pop().run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
