package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A runtime made with jlink has the modules that it was made with: here none but what the API cannot do without. */
class RuntimeWithoutRecorderTest {

  @Test
  void worksWithoutRecorderAndLogging() throws IOException, InterruptedException {
    Process child = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--limit-modules", "java.base,jdk.unsupported",
        "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        Main.class.getName()).redirectErrorStream(true).start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as(output).isZero();
    assertThat(output).contains("modules: no recorder", "node 0", "using scripted").doesNotContainIgnoringCase("warning: ");
  }

  /** What the child runs. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) {
      boolean recorder = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
      System.out.println("modules: " + (recorder ? "recorder" : "no recorder"));
      try (MemoryMigrator migrator = MemoryMigrators.open("scripted")) {
        System.out.println("node " + migrator.nodeAt(0x10000));
      }
    }
  }
}
