package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.NodeSet;
import io.github.pageferry.linux.TaskStatus.SeccompMode;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /proc/PID/status}, as kernels wrote it. */
class TaskStatusTest {

  /** In a container with the default profile and one capability added. */
  private static final String CONTAINER = """
      Name:\tjava
      Umask:\t0022
      State:\tS (sleeping)
      Uid:\t1000\t1001\t1002\t1003
      Gid:\t0\t0\t0\t0
      CapInh:\t0000000000000000
      CapPrm:\t00000000a88425fb
      CapEff:\t00000000a88425fb
      NoNewPrivs:\t1
      Seccomp:\t2
      Seccomp_filters:\t1
      Mems_allowed:\t00000000,00000003
      Mems_allowed_list:\t0-1
      """;

  @TempDir
  Path folder;

  @Test
  void whatAContainersThreadMayDo() {
    TaskStatus status = TaskStatus.parse(CONTAINER);
    assertThat(status.effectiveUid()).hasValue(1001);
    assertThat(status.seccomp()).contains(SeccompMode.FILTER);
    assertThat(status.isFiltered()).isTrue();
    assertThat(status.noNewPrivileges()).contains(true);
    assertThat(status.allowedNodes()).contains(NodeSet.of(0, 1));
    assertThat(status.has("CAP_SYS_NICE")).isTrue();
    assertThat(status.has("CAP_SYS_ADMIN")).isFalse();
  }

  @Test
  void capabilitiesHaveTheirNamesByBit() {
    assertThat(LinuxCapabilities.parse("800000")).contains(Set.of("CAP_SYS_NICE"));
    assertThat(LinuxCapabilities.parse("1")).contains(Set.of("CAP_CHOWN"));
    assertThat(LinuxCapabilities.parse("8000000000")).contains(Set.of("CAP_BPF"));
    assertThat(LinuxCapabilities.parse("10000000000")).contains(Set.of("CAP_CHECKPOINT_RESTORE"));
    assertThat(LinuxCapabilities.parse("20000000000")).contains(Set.of("CAP_41"));
    assertThat(LinuxCapabilities.parse("0000000000000000")).contains(Set.of());
    assertThat(LinuxCapabilities.parse("ffffffffffffffff").orElseThrow()).hasSize(64);
    assertThat(LinuxCapabilities.parse("root")).isEmpty();
    assertThat(LinuxCapabilities.parse("11111111111111111")).isEmpty();
  }

  @Test
  void whatAnOldKernelDoesNotSayIsEmpty() {
    TaskStatus status = TaskStatus.parse("Name:\tjava\nUid:\t0\t0\t0\t0\nCapEff:\tfffffffffffffeff\n");
    assertThat(status.seccomp()).isEmpty();
    assertThat(status.isFiltered()).isFalse();
    assertThat(status.noNewPrivileges()).isEmpty();
    assertThat(status.allowedNodes()).isEmpty();
  }

  @Test
  void garbageIsEmpty() {
    TaskStatus status = TaskStatus.parse(
        "Uid:\nCapEff:\txyz\nSeccomp:\t9\nNoNewPrivs:\tyes\nMems_allowed_list:\t3-\n:\n\0\nSeccomp\n");
    assertThat(status).isEqualTo(TaskStatus.UNKNOWN);
  }

  @Test
  void theThreadsOwnFileGoesBeforeTheMainThreads() {
    FakeRoot root = new FakeRoot(folder).file("/proc/self/status", "Seccomp:\t0\n");
    assertThat(TaskStatus.ofThread(root.files()).isFiltered()).isFalse();
    root.file("/proc/thread-self/status", "Seccomp:\t2\n");
    assertThat(TaskStatus.ofThread(root.files()).isFiltered()).isTrue();
  }
}
