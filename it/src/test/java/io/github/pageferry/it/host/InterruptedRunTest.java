package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM in the middle of a run is sent a signal. */
class InterruptedRunTest {

  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  private Process jvm;

  @AfterEach
  void end() {
    if (jvm != null) {
      jvm.destroyForcibly();
    }
  }

  /** Starts a JVM with a run and waits until it has made its steps. */
  private List<Long> start(String... needs) throws IOException {
    jvm = new ProcessBuilder(Jvm.command(Jvm.CLASS_PATH, InterruptedRun.class, needs))
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = jvm.inputReader();
    String line = output.readLine();
    assumeTrue(line == null || !line.startsWith(InterruptedRun.SKIPPED), line);
    assertThat(line).isEqualTo(InterruptedRun.READY);
    return jvm.children().map(ProcessHandle::pid).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {SIGINT, SIGTERM})
  void leavesNothingBehind(int signal) throws Exception {
    Map<String, String> settings = Machine.settingsAtRest();
    List<Long> children = start("tmpfs", "cpuset", "hugetlb", "ksm");
    assertThat(children).hasSize(2);
    assertThat(Machine.settingsNow()).isNotEqualTo(settings);
    assertThat(Machine.cgroupsOf(jvm.pid())).hasSize(1);

    Libc.kill((int) jvm.pid(), signal);

    assertThat(jvm.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(jvm.exitValue()).isEqualTo(128 + signal);
    assertThat(children).noneMatch(InterruptedRunTest::lives);
    assertThat(Machine.settingsAtRest()).isEqualTo(settings);
    assertThat(Machine.cgroupsOf(jvm.pid())).isEmpty();
  }

  @Test
  void whereTheJvmIsKilledItsChildrenEndToo() throws Exception {
    List<Long> children = start("tmpfs");
    assertThat(children).hasSize(1);
    jvm.destroyForcibly().waitFor();
    awaitEnd(children);
    assertThat(children).noneMatch(InterruptedRunTest::lives);
  }

  @Test
  void theCgroupOfAKilledJvmGoesWithTheNextRun() throws Exception {
    List<Long> children = start("cpuset");
    jvm.destroyForcibly().waitFor();
    awaitEnd(children);
    // unless another process's run has already removed it
    assertThat(Machine.cgroupsOf(jvm.pid())).hasSizeLessThanOrEqualTo(1);

    HostRuns.run("- cpuset: {mems: [0]}\n");

    assertThat(Machine.cgroupsOf(jvm.pid())).isEmpty();
  }

  /** Whoever adopts the orphans reaps them in its own time. */
  private static void awaitEnd(List<Long> processes) {
    for (int i = 0; i < 3_000 && processes.stream().anyMatch(InterruptedRunTest::lives); i++) {
      Pause.millis(10);
    }
  }

  private static boolean lives(long pid) {
    return Files.exists(Path.of("/proc/" + pid)) && Processes.state(pid) != 'Z';
  }
}
