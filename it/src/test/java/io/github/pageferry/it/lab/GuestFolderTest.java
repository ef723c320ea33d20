package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private static List<Path> folders(Path parent) throws IOException {
    try (Stream<Path> all = Files.list(parent)) {
      String name = "pageferry-lab-" + ProcessHandle.current().pid() + "-";
      return all.filter(path -> path.getFileName().toString().startsWith(name)).toList();
    }
  }

  @Test
  void aFolderThatCannotBeLockedGoes() throws IOException {
    try (GuestFolder sound = new GuestFolder()) {
      // locking ends by it
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(GuestFolder::new).isInstanceOf(CannotRunException.class)
            .hasCauseInstanceOf(FileLockInterruptionException.class);
      } finally {
        Thread.interrupted();
      }
      assertThat(folders(sound.path().getParent())).containsExactly(sound.path());
    }
  }

  @Test
  void aFolderThatCannotBeDeletedGoesWithTheNextOne(@TempDir Path elsewhere) throws IOException {
    GuestFolder folder = new GuestFolder();
    Path moved = elsewhere.resolve("moved");
    Files.move(folder.path(), moved);
    Files.createFile(folder.path());
    folder.close();
    assertThat(folder.path()).as("no folder, so deleting it failed").exists();
    Files.delete(folder.path());
    Files.move(moved, folder.path());

    new GuestFolder().close();

    assertThat(folder.path()).doesNotExist();
  }
}
