package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.workload.MemoryDemand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeMemoryTest {

  @TempDir
  private Path root;

  @BeforeEach
  void machine() throws IOException {
    write("proc/meminfo", "MemTotal:        1048576 kB\nMemFree:           10240 kB\nMemAvailable:     409600 kB\n");
    write("sys/devices/system/node/node0/meminfo",
        "Node 0 MemFree:           10240 kB\nNode 0 Active(anon):     900000 kB\nNode 0 Active(file):     102400 kB\n"
            + "Node 0 Inactive(file):    92160 kB\n");
    write("sys/devices/system/node/node1/meminfo", "Node 1 MemFree:           40960 kB\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Optional<String> lacks(String steps, long heapBytes) {
    return new FreeMemory(root, 4096, heapBytes).lacks(MemoryDemand.of(HostRuns.workload(steps)));
  }

  private Optional<String> lacks(String steps) {
    return lacks(steps, 1 << 30);
  }

  private static String touched(int mib, String how) {
    return "- map: {as: a, pages: " + mib * 256 + "}\n- touch: {pages: a" + how + "}\n";
  }

  @Test
  void threeQuartersOfWhatIsAvailableMayBeUsed() {
    String two = touched(145, "") + touched(145, ", node: 1").replace("a,", "b,").replace("pages: a", "pages: b");
    assertThat(lacks(touched(150, ""))).isEmpty();
    assertThat(lacks("- map: {as: a, pages: 100000}\n")).isEmpty();
    assertThat(lacks(touched(301, ""))).contains("needs up to 301 MiB of memory; 400 MiB are available (MemAvailable),"
        + " of which three quarters may be used");
    assertThat(lacks(two).orElse("")).startsWith("needs up to 145 MiB on node 1;");
  }

  @Test
  void aNodeHasWhatIsFreeAndWhatHoldsFiles() {
    assertThat(lacks(touched(151, ""))).contains("needs up to 151 MiB on node 0; 200 MiB are free or hold files there"
        + " (MemFree, Active(file), Inactive(file)), of which three quarters may be used");
    assertThat(lacks(touched(30, ", node: 1"))).isEmpty();
    assertThat(lacks(touched(31, ", node: 1")).orElse("")).startsWith("needs up to 31 MiB on node 1; 40 MiB are free");
    assertThat(lacks(touched(31, "") + "- move: {pages: a, to: 1}\n").orElse("")).startsWith("needs up to 31 MiB on node 1;");
  }

  @Test
  void nodesThatAreNotThereAreTheKernelsToRefuse() {
    assertThat(lacks(touched(20, "") + "- move: {pages: a, to: [-1]}\n- bind: {pages: a, mode: bind, nodes: [9]}\n")).isEmpty();
  }

  @Test
  void aKernelThatDoesNotSayIsTakenToHaveEnough() throws IOException {
    write("proc/meminfo", "MemTotal:        1048576 kB\n");
    write("sys/devices/system/node/node0/meminfo", "");
    assertThat(lacks(touched(1000, ""))).isEmpty();
  }

  @Test
  void tracesHaveToFitIntoTheHeap() {
    String steps = "- map: {as: a, pages: 1048576}\n" + "- query: {pages: \"a[0]\"}\n".repeat(3);
    assertThat(lacks(steps, 64 << 20)).isEmpty();
    assertThat(lacks(steps, 40 << 20)).contains("needs 33 MiB of heap for its traces; the JVM has at most 40 MiB,"
        + " of which three quarters may be used (-Xmx gives it more)");
  }
}
