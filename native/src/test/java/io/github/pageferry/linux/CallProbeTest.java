package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import io.github.pageferry.linux.ProbedCall.Verdict;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of the answer to a harmless try, on hosts of every kind. */
class CallProbeTest {

  private static final String FILTERED = "Seccomp:\t2\nCapEff:\t0000000000000000\n";
  private static final String FILTERED_WITH_SYS_NICE = "Seccomp:\t2\nCapEff:\t0000000000800000\n";
  private static final String FREE = "Seccomp:\t0\nCapEff:\t0000000000000000\n";

  @TempDir
  Path folder;

  private final FakeCalls calls = new FakeCalls();

  @Test
  void noTryChangesAnything() {
    for (SystemCall call : SystemCall.values()) {
      probe(call, FREE);
    }
    assertThat(calls.made).containsExactly(
        "move_pages(0, 0, 0, 0, 0, 0)",
        "migrate_pages(0, 1, [], [])",
        "mbind(0, 0, 0, [], 0, 0)",
        "set_mempolicy(4096, [], 0)",
        "get_mempolicy(0, 0, 0, 0)",
        "set_mempolicy_home_node(0, 0, 0, 0)",
        "getcpu()");
  }

  @Test
  void whatTheKernelAnswersItselfWorks() {
    calls.failing(SystemCall.MIGRATE_PAGES, Errno.EINVAL);
    assertThat(probe(SystemCall.MIGRATE_PAGES, FILTERED).works()).isTrue();
    assertThat(probe(SystemCall.MOVE_PAGES, FILTERED).works()).isTrue();
  }

  @Test
  void aCallThatWorksSaysWhatItCannotDoWithoutTheCapability() {
    assertThat(probe(SystemCall.MOVE_PAGES, FREE).explanation()).contains("CAP_SYS_NICE");
    assertThat(probe(SystemCall.MOVE_PAGES, FILTERED_WITH_SYS_NICE).explanation()).isEqualTo("can be called");
    assertThat(probe(SystemCall.GETCPU, FREE).explanation()).isEqualTo("can be called");
  }

  /** Docker's default profile: move_pages and migrate_pages for nobody, the policies' calls with CAP_SYS_NICE. */
  @Test
  void dockersProfileWithoutTheCapability() {
    for (SystemCall call : SystemCall.values()) {
      calls.failing(call, Errno.EPERM);
    }
    ProbedCall move = probe(SystemCall.MOVE_PAGES, FILTERED);
    assertThat(move.verdict()).isEqualTo(Verdict.FILTERED);
    assertThat(move.errno()).contains(Errno.EPERM);
    assertThat(move.explanation()).contains("--security-opt seccomp=", "--cap-add SYS_NICE", "mbind");
    assertThat(probe(SystemCall.MBIND, FILTERED).explanation()).contains("--cap-add SYS_NICE");
  }

  @Test
  void dockersProfileWithTheCapability() {
    calls.failing(SystemCall.MOVE_PAGES, Errno.EPERM).failing(SystemCall.MIGRATE_PAGES, Errno.EPERM);
    assertThat(probe(SystemCall.MBIND, FILTERED_WITH_SYS_NICE).works()).isTrue();
    ProbedCall move = probe(SystemCall.MOVE_PAGES, FILTERED_WITH_SYS_NICE);
    assertThat(move.verdict()).isEqualTo(Verdict.FILTERED);
    assertThat(move.explanation()).contains("even to CAP_SYS_NICE", "mbind").doesNotContain("--cap-add");
  }

  @Test
  void enosysFromAFilterIsToldFromTheKernels() {
    calls.failing(SystemCall.MOVE_PAGES, Errno.ENOSYS).failing(SystemCall.SET_MEMPOLICY_HOME_NODE, Errno.ENOSYS);
    FakeRoot root = new FakeRoot(folder).file("/proc/vmstat", "nr_free_pages 1\nnuma_hit 5\npgmigrate_success 0\n")
        .file("/proc/sys/kernel/osrelease", "6.1.0\n");
    assertThat(probe(SystemCall.MOVE_PAGES, FILTERED).verdict()).isEqualTo(Verdict.FILTERED);
    assertThat(probe(SystemCall.SET_MEMPOLICY_HOME_NODE, FILTERED).verdict()).isEqualTo(Verdict.FILTERED);
    root.file("/proc/vmstat", "nr_free_pages 1\nnuma_hit 5\n").file("/proc/sys/kernel/osrelease", "5.10.0\n");
    ProbedCall move = probe(SystemCall.MOVE_PAGES, FILTERED);
    assertThat(move.verdict()).isEqualTo(Verdict.NOT_IN_KERNEL);
    assertThat(move.explanation()).contains("CONFIG_MIGRATION", "or the seccomp filter");
    assertThat(probe(SystemCall.SET_MEMPOLICY_HOME_NODE, FILTERED).explanation()).contains("5.17", "5.10.0");
  }

  @Test
  void aKernelWithoutNuma() {
    calls.failing(SystemCall.MBIND, Errno.ENOSYS);
    new FakeRoot(folder).file("/proc/vmstat", "nr_free_pages 1\n").file("/proc/sys/kernel/osrelease", "6.1.0-tiny\n");
    ProbedCall bind = probe(SystemCall.MBIND, FREE);
    assertThat(bind.verdict()).isEqualTo(Verdict.NOT_IN_KERNEL);
    assertThat(bind.explanation()).contains("CONFIG_NUMA", "6.1.0-tiny").doesNotContain("seccomp");
  }

  @Test
  void aRefusalWithoutAFilterIsSomeoneElses() {
    calls.failing(SystemCall.MOVE_PAGES, Errno.EPERM);
    ProbedCall move = probe(SystemCall.MOVE_PAGES, FREE);
    assertThat(move.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(move.explanation()).contains("security module", "gVisor");
  }

  @Test
  void anErrnoWithoutANameIsSaidByItsNumber() {
    calls.returning(SystemCall.MOVE_PAGES, -4095);
    ProbedCall move = probe(SystemCall.MOVE_PAGES, FILTERED);
    assertThat(move.errno()).isEmpty();
    assertThat(move.explanation()).contains("4095");
  }

  private ProbedCall probe(SystemCall call, String status) {
    HostFiles files = new FakeRoot(folder).file("/proc/thread-self/status", status).files();
    return new CallProbe(calls, files).probe(call);
  }
}
