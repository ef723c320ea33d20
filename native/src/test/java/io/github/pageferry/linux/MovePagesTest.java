package io.github.pageferry.linux;

import static io.github.pageferry.MemoryMigrator.SELF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.SystemCall;
import java.lang.management.ManagementFactory;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** move_pages(2) on the host's kernel: statuses and errors as its manual page and mm/migrate.c have them. */
class MovePagesTest {

  private static final int ABSENT_PID = Integer.MAX_VALUE;

  private LinuxMigrator migrator;
  private int node;

  @BeforeEach
  void open() {
    migrator = Host.migrator();
    Host.needsCall(migrator, SystemCall.MOVE_PAGES);
    node = migrator.topology().nodesWithMemory().first();
  }

  @AfterEach
  void close() {
    migrator.close();
  }

  @Test
  void pagesMoveToANodeAndSayIt() {
    try (Pages pages = Pages.touched(100)) {
      PageBatch batch = pages.to(node);
      assertThat(migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE))).isZero();
      assertThat(Pages.statuses(batch)).containsOnly(node);
    }
  }

  @Test
  void aQuerySaysTheNodeOfEachTouchedPage() {
    try (Pages pages = Pages.touched(100)) {
      PageBatch batch = pages.to(0);
      migrator.queryPages(SELF, batch);
      assertThat(Pages.statuses(batch)).allMatch(status -> migrator.topology().nodesWithMemory().contains(status));
    }
  }

  @Test
  void aQueryTakesAddressesWithinPages() {
    try (Pages pages = Pages.touched(2)) {
      PageBatch batch = PageBatch.ofCapacity(2);
      batch.add(pages.at(0) + 1);
      batch.add(pages.at(2) - 1);
      migrator.queryPages(SELF, batch);
      assertThat(Pages.statuses(batch)).allMatch(PageStatus::isNode);
    }
  }

  @Test
  void addressesThatNothingMapsAreEfaultAndTheOthersAreStillAnswered() {
    try (Pages pages = Pages.touched(3)) {
      Posix.munmap(pages.at(1), Pages.BYTES);
      PageBatch batch = pages.to(node);
      migrator.queryPages(SELF, batch);
      assertThat(batch.status(0)).matches(PageStatus::isNode);
      assertThat(batch.status(1)).isEqualTo(PageStatus.of(Errno.EFAULT));
      assertThat(batch.status(2)).matches(PageStatus::isNode);
    }
  }

  @Test
  void noAddressIsTooStrangeToAsk() {
    long[] strange = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xffff_ffff_8000_0000L, 0x7fff_ffff_f000L, 1L << 47};
    PageBatch batch = PageBatch.ofCapacity(strange.length);
    for (long address : strange) {
      batch.add(address, node);
    }
    migrator.queryPages(SELF, batch);
    assertThat(Pages.statuses(batch)).containsOnly(PageStatus.of(Errno.EFAULT));
    migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE));
    assertThat(Pages.statuses(batch)).containsOnly(PageStatus.of(Errno.EFAULT));
  }

  @Test
  void aNegativeNodeAndOneThatIsAbsentAreEnodev() {
    try (Pages pages = Pages.touched(1)) {
      for (int absent : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1023, 1024}) {
        PageBatch batch = pages.to(absent);
        MemoryCallException failure = failure(() -> migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE)));
        assertThat(failure.errno()).isEqualTo(Errno.ENODEV);
        assertThat(failure.call()).isEqualTo(SystemCall.MOVE_PAGES);
        assertThat(failure).hasMessageContaining("nodesWithMemory()");
        assertThat(Pages.statuses(batch)).containsOnly(PageStatus.NOT_ATTEMPTED);
      }
    }
  }

  @Test
  void aFlagThatIsNotItsOwnIsEinval() {
    try (Pages pages = Pages.touched(1)) {
      PageBatch batch = pages.to(node);
      assertThat(failure(() -> migrator.movePages(SELF, batch, Set.of(MoveFlag.STRICT))).errno()).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void withoutFlagsPagesAreAskedToMoveAsWithMove() {
    try (Pages pages = Pages.touched(1)) {
      PageBatch batch = pages.to(node);
      assertThat(migrator.movePages(SELF, batch, Set.of())).isZero();
      assertThat(Pages.statuses(batch)).containsOnly(node);
    }
  }

  @Test
  void moveAllTakesCapSysNice() {
    Host.needsCapability("CAP_SYS_NICE");
    try (Pages pages = Pages.touched(4)) {
      PageBatch batch = pages.to(node);
      assertThat(migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE_ALL))).isZero();
      assertThat(migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE, MoveFlag.MOVE_ALL))).isZero();
      assertThat(Pages.statuses(batch)).containsOnly(node);
    }
  }

  @Test
  void anEmptyBatchSucceeds() {
    for (PageBatch batch : new PageBatch[] {PageBatch.ofCapacity(0), PageBatch.ofCapacity(10)}) {
      assertThat(migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE))).isZero();
      migrator.queryPages(SELF, batch);
    }
  }

  @Test
  void anAbsentOrNegativeProcessIsEsrch() {
    try (Pages pages = Pages.touched(1)) {
      for (int pid : new int[] {ABSENT_PID, -1, Integer.MIN_VALUE}) {
        PageBatch batch = pages.to(node);
        assertThat(failure(() -> migrator.queryPages(pid, batch)).errno()).isEqualTo(Errno.ESRCH);
        assertThat(failure(() -> migrator.movePages(pid, batch, Set.of(MoveFlag.MOVE))).errno()).isEqualTo(Errno.ESRCH);
      }
    }
  }

  @Test
  void aQueryThatFailsLeavesNothingOfTheOneBefore() {
    try (Pages pages = Pages.touched(3)) {
      PageBatch batch = pages.to(node);
      migrator.queryPages(SELF, batch);
      failure(() -> migrator.queryPages(ABSENT_PID, batch));
      assertThat(Pages.statuses(batch)).containsOnly(PageStatus.NOT_ATTEMPTED);
    }
  }

  @Test
  void aFullBatchOfManyPagesIsOneCall() {
    int count = 70_000;
    try (Pages pages = Pages.touched(count)) {
      PageBatch batch = pages.to(node);
      assertThat(migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE))).isZero();
      assertThat(Pages.statuses(batch)).hasSize(count).containsOnly(node);
    }
  }

  @Test
  void aCallAllocatesNothingThatGrowsWithItsPages() {
    int count = 20_000;
    int calls = 100;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Pages pages = Pages.touched(count)) {
      PageBatch batch = pages.to(node);
      Set<MoveFlag> flags = Set.of(MoveFlag.MOVE);
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        migrator.queryPages(SELF, batch);
        migrator.movePages(SELF, batch, flags);
      }
      long perCall = (threads.getCurrentThreadAllocatedBytes() - before) / (2 * calls);
      assertThat(perCall).isLessThan(256);
    }
  }

  private static MemoryCallException failure(ThrowingCallable call) {
    return catchThrowableOfType(MemoryCallException.class, call);
  }
}
