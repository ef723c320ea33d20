package io.github.pageferry.linux;

import static io.github.pageferry.MemoryMigrator.SELF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.pageferry.Capabilities;
import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.SystemCall;
import io.github.pageferry.linux.ProbedCall.Verdict;
import io.github.pageferry.linux.TaskStatus.SeccompMode;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real seccomp filters, each on one thread that ends with its test, as a container runtime's profile refuses calls. */
class SeccompTest {

  private LinuxMigrator migrator;
  private int node;

  @BeforeEach
  void open() {
    migrator = Host.migrator();
    Host.needsCall(migrator, SystemCall.MOVE_PAGES);
    Host.needsCall(migrator, SystemCall.MBIND);
    node = migrator.topology().nodesWithMemory().first();
    // The capabilities above are those of this thread, and known once for all: each test asks afresh.
    migrator.close();
    migrator = LinuxMigrator.open();
  }

  @AfterEach
  void close() {
    migrator.close();
  }

  @Test
  void aFilterIsAThreadsOwnAndSeenOnIt() {
    assertThat(OnThread.<Boolean>call(() -> {
      Posix.filter(SystemCall.MOVE_PAGES, Errno.EPERM.number());
      assertThat(TaskStatus.ofThread(HostFiles.ofHost()).seccomp()).contains(SeccompMode.FILTER);
      return true;
    })).isTrue();
    assertThat(migrator.capabilities().has(SystemCall.MOVE_PAGES)).isTrue();
  }

  @Test
  void eachCallIsDetectedByItself() {
    for (SystemCall refused : SystemCall.values()) {
      try (LinuxMigrator fresh = LinuxMigrator.open()) {
        Capabilities capabilities = OnThread.call(() -> {
          Posix.filter(refused, Errno.EPERM.number());
          return fresh.capabilities();
        });
        assertThat(capabilities.has(refused)).isFalse();
        assertThat(capabilities.of(refused).reason()).contains("seccomp", refused.kernelName(), "EPERM");
        for (SystemCall other : SystemCall.values()) {
          assertThat(capabilities.has(other)).as(other + " while " + refused + " is refused")
              .isEqualTo(other != refused && migrator.capabilities().has(other));
        }
      }
    }
  }

  @Test
  void enosysFromAFilterOnAKernelThatHasTheCallIsTheFilters() {
    ProbedCall move = OnThread.call(() -> {
      Posix.filter(SystemCall.MOVE_PAGES, Errno.ENOSYS.number());
      return migrator.probedCalls().get(SystemCall.MOVE_PAGES.ordinal());
    });
    assertThat(move.verdict()).isEqualTo(Verdict.FILTERED);
    assertThat(move.errno()).contains(Errno.ENOSYS);
  }

  @Test
  void aRefusedMoveSaysThatTheFilterRefusesIt() {
    for (Errno errno : new Errno[] {Errno.EPERM, Errno.ENOSYS, Errno.EACCES}) {
      try (Pages pages = Pages.touched(2)) {
        PageBatch batch = pages.to(node);
        MemoryCallException failure = OnThread.call(() -> {
          Posix.filter(SystemCall.MOVE_PAGES, errno.number());
          return catchThrowableOfType(
              MemoryCallException.class, () -> migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE)));
        });
        assertThat(failure.errno()).isEqualTo(errno);
        assertThat(failure.hint()).contains("seccomp filter", "--security-opt seccomp=", "mbind");
        assertThat(Pages.statuses(batch)).containsOnly(PageStatus.NOT_ATTEMPTED);
      }
    }
  }

  @Test
  void whereMovePagesIsRefusedMbindMovesPagesStill() {
    try (Pages pages = Pages.touched(2)) {
      OnThread.run(() -> {
        Posix.filter(SystemCall.MOVE_PAGES, Errno.EPERM.number());
        migrator.bind(pages.address(), pages.bytes(), MemoryPolicy.bind(node), Set.of(MoveFlag.MOVE));
        assertThat(migrator.nodeAt(pages.address())).isEqualTo(node);
      });
    }
  }

  @Test
  void anErrnoThatLinuxHasNoNameForIsSaidByItsNumber() {
    MemoryCallException failure = OnThread.call(() -> {
      Posix.filter(SystemCall.MIGRATE_PAGES, 4000);
      return catchThrowableOfType(
          MemoryCallException.class, () -> migrator.migratePages(SELF, NodeSet.of(node), NodeSet.of(node)));
    });
    assertThat(failure).hasMessageContaining("4000").hasMessageContaining("seccomp");
  }

  @Test
  void aFilteredThreadsOwnRightsAreNotBlamedForMoveAll() {
    MemoryCallException failure = OnThread.call(() -> {
      Posix.filter(SystemCall.MOVE_PAGES, Errno.EPERM.number());
      return catchThrowableOfType(MemoryCallException.class,
          () -> migrator.movePages(SELF, PageBatch.ofCapacity(0), Set.of(MoveFlag.MOVE_ALL)));
    });
    assertThat(failure.hint()).startsWith("the seccomp filter in force refuses move_pages");
  }
}
