package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that has a guest running is sent a signal. */
class InterruptedLabIT {

  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int SIGKILL = 9;
  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  /** @param launcher what starts it; none, where empty */
  private static Process start(String... launcher) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher));
    command.addAll(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC"));
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of("-cp", classPath, Main.class.getName(), "lab", "run", "6.1", "--nodes", "2"));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** @param target a process, or a group of some, whose number is negative then */
  private static void send(int signal, long target) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, "--", "" + target).start().waitFor()).isZero();
  }

  /** Reads the table up to its next row of a workload that ran, which is what is returned; the last line, where none comes. */
  private static String nextRow(BufferedReader output) throws IOException {
    String line = output.readLine();
    while (line != null && !line.matches(".* (equivalent|diverged|broken)\\b.*")) {
      line = output.readLine();
    }
    return String.valueOf(line);
  }

  private static boolean lives(ProcessHandle process) {
    try {
      // whoever adopts orphans reaps them in its own time
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Path> folders(long pid) throws IOException {
    try (Stream<Path> all = Files.list(TEMPORARY)) {
      return all.filter(path -> path.getFileName().toString().startsWith("pageferry-lab-" + pid + "-")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SIGINT, SIGKILL})
  void noGuestOutlivesIt(int signal) throws Exception {
    List<String> notes = new ArrayList<>();
    LabMachines.open("6.1", LabTopology.of(1), notes).close();
    Process command = start();
    try {
      assertThat(nextRow(command.inputReader())).contains(" equivalent");
      List<ProcessHandle> started = command.descendants().toList();
      assertThat(started).anyMatch(process -> process.info().command().orElse("").contains("qemu"));
      assertThat(folders(command.pid())).hasSize(1);

      send(signal, command.pid());

      assertThat(command.waitFor(3, TimeUnit.MINUTES)).isTrue();
      assertThat(command.exitValue()).isEqualTo(signal == SIGINT ? 130 : 128 + signal);
      for (int i = 0; i < 1_200 && started.stream().anyMatch(InterruptedLabIT::lives); i++) {
        Thread.sleep(50);
      }
      assertThat(started).noneMatch(InterruptedLabIT::lives);
      if (signal == SIGKILL) {
        // the next one takes it away
        LabMachines.open("6.1", LabTopology.of(1), notes).close();
      }
      assertThat(folders(command.pid())).isEmpty();
    } finally {
      command.destroyForcibly();
    }
  }

  /** As a terminal that is hung up does it, or ^C: the first one the command is told to survive (nohup). */
  @Test
  void whatIsSentToItsWholeGroupReachesNoGuest() throws Exception {
    LabMachines.open("6.1", LabTopology.of(1), new ArrayList<>()).close();
    String busybox = new Tools(LabFolder.find()).busybox().toString();
    Process command = start(busybox, "setsid", "sh", "-c", "trap '' HUP; exec \"$@\"", "sh");
    try {
      BufferedReader output = command.inputReader();
      assertThat(nextRow(output)).contains(" equivalent");

      send(SIGHUP, -command.pid());

      for (int i = 0; i < 3; i++) {
        assertThat(nextRow(output)).contains(" equivalent");
      }

      send(SIGINT, -command.pid());

      assertThat(output.lines()).noneMatch(line -> line.contains(" broken"));
      assertThat(command.waitFor(3, TimeUnit.MINUTES)).isTrue();
      assertThat(command.exitValue()).isEqualTo(130);
    } finally {
      command.destroyForcibly();
    }
  }
}
