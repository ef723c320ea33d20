package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pageferry.it.host.PrivateMount.Unavailable;
import io.github.pageferry.it.workload.Need;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileSystemsTest {

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  @ParameterizedTest
  @EnumSource(value = Need.class, names = {"TMPFS", "RAMFS", "EXT4", "VFAT"})
  void filesHaveNoNameAndMountsAreSeenByNobody(Need kind) {
    String mounts = KernelFile.read(MOUNTS).orElseThrow();
    try (FileSystems fileSystems = new FileSystems()) {
      assumeTrue(fileSystems.lacks(kind).isEmpty(), () -> "no " + kind.word() + ": " + fileSystems.lacks(kind).get());
      long fd = fileSystems.createFile(kind);
      assertThat(fd).isNotNegative();
      assertThat(openFile(fd)).endsWith(" (deleted)");
      Libc.close((int) fd);
      assertThat(KernelFile.read(MOUNTS)).contains(mounts);
    }
  }

  /** Linux 3.11 and later. */
  @ParameterizedTest
  @EnumSource(value = Need.class, names = {"TMPFS", "EXT4"})
  void filesNeverHadANameWhereTheFileSystemCanDoWithout(Need kind) {
    try (FileSystems fileSystems = new FileSystems()) {
      assumeTrue(fileSystems.lacks(kind).isEmpty(), () -> "no " + kind.word() + ": " + fileSystems.lacks(kind).get());
      long fd = fileSystems.createFile(kind);
      assertThat(openFile(fd)).doesNotContain("pageferry-").contains("/#");
      Libc.close((int) fd);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Need.class, names = {"EXT4", "VFAT"})
  void aDiskOfItsOwnGoesWithTheLastDescriptor(Need kind) throws IOException {
    Set<String> before = loopDevicesInUse();
    int directory;
    try {
      directory = PrivateMount.mountImage(kind);
    } catch (Unavailable e) {
      assumeTrue(false, "no disk with " + kind.word() + ": " + e.getMessage());
      return;
    }
    long file = Libc.result(Libc.openat(directory, "file", Libc.O_RDWR | Libc.O_CREAT, 0600));
    assertThat(file).isNotNegative();
    assertThat(loopDevicesInUse()).hasSize(before.size() + 1);
    Libc.close((int) file);
    Libc.close(directory);
    // the kernel lets go of the device a moment later
    for (int i = 0; i < 1000 && !loopDevicesInUse().equals(before); i++) {
      Pause.millis(10);
    }
    assertThat(loopDevicesInUse()).isEqualTo(before);
  }

  private static String openFile(long fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> loopDevicesInUse() throws IOException {
    try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
      List<String> inUse = devices.filter(device -> Files.exists(device.resolve("loop/backing_file")))
          .map(device -> device.getFileName().toString()).toList();
      return Set.copyOf(inUse);
    }
  }
}
