package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSettingsTest {

  @TempDir
  private Path folder;

  private Path file(String name, String value) throws IOException {
    return Files.writeString(folder.resolve(name), value + "\n");
  }

  @Test
  void putsBackWhatStoodThereFirst() throws IOException {
    Path file = file("run", "1");
    KernelSettings settings = new KernelSettings();
    assertThat(settings.set(file, "2")).isTrue();
    assertThat(settings.set(file, "0")).isTrue();
    assertThat(KernelFile.read(file)).contains("0");
    settings.close();
    assertThat(KernelFile.read(file)).contains("1");
  }

  @Test
  void aValueThatIsThereAlreadyIsNotWritten() throws IOException {
    Path file = file("run", "1");
    file.toFile().setLastModified(1_000_000);
    try (KernelSettings settings = new KernelSettings()) {
      assertThat(settings.set(file, "1")).isTrue();
    }
    assertThat(file.toFile().lastModified()).isEqualTo(1_000_000);
  }

  @Test
  void saysThatAFileIsMissing() {
    try (KernelSettings settings = new KernelSettings()) {
      assertThat(settings.set(folder.resolve("none"), "1")).isFalse();
    }
  }

  @Test
  void whatCannotBePutBackIsNamedAndTheRestIsPutBack() throws IOException {
    Path kept = file("kept", "1");
    Path lost = file("lost", "5");
    KernelSettings settings = new KernelSettings();
    settings.set(kept, "2");
    settings.set(lost, "6");
    Files.delete(lost);
    assertThatThrownBy(settings::close).hasMessage("could not put back '5' into " + lost + " (ENOENT)");
    assertThat(KernelFile.read(kept)).contains("1");
  }

  @Test
  void ofAListOfChoicesTheChosenOneCounts() {
    assertThat(KernelSettings.chosen("always [madvise] never")).isEqualTo("madvise");
    assertThat(KernelSettings.chosen("1")).isEqualTo("1");
  }
}
