package io.github.pageferry.linux;

import static io.github.pageferry.MemoryMigrator.SELF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.SystemCall;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One migrator under 64 threads, closed under them, and with batches that nobody else holds. */
@Timeout(300)
class ConcurrencyTest {

  private static final int THREADS = 64;
  private static final HostFiles NO_FILES = new HostFiles(Path.of("/nonexistent"));

  @Test
  void everyOf64ThreadsGetsItsOwnAnswers() throws Exception {
    try (LinuxMigrator migrator = kernel()) {
      int node = migrator.topology().nodesWithMemory().first();
      onThreads(Executors.newFixedThreadPool(THREADS), index -> {
        try (Pages pages = Pages.touched(index + 1)) {
          PageBatch batch = pages.to(node);
          PolicyMode mode = index % 2 == 0 ? PolicyMode.BIND : PolicyMode.INTERLEAVE;
          MemoryPolicy policy = MemoryPolicy.of(mode, NodeSet.of(node));
          migrator.setPolicy(policy);
          for (int i = 0; i < 100; i++) {
            assertThat(migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE))).isZero();
            assertThat(Pages.statuses(batch)).hasSize(index + 1).containsOnly(node);
            migrator.queryPages(SELF, batch);
            assertThat(Pages.statuses(batch)).containsOnly(node);
            assertThat(migrator.getPolicy()).isEqualTo(policy);
            assertThat(migrator.nodeAt(pages.at(index))).isEqualTo(node);
          }
        }
      });
    }
  }

  /** Each thread provokes one error and must never see another's, while the JVM makes system calls of its own. */
  @Test
  void anErrorIsTheCallsOwnUnder64Threads() throws Exception {
    errorsStayApart(Executors.newFixedThreadPool(THREADS));
  }

  @Test
  void anErrorIsTheCallsOwnOnVirtualThreads() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "needs JDK 21 for virtual threads");
    errorsStayApart((ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
  }

  private static void errorsStayApart(ExecutorService executor) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread collector = new Thread(() -> {
      while (!done.get()) {
        System.gc();
        LockSupport.parkNanos(10_000_000);
      }
    });
    collector.start();
    try (LinuxMigrator migrator = kernel(); Pages pages = Pages.touched(1)) {
      onThreads(executor, index -> {
        PageBatch batch = pages.to(-1);
        for (int i = 0; i < 300; i++) {
          MemoryCallException failure = catchThrowableOfType(MemoryCallException.class, switch (index % 4) {
            case 0 -> () -> migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE));
            case 1 -> () -> migrator.queryPages(Integer.MAX_VALUE, batch);
            case 2 -> () -> migrator.movePages(SELF, batch, Set.of(MoveFlag.STRICT));
            default -> () -> migrator.nodeAt(0);
          });
          assertThat(failure.errno()).isEqualTo(
              List.of(Errno.ENODEV, Errno.ESRCH, Errno.EINVAL, Errno.EFAULT).get(index % 4));
        }
      });
    } finally {
      done.set(true);
      collector.join();
    }
  }

  @Test
  void closingWaitsForTheCallThatIsUnderWay() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<String> order = new ArrayList<>();
    LinuxMigrator migrator = new LinuxMigrator(new WrappedCalls(new FakeCalls()) {
      @Override
      public long movePages(int pid, long count, long pages, long nodes, long status, int flags) {
        entered.countDown();
        await(release);
        synchronized (order) {
          order.add("the call ended");
        }
        return 0;
      }
    }, NO_FILES, 4096);
    Thread caller = new Thread(() -> migrator.queryPages(SELF, PageBatch.ofCapacity(1)));
    caller.start();
    entered.await();
    Thread closer = new Thread(() -> {
      migrator.close();
      synchronized (order) {
        order.add("close returned");
      }
    });
    closer.start();
    while (closer.isAlive() && closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    release.countDown();
    caller.join();
    closer.join();
    assertThat(order).containsExactly("the call ended", "close returned");
    assertThatThrownBy(migrator::currentNode).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingWaitsEvenIfInterruptedAndKeepsTheInterrupt() {
    LinuxMigrator migrator = new LinuxMigrator(new FakeCalls(), NO_FILES, 4096);
    OnThread.run(() -> {
      Thread.currentThread().interrupt();
      migrator.close();
      assertThat(Thread.interrupted()).isTrue();
    });
    assertThatThrownBy(migrator::getPolicy).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingUnder64ThreadsEndsEachOneWithAnAnswerOrTheErrorThatSaysClosed() throws Exception {
    LinuxMigrator migrator = kernel();
    CountDownLatch running = new CountDownLatch(THREADS);
    Thread closer = new Thread(() -> {
      await(running);
      migrator.close();
    });
    closer.start();
    onThreads(Executors.newFixedThreadPool(THREADS), index -> {
      try (Pages pages = Pages.touched(10)) {
        PageBatch batch = pages.to(0);
        running.countDown();
        assertThatThrownBy(() -> {
          while (true) {
            migrator.queryPages(SELF, batch);
          }
        }).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
      }
    });
    closer.join();
  }

  /** A compiled method need not keep an argument alive that it no longer uses: the call would write to freed memory. */
  @Test
  void aBatchThatNobodyElseHoldsOutlivesTheCall() {
    AtomicReference<WeakReference<PageBatch>> watched = new AtomicReference<>();
    AtomicBoolean collecting = new AtomicBoolean();
    AtomicBoolean collected = new AtomicBoolean();
    LinuxMigrator migrator = new LinuxMigrator(new WrappedCalls(new FakeCalls()) {
      @Override
      public long movePages(int pid, long count, long pages, long nodes, long status, int flags) {
        if (collecting.get()) {
          System.gc();
          collected.compareAndSet(false, watched.get().refersTo(null));
        }
        return 0;
      }
    }, NO_FILES, 4096);
    // Until the JIT has compiled both methods; interpreted ones keep their arguments.
    for (int i = 0; i < 50_000; i++) {
      moveAFreshBatch(migrator, watched);
    }
    collecting.set(true);
    for (int i = 0; i < 20; i++) {
      moveAFreshBatch(migrator, watched);
    }
    assertThat(collected).isFalse();
  }

  private static void moveAFreshBatch(LinuxMigrator migrator, AtomicReference<WeakReference<PageBatch>> watched) {
    PageBatch batch = PageBatch.ofCapacity(1);
    watched.set(new WeakReference<>(batch));
    migrator.movePages(SELF, batch, Set.of());
  }

  private static LinuxMigrator kernel() {
    LinuxMigrator migrator = Host.migrator();
    Host.needsCall(migrator, SystemCall.MOVE_PAGES);
    Host.needsCall(migrator, SystemCall.GET_MEMPOLICY);
    Host.needsCall(migrator, SystemCall.SET_MEMPOLICY);
    return migrator;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What each thread does. */
  @FunctionalInterface
  private interface Task {
    void run(int index) throws Exception;
  }

  private static void onThreads(ExecutorService executor, Task task) throws Exception {
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int index = i;
        futures.add(executor.submit((Callable<Void>) () -> {
          task.run(index);
          return null;
        }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }
}
