package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher as a user starts it: with what this build has packaged, or with a stand-in for Maven that packages it. */
class LauncherIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String JAVA_HOME = System.getProperty("java.home");
  private static final String BUILDING = "pageferry: building (this first time, Maven and libraries are downloaded)...\n";

  /** The commands that the launcher needs; flock is not one of them. */
  private static final List<String> TOOLS = List.of(
      "cat", "cp", "dirname", "find", "head", "mkdir", "mktemp", "mv", "readlink", "rm", "sed", "sleep");

  @TempDir
  private Path dir;

  private Path project;

  /** A process with its two outputs. */
  private record Started(Process process, Path out, Path err) {

    int status() throws InterruptedException {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended in time").isTrue();
      return process.exitValue();
    }

    String outText() throws IOException {
      return Files.readString(out);
    }

    String errText() throws IOException {
      return Files.readString(err);
    }
  }

  private Started start(Path cwd, Map<String, String> environment, String... command) throws IOException {
    Path out = Files.createTempFile(dir, "out", "");
    Path err = Files.createTempFile(dir, "err", "");
    ProcessBuilder builder = new ProcessBuilder(command).directory(cwd.toFile())
        .redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "PAGEFERRY_JAVA_OPTS", "PAGEFERRY_NO_BUILD"));
    builder.environment().put("JAVA_HOME", JAVA_HOME);
    builder.environment().put("HOME", dir.toString());
    builder.environment().putAll(environment);
    return new Started(builder.start(), out, err);
  }

  private Started packaged(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = ROOT.resolve("pageferry").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return start(dir, Map.of("PAGEFERRY_NO_BUILD", "1"), command);
  }

  /** A project whose build links what this one has packaged, and says in a file that it was called. */
  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(dir.resolve("a project"));
    Files.copy(ROOT.resolve("pageferry"), project.resolve("pageferry"));
    Files.writeString(project.resolve("pom.xml"), "<project/>");
    Files.writeString(Files.createDirectories(project.resolve("sim/src/main")).resolve("Source.java"), "");
    maven("""
        echo "$@" >> built
        echo noise; echo noise >&2
        sleep 1
        mkdir -p it/target
        cp -r '%1$s/it/target/pageferry-it.jar' '%1$s/it/target/lib' it/target
        """.formatted(ROOT));
  }

  private void maven(String script) throws IOException {
    script(project.resolve("mvnw"), script);
  }

  private static Path script(Path file, String lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + lines);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Started launch(Map<String, String> environment, String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = project.resolve("pageferry").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return start(dir, environment, command);
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(project.resolve("built"));
  }

  /** A PATH with the launcher's needs alone. */
  private String barePath() throws IOException {
    Path bin = Files.createDirectories(dir.resolve("bin"));
    for (String tool : TOOLS) {
      Path real = Path.of("/usr/bin", tool);
      script(bin.resolve(tool), "exec " + (Files.exists(real) ? real : Path.of("/bin", tool)) + " \"$@\"\n");
    }
    return bin.toString();
  }

  @Test
  void startsFromAnywhereAndThroughLinks() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("a link"), ROOT.resolve("pageferry"));
    Path second = Files.createSymbolicLink(dir.resolve("second"), Path.of(link.getFileName().toString()));
    Started started = start(dir, Map.of("PAGEFERRY_NO_BUILD", "1"), second.toString(), "--version");
    assertThat(started.status()).as(started.errText()).isZero();
    assertThat(started.outText()).startsWith("pageferry ").contains("Java " + Runtime.version());
    assertThat(started.errText()).isEmpty();
    Files.delete(second);
    Files.delete(link);
  }

  @Test
  void argumentsArePassedAsTheyAre() throws Exception {
    Started started = packaged("conform", "a  file 'of' $HOME *");
    assertThat(started.status()).isEqualTo(2);
    assertThat(started.errText()).isEqualTo("a  file 'of' $HOME *: there is no such file or built-in workload\n");
  }

  @Test
  void nativeAccessGivesNoWarnings() throws Exception {
    Started started = packaged("nodes");
    assertThat(started.status()).isZero();
    assertThat(started.errText()).isEmpty();
  }

  @Test
  void aRunThatIsInterruptedLeavesNothingBehind() throws Exception {
    Path workload = Files.writeString(dir.resolve("children.workload.yaml"), """
        workload: children
        steps:
          - map: {as: a, pages: 1}
          - fork: {as: one}
        """ + "  - query: {pages: a}\n".repeat(200_000));
    Started started = packaged("run", workload.toString(), "--traces", dir.resolve("traces").toString());
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    // Before it prints, the launcher itself has short-lived children.
    while ((started.outText().isEmpty() || started.process().descendants().findAny().isEmpty())
        && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    List<ProcessHandle> children = started.process().descendants().toList();
    assertThat(children).as(started.errText()).isNotEmpty();
    new ProcessBuilder("kill", "-INT", "" + started.process().pid()).start().waitFor();
    assertThat(started.status()).isEqualTo(130);
    assertThat(started.errText())
        .isEqualTo("pageferry: ended by a signal; what the run had changed on this machine has been undone\n");
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    assertThat(dir.resolve("traces")).isEmptyDirectory();
  }

  @Test
  void buildsQuietlyTheFirstTimeAndNotAgain() throws Exception {
    Started first = launch(Map.of(), "--version");
    assertThat(first.status()).as(first.errText()).isZero();
    assertThat(first.errText()).isEqualTo(BUILDING);
    assertThat(first.outText()).startsWith("pageferry ").doesNotContain("noise");
    Started second = launch(Map.of(), "--version");
    assertThat(second.status()).isZero();
    assertThat(second.errText()).isEmpty();
    assertThat(builds()).containsExactly("-B -q -Dmaven.test.skip=true package");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pom.xml", "sim/src/main/Source.java"})
  void buildsAgainWhatHasChanged(String file) throws Exception {
    assertThat(launch(Map.of(), "--version").status()).isZero();
    Files.setLastModifiedTime(project.resolve(file), FileTime.from(Instant.now().plusSeconds(5)));
    Started again = launch(Map.of(), "--version");
    assertThat(again.status()).isZero();
    assertThat(again.errText()).isEqualTo(BUILDING);
    assertThat(builds()).hasSize(2);
  }

  @Test
  void speaksOfDownloadsOnlyWhereThereWillBeAny() throws Exception {
    Files.createDirectories(dir.resolve(".m2/wrapper/dists"));
    Files.createDirectories(dir.resolve(".m2/repository/info/picocli"));
    Started started = launch(Map.of(), "--version");
    assertThat(started.status()).isZero();
    assertThat(started.errText()).isEqualTo("pageferry: building...\n");
  }

  @Test
  void showsWhyABuildFailed() throws Exception {
    maven("echo 'the cause'; exit 7\n");
    Started started = launch(Map.of(), "--version");
    assertThat(started.status()).isEqualTo(1);
    assertThat(started.errText()).isEqualTo(BUILDING + "the cause\npageferry: the build failed, see above\n");
    assertThat(project.resolve("it/target")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void twoAtOnceBuildOnce(boolean withFlock) throws Exception {
    Map<String, String> environment = new HashMap<>();
    if (!withFlock) {
      environment.put("PATH", barePath());
    }
    Started one = launch(environment, "--version");
    Started two = launch(environment, "--version");
    assertThat(one.status()).as(one.errText()).isZero();
    assertThat(two.status()).as(two.errText()).isZero();
    assertThat(builds()).hasSize(1);
    assertThat(one.errText() + two.errText()).isEqualTo(BUILDING);
    assertThat(project.resolve(".launcher-lock")).doesNotExist();
  }

  @Test
  void aLockWhoseOwnerIsGoneIsTakenOver() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.writeString(Files.createDirectories(project.resolve(".launcher-lock")).resolve("pid"), gone.pid() + "\n");
    Started started = launch(Map.of("PATH", barePath()), "--version");
    assertThat(started.status()).as(started.errText()).isZero();
    assertThat(project.resolve(".launcher-lock")).doesNotExist();
  }

  @Test
  void withoutAJdkItSaysWhatToInstall() throws Exception {
    Started started = launch(Map.of("PATH", barePath(), "JAVA_HOME", ""), "--version");
    assertThat(started.status()).isEqualTo(3);
    assertThat(started.errText()).isEqualTo("""
        pageferry: a JDK 17 or newer is needed, but there is no java on the PATH, and JAVA_HOME is not set
        pageferry: install one (Debian: apt-get install openjdk-17-jdk-headless) or set JAVA_HOME to it
        """);
  }

  @Test
  void anOldJdkIsNamed() throws Exception {
    Path old = dir.resolve("old");
    Path java = script(old.resolve("bin/java"), "");
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
    Started started = launch(Map.of("PATH", barePath(), "JAVA_HOME", old.toString()), "--version");
    assertThat(started.status()).isEqualTo(3);
    assertThat(started.errText()).startsWith("pageferry: a JDK 17 or newer is needed, but " + java + " is Java 8\n");
  }

  @Test
  void aJreCannotBuild() throws Exception {
    Path jre = dir.resolve("jre");
    script(jre.resolve("bin/java"), "");
    Files.writeString(jre.resolve("release"), "JAVA_VERSION=\"21\"\n");
    Started started = launch(Map.of("JAVA_HOME", jre.toString()), "--version");
    assertThat(started.status()).isEqualTo(3);
    assertThat(started.errText()).startsWith("pageferry: " + jre + " has no compiler (javac), which the first start needs\n");
  }
}
