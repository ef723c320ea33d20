package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder for the files of one backend's guests. It goes with {@link #close}, with the JVM, or with the next such
 * folder.
 */
final class GuestFolder implements AutoCloseable {

  private static final String NAME = "pageferry-lab-";

  /** Locked as long as somebody uses the folder. */
  private static final String OWNED = "owned";

  /** A socket's path has no more room (unix(7)), its name is in the folder. */
  private static final int LONGEST_PARENT = 60;

  /** Those of this JVM: to look at one's lock would drop it (fcntl(2): closing any descriptor of the file does). */
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel owned;
  private final Thread shutdownHook;

  GuestFolder() {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    if (parent.toString().length() > LONGEST_PARENT) {
      parent = Path.of("/tmp");
    }
    synchronized (IN_USE) {
      try {
        removeLeftovers(parent);
        path = Files.createTempDirectory(parent, NAME + ProcessHandle.current().pid() + "-");
        owned = own(path);
      } catch (IOException e) {
        throw new CannotRunException("no folder for guests can be made in " + parent + ": " + e, e);
      }
      IN_USE.add(path);
    }
    shutdownHook = new Thread(this::delete, "pageferry-lab-end");
    Runtime.getRuntime().addShutdownHook(shutdownHook);
  }

  /** Locks a new folder; where that cannot be done, the folder goes. */
  private static FileChannel own(Path folder) throws IOException {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(folder.resolve(OWNED), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.lock();
      return channel;
    } catch (IOException e) {
      discard(folder, channel);
      throw e;
    }
  }

  /** Of processes that ended without a chance to do so. */
  private static void removeLeftovers(Path parent) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(parent)) {
      all = files.filter(path -> path.getFileName().toString().startsWith(NAME) && !IN_USE.contains(path)).toList();
    }
    for (Path each : all) {
      try (FileChannel channel = FileChannel.open(each.resolve(OWNED), StandardOpenOption.WRITE)) {
        if (channel.tryLock() != null) {
          deleteAll(each);
        }
      } catch (IOException | UncheckedIOException | OverlappingFileLockException e) {
        // another user's, or another process is about to use it or to delete it
        continue;
      }
    }
  }

  Path path() {
    return path;
  }

  /** Its lock's file last, without which the next such folder would not take it for a leftover. */
  private static void deleteAll(Path folder) throws IOException {
    List<Path> inside;
    try (Stream<Path> files = Files.list(folder)) {
      inside = files.filter(file -> !file.endsWith(OWNED)).toList();
    }
    for (Path each : inside) {
      LabFolder.delete(each);
    }
    LabFolder.delete(folder);
  }

  /** @param lock which ends in any case, so that the next such folder finds what cannot be deleted */
  private static void discard(Path folder, @Nullable FileChannel lock) {
    try (lock) {
      deleteAll(folder);
    } catch (IOException | UncheckedIOException e) {
      return;
    }
  }

  private void delete() {
    discard(path, owned);
    IN_USE.remove(path);
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // the JVM is shutting down
      return;
    }
  }
}
