package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChildrenTest {

  @Test
  void aChildSleepsUntilItIsEndedAndReaped() {
    try (Children children = new Children()) {
      assertThat(children.fork("one")).isZero();
      int pid = children.pid("one");
      assertThat(ProcessHandle.of(pid).orElseThrow().parent()).contains(ProcessHandle.current());
      assertThat(Processes.state(pid)).isEqualTo('S');
      children.exit("one");
      assertThat(Files.exists(Path.of("/proc/" + pid))).isFalse();
    }
  }

  @Test
  void aNameCanBeUsedAgainOnceItsChildHasEnded() {
    try (Children children = new Children()) {
      children.fork("one");
      assertThatThrownBy(() -> children.fork("one")).hasMessageContaining("process one already");
      children.exit("one");
      assertThat(children.fork("one")).isZero();
      assertThatThrownBy(() -> children.pid("two")).hasMessageContaining("no process two");
    }
  }

  @Test
  void closingEndsAllOfThem() {
    Children children = new Children();
    children.fork("one");
    children.fork("two");
    int first = children.pid("one");
    int second = children.pid("two");
    children.close();
    assertThat(Files.exists(Path.of("/proc/" + first))).isFalse();
    assertThat(Files.exists(Path.of("/proc/" + second))).isFalse();
  }

  @Test
  void aChildEndsWithTheThreadThatMadeIt() throws Exception {
    Integer pid = Futures.onNewThread("ends", () -> {
      Children children = new Children();
      children.fork("left");
      return children.pid("left");
    });
    ProcessHandle child = ProcessHandle.of(pid).orElse(null);
    if (child != null) {
      // a zombie has ended, but is not reaped by the JVM
      CompletableFuture.runAsync(() -> {
        while (Files.exists(Path.of("/proc/" + pid)) && Processes.state(pid) != 'Z') {
          Pause.millis(5);
        }
      }).get(30, TimeUnit.SECONDS);
    }
    assertThat(Libc.result(Libc.waitpid(pid, 0, 0))).isEqualTo((long) pid);
  }

  @Test
  void aFileThatIsClosedHereIsClosedInTheChild() {
    try (Children children = new Children();
        Pins pins = new Pins();
        ScratchMemory page = new ScratchMemory(Libc.PAGE_SIZE)) {
      assertThat(pins.pin(page.address())).isZero();
      children.fork("one");
      assertThat(pins.unpin(page.address())).isZero();
      assertThat(Processes.openPipes(children.pid("one"))).isEqualTo(Processes.openPipes(ProcessHandle.current().pid()));
    }
  }
}
