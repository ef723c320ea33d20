package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.host.Jvm;
import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels of an archive that is a folder. */
class KernelStoreTest {

  private static final String RELEASE = "6.1.0-56-cloud-amd64";
  private static final String NAME = "linux-image-" + RELEASE;

  @TempDir
  private Path dir;

  private FakeDebian debian;
  private LabFolder cache;

  @BeforeEach
  void offer() {
    debian = new FakeDebian(dir.resolve("debian"));
    cache = new LabFolder(dir.resolve("cache"));
    debian.offer(kernel());
  }

  @AfterEach
  void close() {
    debian.close();
  }

  private DebianPackage kernel() {
    return debian.build(NAME, "6.1.192-2", "boot/vmlinuz-" + RELEASE, "lib/modules/ext4.ko", "lib/modules/other.ko");
  }

  private KernelStore store() {
    return new KernelStore(cache, new Tools(cache));
  }

  /** Another process that obtains it, for {@link #twoProcessesAtOnceFetchItOnce}. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) {
      LabFolder cache = new LabFolder(Path.of(args[0]));
      System.out.println(new KernelStore(cache, new Tools(cache)).obtain("6.1", false).release());
    }
  }

  @Test
  void aKernelIsFetchedOnceAndKept() throws IOException {
    Kernel kernel = store().obtain("6.1", false);
    assertThat(kernel.release()).isEqualTo(RELEASE);
    assertThat(kernel.image()).hasContent("content of boot/vmlinuz-" + RELEASE);
    assertThat(kernel.modules()).extracting(path -> path.getFileName().toString()).containsExactly("10-ext4.ko");
    assertThat(kernel.image().resolveSibling("SHA256SUMS")).hasContent(kernel().sha256() + "  " + NAME + "_6.1.192-2");
    assertThat(cache.resolve("debs")).isEmptyDirectory();
    debian.write("offline", "");
    assertThat(store().obtain("6.1", false)).isEqualTo(kernel);
    assertThat(store().here()).extracting(KernelName::release).containsExactly(RELEASE);
    assertThat(debian.calls("download")).hasSize(1);
  }

  @Test
  void aWrongChecksumIsRefusedAndNothingStays() {
    String right = kernel().sha256();
    debian.write("pool/" + NAME + ".deb", "boot/vmlinuz-of-somebody-else\n");
    assertThatThrownBy(() -> store().obtain("6.1", false)).isInstanceOf(CannotRunException.class)
        .hasMessageMatching(NAME + "\\.deb has the SHA-256 sum [0-9a-f]{64}, and should have " + right);
    assertThat(store().here()).isEmpty();
    assertThat(cache.resolve("debs")).isEmptyDirectory();
    debian.offer(kernel());
    assertThat(store().obtain("6.1", false).release()).as("later").isEqualTo(RELEASE);
  }

  @Test
  void whatAKilledProcessLeftIsNotTaken() throws IOException {
    Files.createDirectories(cache.resolve("debs/.unfinished"));
    Files.writeString(cache.resolve("debs/.unfinished/half.deb"), "boot/vmlinuz-of-somebody-else\nboot/");
    Files.createDirectories(cache.resolve("kernels/.unfinished-" + RELEASE + "/unpacked/boot"));
    Files.writeString(cache.resolve("kernels/.unfinished-" + RELEASE + "/unpacked/boot/vmlinuz"), "half");
    assertThat(store().here()).isEmpty();
    assertThat(store().obtain("6.1", false).image()).hasContent("content of boot/vmlinuz-" + RELEASE);
    assertThat(cache.resolve("kernels").toFile().list()).containsExactly(RELEASE);
  }

  @Test
  void aDownloadThatFailsIsTriedThreeTimesAndTheCommandIsNamed() {
    debian.remove("pool/" + NAME + ".deb");
    assertThatThrownBy(() -> store().obtain("6.1", false)).isInstanceOf(CannotRunException.class)
        .hasMessageContaining("'apt-get -q -y -o Acquire::Retries=3 download " + NAME + "=6.1.192-2' failed (")
        .hasMessageContaining(NAME + ".deb");
    assertThat(debian.calls("download")).hasSize(3);
    assertThat(store().here()).isEmpty();
  }

  @Test
  void withoutTheArchiveThoseAreOfferedThatItHadBefore() {
    List<String> notes = new ArrayList<>();
    assertThat(store().offered(notes::add)).extracting(KernelName::release).containsExactly(RELEASE);
    debian.write("offline", "");
    assertThat(store().offered(notes::add)).extracting(KernelName::release).containsExactly(RELEASE);
    assertThat(notes).isEmpty();
    assertThat(debian.calls("update")).as("once, then three tries").hasSize(4);
  }

  @Test
  void anArchiveThatWasNeverReachedIsSaidToBe() {
    debian.write("offline", "");
    assertThatThrownBy(() -> store().obtain("6.1", false)).isInstanceOf(CannotRunException.class)
        .hasMessage("the lists of Debian packages cannot be fetched:\nE: no network");
  }

  @Test
  void whatTheArchivesDoNotHaveIsSaidToBeNone() {
    assertThatThrownBy(() -> store().obtain("4.19", false)).isInstanceOf(CannotRunException.class)
        .hasMessage("there is no Debian kernel 4.19; 'pageferry lab list' lists those that there are");
    debian.offer(debian.build(NAME, "6.1.192-2", "lib/modules/ext4.ko"));
    assertThatThrownBy(() -> store().obtain("6.1", false)).isInstanceOf(CannotRunException.class)
        .hasMessage("the packages of kernel " + RELEASE + " hold no image");
    assertThat(store().here()).isEmpty();
  }

  @Test
  void withoutAptTheCommandsThatBringItAreNamed() {
    debian.remove("bin/dpkg-deb");
    assertThatThrownBy(() -> store().obtain("6.1", false)).isInstanceOf(CannotRunException.class)
        .hasMessage("kernel 6.1 is not in " + cache + ", and cannot be fetched: there is no dpkg-deb on this machine to fetch"
            + " Debian packages with (Fedora: dnf install apt dpkg debian-keyring;"
            + " Arch: pacman -S apt dpkg debian-archive-keyring)");
  }

  @Test
  void twoProcessesAtOnceFetchItOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      List<String> command = new ArrayList<>(Jvm.command(Jvm.CLASS_PATH, Main.class, dir.resolve("cache").toString()));
      command.addAll(1, debian.settings());
      processes.add(new ProcessBuilder(command).redirectErrorStream(true).start());
    }
    for (Process process : processes) {
      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(RELEASE + "\n");
      assertThat(process.waitFor()).isZero();
    }
    assertThat(debian.calls("download")).hasSize(1);
  }
}
