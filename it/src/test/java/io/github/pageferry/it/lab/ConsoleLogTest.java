package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleLogTest {

  private final ConsoleLog log = new ConsoleLog();

  @ParameterizedTest
  @ValueSource(strings = {
      "[   12.3] BUG: kernel NULL pointer dereference, address: 0000000000000000",
      "[   12.3] Oops: 0002 [#1] PREEMPT SMP NOPTI",
      "[   12.3] kernel BUG at mm/migrate.c:662!",
      "[   12.3] BUG: Bad page state in process java  pfn:3ab12",
      "[   12.3] general protection fault, probably for non-canonical address",
      "[   12.3] Kernel panic - not syncing: sysrq triggered crash"})
  void aKernelThatIsBrokenIsNoticed(String line) {
    log.add(line);
    log.add("[   12.4] BUG: another");
    assertThat(log.broken()).contains(line.substring("[   12.3] ".length()));
  }

  @Test
  void theFunctionThatBrokeIsToldAndNoOther() {
    log.add("[    1.0] RIP: 0010:a_warning+0x1/0x2");
    log.add("[12345.678901][  T123] Oops: 0002 [#1] PREEMPT SMP NOPTI");
    log.add("[12345.678902][  T123] RIP: 0010:remove_migration_pte.isra.0+0x1b/0x310");
    log.add("[12345.678903][  T123] RIP: 0033:0x7f12");
    log.add("[12345.678904][  T123] RIP: 0010:another+0x1/0x2");
    assertThat(log.broken()).contains("Oops: 0002 [#1] PREEMPT SMP NOPTI in remove_migration_pte.isra.0");
  }

  @Test
  void aProgramsAddressIsNoFunction() {
    log.add("[    1.0] BUG: Bad page state in process java  pfn:3ab12");
    log.add("[    1.0] RIP: 0033:0x7f12");
    assertThat(log.broken()).contains("BUG: Bad page state in process java  pfn:3ab12");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[    1.0] DEBUG: nothing", "Oopsie", "[    1.0] WARNING: CPU: 0 PID: 1 at mm/page_alloc.c:1"})
  void otherLinesAreNoSignOfThat(String line) {
    log.add(line);
    assertThat(log.broken()).isEmpty();
  }

  @Test
  void aSignalThatEndsTheEmulatorIsToldThoughALineOfTheGuestsWasBegun() {
    log.add("[    1.0] java: terminating on signal 15");
    assertThat(log.signalled()).isEmpty();
    log.add("[    1.0] random: crqemu-system-x86_64: terminating on signal 1 from pid 7 (sh)");
    log.add("qemu-system-x86_64: terminating on signal 15 from pid 1 (systemd)");
    assertThat(log.signalled()).contains("qemu-system-x86_64: terminating on signal 1 from pid 7 (sh)");
    assertThat(log.broken()).isEmpty();
  }

  @Test
  void warningsAreToldOnce() {
    log.add("[    1.0] WARNING: CPU: 0 PID: 1 at mm/page_alloc.c:1");
    assertThat(log.takeWarnings()).hasSize(1);
    assertThat(log.takeWarnings()).isEmpty();
  }

  @Test
  void theEndIsKeptWithoutColoursAndEmptyLines() {
    for (int i = 0; i < 100; i++) {
      log.add("line " + i);
      log.add("");
    }
    log.add("\u001bc\u001b[?7l\u001b[2J\u001b[0mSeaBIOS (version 1.16)\r");
    assertThat(log.end().lines()).hasSize(60).first().isEqualTo("line 41");
    assertThat(log.end()).endsWith("line 99\nSeaBIOS (version 1.16)");
  }
}
