package io.github.pageferry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only while somebody sleeps. */
final class FakeTicker implements Ticker {

  final List<Long> sleeps = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong now = new AtomicLong();

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public void sleep(long nanos) {
    sleeps.add(nanos);
    now.addAndGet(nanos);
  }
}
