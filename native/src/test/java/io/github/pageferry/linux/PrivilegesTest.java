package io.github.pageferry.linux;

import static io.github.pageferry.MemoryMigrator.SELF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.SystemCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Other processes, other users, no capabilities: on the host's kernel, on a thread that gives its rights away. */
class PrivilegesTest {

  private static final int NOBODY = 65_534;

  private LinuxMigrator migrator;
  private int node;

  @BeforeEach
  void open() {
    migrator = Host.migrator();
    Host.needsCall(migrator, SystemCall.MOVE_PAGES);
    Host.needsCall(migrator, SystemCall.MIGRATE_PAGES);
    Host.needsCall(migrator, SystemCall.MBIND);
    node = migrator.topology().nodesWithMemory().first();
  }

  @AfterEach
  void close() {
    migrator.close();
  }

  @Test
  void anotherProcessesPagesAreQueriedAndMoved() throws IOException {
    Process child = new ProcessBuilder("sleep", "600").start();
    try {
      int pid = (int) child.pid();
      PageBatch batch = PageBatch.ofCapacity(1);
      batch.add(stackOf(pid), node);
      migrator.queryPages(pid, batch);
      assertThat(PageStatus.isNode(batch.status(0))).isTrue();
      assertThat(migrator.movePages(pid, batch, Set.of(MoveFlag.MOVE))).isZero();
      assertThat(batch.status(0)).isEqualTo(node);
      assertThat(migrator.migratePages(pid, NodeSet.of(node), NodeSet.of(node))).isZero();
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void aUserWithoutCapabilitiesMovesItsOwnPages() {
    Host.needsRoot();
    try (Pages pages = Pages.touched(3)) {
      OnThread.run(() -> {
        Posix.becomeUser(NOBODY);
        PageBatch batch = pages.to(node);
        assertThat(migrator.movePages(SELF, batch, Set.of(MoveFlag.MOVE))).isZero();
        assertThat(Pages.statuses(batch)).containsOnly(node);
        migrator.bind(pages.address(), pages.bytes(), MemoryPolicy.bind(node), Set.of(MoveFlag.MOVE));
      });
    }
  }

  @Test
  void moveAllWithoutCapSysNiceIsEpermAndSaysSo() {
    Host.needsRoot();
    try (Pages pages = Pages.touched(1)) {
      MemoryCallException move = asNobody(() -> migrator.movePages(SELF, pages.to(node), Set.of(MoveFlag.MOVE_ALL)));
      assertThat(move.errno()).isEqualTo(Errno.EPERM);
      assertThat(move.hint()).contains("MOVE_ALL needs CAP_SYS_NICE").doesNotContain("seccomp");
      MemoryCallException bind = asNobody(() -> migrator.bind(
          pages.address(), pages.bytes(), MemoryPolicy.bind(node), Set.of(MoveFlag.MOVE_ALL)));
      assertThat(bind.errno()).isEqualTo(Errno.EPERM);
      assertThat(bind.hint()).contains("MOVE_ALL needs CAP_SYS_NICE");
    }
  }

  @Test
  void anotherUsersProcessIsEpermAndSaysWhatItTakes() {
    Host.needsRoot();
    PageBatch batch = PageBatch.ofCapacity(1);
    for (ThrowingCallable call : new ThrowingCallable[] {
        () -> migrator.queryPages(1, batch),
        () -> migrator.movePages(1, batch, Set.of(MoveFlag.MOVE)),
        () -> migrator.migratePages(1, NodeSet.of(node), NodeSet.of(node))}) {
      MemoryCallException failure = asNobody(call);
      assertThat(failure.errno()).isEqualTo(Errno.EPERM);
      assertThat(failure.hint()).contains("the same user", "CAP_SYS_PTRACE").doesNotContain("seccomp");
    }
  }

  /** Both are the same user's: the child gives its rights away as it starts. */
  @Test
  void aUserMigratesAnotherProcessOfItsOwn() throws IOException {
    Host.needsRoot();
    Path setpriv = Path.of("/usr/bin/setpriv");
    assumeTrue(Files.isExecutable(setpriv), "needs " + setpriv);
    Process child = new ProcessBuilder(setpriv.toString(), "--reuid", String.valueOf(NOBODY), "--regid",
        String.valueOf(NOBODY), "--clear-groups", "--", "sh", "-c", "echo ready; exec sleep 600").start();
    try {
      assertThat(child.inputReader().readLine()).isEqualTo("ready");
      int pid = (int) child.pid();
      OnThread.run(() -> {
        Posix.becomeUser(NOBODY);
        assertThat(migrator.migratePages(pid, NodeSet.of(node), NodeSet.of(node))).isZero();
      });
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void capabilitiesSayWhatAUserCannotDo() {
    Host.needsRoot();
    String reason = OnThread.call(() -> {
      Posix.becomeUser(NOBODY);
      try (LinuxMigrator fresh = LinuxMigrator.open()) {
        assertThat(fresh.capabilities().has(SystemCall.MOVE_PAGES)).isTrue();
        return fresh.capabilities().of(SystemCall.MOVE_PAGES).reason();
      }
    });
    assertThat(reason).contains("CAP_SYS_NICE");
  }

  @Test
  void aKernelThreadHasNoPagesToMove() {
    Host.needsRoot();
    PageBatch batch = PageBatch.ofCapacity(1);
    batch.add(4096, node);
    assumeTrue(HostFiles.ofHost().tryRead("/proc/2/comm").equals(Optional.of("kthreadd\n")),
        "needs the machine's own pid namespace, where process 2 is a kernel thread");
    MemoryCallException failure = catchThrowableOfType(
        MemoryCallException.class, () -> migrator.movePages(2, batch, Set.of(MoveFlag.MOVE)));
    assertThat(failure.errno()).isEqualTo(Errno.EINVAL);
    assertThat(failure.hint()).contains("kernel thread");
  }

  private static MemoryCallException asNobody(ThrowingCallable call) {
    return OnThread.call(() -> {
      Posix.becomeUser(NOBODY);
      return catchThrowableOfType(MemoryCallException.class, call);
    });
  }

  /** An address whose page is there in any process that runs. */
  private static long stackOf(int pid) throws IOException {
    Mapping stack = new ProcessMaps().mappings(pid).stream()
        .filter(mapping -> mapping.name().equals("[stack]")).findFirst().orElseThrow();
    return stack.end() - 1;
  }
}
