package io.github.pageferry.it.cli;

import io.github.pageferry.it.yaml.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** A file that a command writes: whole, or not at all. */
final class OutputFile {

  private OutputFile() {}

  /**
   * Refuses a file that could not be written, before long work is done for it.
   *
   * @param file null where none is asked for
   */
  static void check(@Nullable Path file) {
    if (file == null) {
      return;
    }
    Path folder = folder(file);
    if (Files.isDirectory(file)) {
      throw new BadInputException(file.toString(), "is a folder, not a file to write to");
    } else if (!Files.isDirectory(folder)) {
      throw new BadInputException(file.toString(), "cannot be written: there is no folder " + folder);
    } else if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new BadInputException(file.toString(), "may not be written by this user");
    }
  }

  /** Refuses a folder that could not be made or written to, before long work is done for it. */
  static void checkFolder(Path folder) {
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      throw new BadInputException(folder.toString(), "cannot be made: " + there + " is no folder");
    } else if (!Files.isWritable(there)) {
      throw new BadInputException(folder.toString(), "may not be written by this user");
    }
  }

  /** Makes a folder where there is none. */
  static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new BadInputException(folder.toString(), "is no folder and cannot be made: " + e);
    }
  }

  /**
   * Writes a text.
   *
   * @param file null where none is asked for
   */
  static void write(@Nullable Path file, String text) {
    if (file == null) {
      return;
    }
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        // A pipe or a device has to stay what it is.
        Files.writeString(file, text);
        return;
      }
      // Not createTempFile, whose files nobody else may read.
      Path unfinished = folder(file).resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
      try {
        Files.writeString(unfinished, text);
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      throw new BadInputException(file.toString(), "cannot be written: " + e);
    }
  }

  private static Path folder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file : folder;
  }
}
