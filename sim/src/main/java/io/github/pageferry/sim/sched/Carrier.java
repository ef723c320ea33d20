package io.github.pageferry.sim.sched;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that runs one task after the other, each only while it has the baton. */
final class Carrier {

  private final Thread thread;
  private volatile @Nullable Runnable work;
  private volatile boolean baton;

  Carrier(int number) {
    thread = new Thread(this::loop, "pageferry-task-" + number);
    thread.setDaemon(true);
    thread.start();
  }

  private void loop() {
    while (true) {
      awaitBaton();
      Runnable now = work;
      work = null;
      if (now == null) {
        return;
      }
      now.run();
    }
  }

  /** What it does when it next gets the baton; null: it ends. */
  void assign(@Nullable Runnable next) {
    work = next;
  }

  /** Lets it run on; the caller stops, or ends. */
  void pass() {
    baton = true;
    LockSupport.unpark(thread);
  }

  /** On the carrier's own thread: stops until it gets the baton. */
  void awaitBaton() {
    while (!baton) {
      LockSupport.park(this);
    }
    baton = false;
  }
}
