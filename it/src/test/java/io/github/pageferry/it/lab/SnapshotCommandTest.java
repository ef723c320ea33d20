package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the emulator is started for a machine that is saved, and for those that are made from it. */
class SnapshotCommandTest {

  private static final Tools.Tool QEMU = new Tools.Tool(List.of("qemu"), Map.of());
  private static final Kernel KERNEL = new Kernel("6.1", Path.of("/k"), List.of());
  private static final Path ARCHIVE = Path.of("/root.cpio");
  private static final Path LINE = Path.of("/f/line");
  private static final SnapshotFiles FILES = new SnapshotFiles(Path.of("/f"));
  private static final LabTopology TOPOLOGY = LabTopology.parse("256M/1cpu,1cpu,128M");

  private static final List<String> PLAIN = Emulator.command(QEMU, KERNEL, ARCHIVE, TOPOLOGY, LINE);
  private static final List<String> SAVABLE = Emulator.savable(QEMU, KERNEL, ARCHIVE, TOPOLOGY, LINE, FILES);
  private static final List<String> RESTORED = Emulator.restored(QEMU, KERNEL, ARCHIVE, TOPOLOGY, LINE, FILES);

  @Test
  void aMachineThatIsSavedSharesItsMemoryWithAFileForEachNodeThatHasSome() {
    assertThat(SAVABLE)
        .containsSequence("-object", "memory-backend-file,mem-path=/f/memory0,share=on,id=m0,size=256M")
        .containsSequence("-object", "memory-backend-file,mem-path=/f/memory2,share=on,id=m2,size=128M")
        .doesNotContain("-incoming").noneMatch(word -> word.contains("memory1"));
  }

  @Test
  void oneThatIsRestoredKeepsWhatItWritesToItselfAndWaitsForItsState() {
    List<String> expected = new ArrayList<>(SAVABLE);
    expected.replaceAll(word -> word.replace(",share=on,", ",share=off,"));
    expected.addAll(List.of("-incoming", "defer"));
    assertThat(RESTORED).isEqualTo(expected);
  }

  @Test
  void theMonitorIsThereBeforeTheEmulatorWaitsForTheLine() {
    assertThat(SAVABLE).containsSequence("-chardev", "socket,id=monitor,path=/f/monitor,server=on,wait=off",
        "-mon", "chardev=monitor,mode=control");
    assertThat(SAVABLE.indexOf("chardev=monitor,mode=control"))
        .isLessThan(SAVABLE.indexOf("socket,id=line,path=/f/line,server=on,wait=on"));
  }

  @Test
  void oneThatIsNeitherHasItsMemoryToItselfAndNoMonitor() {
    assertThat(PLAIN).containsSequence("-object", "memory-backend-ram,id=m0,size=256M").doesNotContain("-mon", "-incoming");
  }

  /** A comma would end the option's part; QEMU reads two as one of the value (qemu(1), -drive). */
  @Test
  void aCommaInAFoldersNameIsWrittenTwice() {
    SnapshotFiles files = new SnapshotFiles(Path.of("/a,b"));
    assertThat(Emulator.restored(QEMU, KERNEL, ARCHIVE, TOPOLOGY, Path.of("/a,b/line"), files))
        .contains("memory-backend-file,mem-path=/a,,b/memory0,share=off,id=m0,size=256M",
            "socket,id=monitor,path=/a,,b/monitor,server=on,wait=off", "socket,id=line,path=/a,,b/line,server=on,wait=on");
  }

  @Test
  void aMachineThatIsBootedFindsNoMemoryOfOneBefore(@TempDir Path folder) throws IOException {
    Snapshot snapshot = new Snapshot(folder, TOPOLOGY);
    Files.writeString(snapshot.files().memory(0), "of a guest that did not come up");
    Files.writeString(snapshot.files().memory(2), "the same");
    assertThat(snapshot.emptyFiles()).isEqualTo(snapshot.files());
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aMachineWithMoreMemoryThanThereIsRoomForIsRefused(@TempDir Path folder) {
    LabTopology large = new LabTopology(Collections.nCopies(64, new LabTopology.Node(1 << 24, 1)));
    assertThatThrownBy(() -> new Snapshot(folder, large)).isInstanceOf(CannotRunException.class)
        .hasMessageStartingWith("a snapshot needs room for the machine's memory, 1073741824 MiB, and in ")
        .hasMessageContaining("java.io.tmpdir");
    assertThat(new Snapshot(folder, TOPOLOGY).isTaken()).isFalse();
  }
}
