package io.github.pageferry.it.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracesBackendTest {

  private static final Workload V = new Workload("v", "", 3, Set.of(), List.of());

  @TempDir
  private Path dir;

  private void write(String file, String... workloadsAndKernels) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String one : workloadsAndKernels) {
      text.append("---\nworkload: ").append(one.replace(" ", "\nkernel: ")).append("\nskipped: none\n");
    }
    Files.writeString(dir.resolve(file), text);
  }

  @Test
  void singleFilesAndStreamsOfAFolderAreReadAndOthersLeft() throws IOException {
    write("a.6.1.trace.yaml", "a 6.1");
    write("more.6.1.traces.yaml", "b 6.1", "c 6.1");
    Files.writeString(dir.resolve("notes.yaml"), "not: a trace\n");
    try (TracesBackend backend = TracesBackend.open("traces:x", dir)) {
      assertThat(backend.workloads()).containsExactly("a", "b", "c");
      assertThat(backend.kernel()).isEqualTo("6.1");
      assertThat(backend.name()).isEqualTo("traces:x");
      assertThat(backend.description()).isEqualTo("3 recorded traces of 6.1 in " + dir);
    }
  }

  @Test
  void aFileCanBeNamedByItself() throws IOException {
    write("any.name", "a 6.1");
    assertThat(TracesBackend.open("t", dir.resolve("any.name")).workloads()).containsExactly("a");
  }

  @Test
  void aWorkloadThatWasNotRecordedIsSkippedWithThatReason() throws IOException {
    write("a.6.1.trace.yaml", "a 6.1");
    assertThat(TracesBackend.open("t", dir).run(V)).isEqualTo(Trace.skipped("v", "6.1", 3, "has no recorded trace in " + dir));
  }

  @Test
  void tracesOfSeveralKernelsAreRefused() throws IOException {
    write("a.6.1.trace.yaml", "a 6.1");
    write("a.6.12.trace.yaml", "a 6.12");
    assertThatThrownBy(() -> TracesBackend.open("t", dir)).hasMessage(
        dir + ": has traces of several kernels (6.1, 6.12); name a folder or a file with those of one");
  }

  @Test
  void twoTracesOfOneWorkloadAreRefused() throws IOException {
    write("a.6.1.trace.yaml", "a 6.1");
    write("b.6.1.traces.yaml", "b 6.1", "a 6.1");
    assertThatThrownBy(() -> TracesBackend.open("t", dir)).hasMessage(dir.resolve("b.6.1.traces.yaml")
        + ": workload 'a' has a trace of 6.1 in " + dir.resolve("a.6.1.trace.yaml") + " already");
  }

  @Test
  void aFolderWithoutTracesIsRefused() {
    assertThatThrownBy(() -> TracesBackend.open("t", dir))
        .hasMessage(dir + ": has no trace files (*.trace.yaml, *.traces.yaml, *.recording.yaml)");
    assertThatThrownBy(() -> TracesBackend.open("t", dir.resolve("none")))
        .hasMessage(dir.resolve("none") + ": there is no such file");
  }
}
