package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GuestFolderTest {

  /** Whether another process would find the folder in use: locks stand with their inode in proc(5)'s list. */
  private static boolean isLocked(GuestFolder folder) throws IOException {
    Object inode = Files.getAttribute(folder.path().resolve("owned"), "unix:ino");
    return Files.readString(Path.of("/proc/locks")).contains(":" + inode + " ");
  }

  @Test
  void aFolderStaysInUseWhenAnotherOfTheSameProcessIsMade() throws IOException {
    try (GuestFolder first = new GuestFolder()) {
      assertThat(isLocked(first)).isTrue();
      try (GuestFolder second = new GuestFolder()) {
        assertThat(isLocked(first)).isTrue();
        assertThat(isLocked(second)).isTrue();
      }
      assertThat(isLocked(first)).isTrue();
    }
  }

  @Test
  void aFolderGoesWithAllThatIsInIt() throws IOException {
    Path path;
    try (GuestFolder folder = new GuestFolder()) {
      path = folder.path();
      Files.writeString(path.resolve("memory0"), "of a guest");
    }
    assertThat(path).doesNotExist();
  }
}
