package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.run.CannotRunException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of a machine and packages of an archive that are folders. */
class ToolsTest {

  private static final String NO_APT = "there is no apt-get on this machine to fetch Debian packages with (Fedora: dnf install"
      + " apt dpkg debian-keyring; Arch: pacman -S apt dpkg debian-archive-keyring)";

  @TempDir
  private Path dir;

  private FakeDebian debian;
  private Tools tools;
  private Path unpacked;

  @BeforeEach
  void open() {
    debian = new FakeDebian(dir.resolve("debian"));
    tools = new Tools(new LabFolder(dir.resolve("cache")));
    unpacked = dir.resolve("cache/tools");
  }

  @AfterEach
  void close() {
    debian.close();
  }

  @Test
  void whatIsMissingIsNamedWithTheCommandThatInstallsIt() {
    debian.remove("bin/busybox");
    assertThat(tools.missing()).containsExactly(
        "the lab needs busybox, statically linked: apt-get install --no-install-recommends busybox-static"
            + " (Fedora: dnf install busybox)",
        "the lab needs mke2fs: apt-get install --no-install-recommends e2fsprogs (Fedora: dnf install e2fsprogs)",
        "the lab needs mkfs.vfat: apt-get install --no-install-recommends dosfstools (Fedora: dnf install dosfstools)",
        "the lab needs qemu-system-x86_64: apt-get install --no-install-recommends qemu-system-x86"
            + " (Fedora: dnf install qemu-system-x86-core)");
    debian.program("qemu-system-x86_64", "");
    debian.program("mke2fs", "");
    debian.program("mkfs.vfat", "");
    debian.program("busybox", "");
    assertThat(tools.missing()).isEmpty();
  }

  @Test
  void theMachinesOwnEmulatorIsTaken() {
    debian.program("qemu-system-x86_64", "");
    assertThat(tools.emulator().command()).containsExactly(debian.root + "/bin/qemu-system-x86_64");
    assertThat(debian.calls("install")).isEmpty();
  }

  @Test
  void anEmulatorIsUnpackedOnceAndRunsWithItsOwnLibraries() {
    debian.offer(debian.build("qemu-system-x86", "1:7.2", "usr/bin/qemu-system-x86_64"));
    Tools.Tool emulator = tools.emulator();
    Path root = unpacked.resolve("qemu-system-x86");
    assertThat(emulator.command()).containsExactly(root + "/lib64/ld-linux-x86-64.so.2", "--library-path",
        root + "/lib/x86_64-linux-gnu:" + root + "/usr/lib/x86_64-linux-gnu", root + "/usr/bin/qemu-system-x86_64",
        "-L", root + "/usr/share/qemu", "-L", root + "/usr/share/seabios");
    assertThat(emulator.environment()).containsEntry("QEMU_MODULE_DIR", root + "/usr/lib/x86_64-linux-gnu/qemu");
    assertThat(tools.emulator()).isEqualTo(emulator);
    assertThat(debian.calls("install")).containsExactly(
        "-q -y -o Acquire::Retries=3 -d install --no-install-recommends qemu-system-x86");
    debian.remove("bin/apt-get");
    assertThat(tools.emulator()).as("needs no apt any more").isEqualTo(emulator);
    assertThat(tools.missing()).noneMatch(missing -> missing.contains("qemu"));
  }

  @Test
  void aBusyboxThatNeedsLibrariesIsNotTaken() {
    assertThat(tools.busybox()).isEqualTo(debian.root.resolve("bin/busybox"));
    debian.program("busybox", "an interpreter: /lib64/ld-linux-x86-64.so.2");
    debian.offer(debian.build("busybox-static", "1", "bin/busybox"));
    assertThat(tools.busybox()).isEqualTo(unpacked.resolve("busybox-static/bin/busybox")).hasContent("content of bin/busybox");
  }

  @Test
  void whatAPackageDoesNotHoldIsSaid() {
    debian.offer(debian.build("e2fsprogs", "1", "usr/share/doc/nothing"));
    assertThatThrownBy(() -> tools.mke2fs()).isInstanceOf(CannotRunException.class)
        .hasMessage("no sbin/mke2fs in " + unpacked.resolve("e2fsprogs"));
  }

  @Test
  void whatCannotBeFetchedIsNamedWithBothCommands() {
    debian.remove("bin/apt-get");
    assertThatThrownBy(() -> tools.emulator()).isInstanceOf(CannotRunException.class)
        .hasMessage("the lab needs qemu-system-x86_64: apt-get install --no-install-recommends qemu-system-x86"
            + " (Fedora: dnf install qemu-system-x86-core); it cannot be fetched: " + NO_APT);
  }
}
