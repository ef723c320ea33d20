package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder where the lab keeps what it has downloaded and made. Whatever stands there under its final name is whole:
 * it is made under another name first. One process makes things at a time, others wait.
 */
public final class LabFolder {

  /** Where the folder is, as a system property; stands above the environment. */
  public static final String PROPERTY = "pageferry.lab.cache";

  /** The same in the environment. */
  public static final String VARIABLE = "PAGEFERRY_LAB_CACHE";

  /** Of this JVM: file locks are the whole JVM's. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final Path root;

  /**
   * @param root made where it is not there
   * @throws CannotRunException where it cannot be written to
   */
  public LabFolder(Path root) {
    this.root = root.toAbsolutePath();
    try {
      Files.createDirectories(this.root);
    } catch (IOException e) {
      throw new CannotRunException("the lab's folder " + root + " cannot be made (" + e.getMessage() + "); set " + VARIABLE
          + " to one that can", e);
    }
  }

  /** The one that is set, else {@code pageferry/lab} in the user's cache folder. */
  public static LabFolder find() {
    String set = Optional.ofNullable(System.getProperty(PROPERTY)).orElse(System.getenv(VARIABLE));
    if (set != null && !set.isEmpty()) {
      return new LabFolder(Path.of(set));
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base = cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
    return new LabFolder(base.resolve("pageferry/lab"));
  }

  Path resolve(String name) {
    return root.resolve(name);
  }

  @Override
  public String toString() {
    return root.toString();
  }

  /** Work that makes files and may fail with an I/O error. */
  interface Making<T> {
    T run() throws IOException;
  }

  /** Does something while no other process, and no other thread, makes anything in the folder. */
  <T> T exclusively(Making<T> making) {
    THREADS.lock();
    boolean outermost = THREADS.getHoldCount() == 1;
    try (@Nullable FileChannel lock = outermost
        ? FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE) : null) {
      if (lock != null) {
        lock.lock();
      }
      return making.run();
    } catch (IOException e) {
      throw new CannotRunException("the lab's folder " + root + " cannot be used: " + e, e);
    } finally {
      THREADS.unlock();
    }
  }

  /** Fills a folder, given empty, whose content is to be there wholly or not at all. */
  interface Filling {
    void fill(Path folder) throws IOException;
  }

  /**
   * A folder under this one, filled where it is not there yet.
   *
   * @param name relative
   */
  Path folder(String name, Filling filling) {
    Path folder = root.resolve(name);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    return exclusively(() -> {
      if (!Files.isDirectory(folder)) {
        Path unfinished = folder.resolveSibling(".unfinished-" + folder.getFileName());
        delete(unfinished);
        Files.createDirectories(unfinished);
        filling.fill(unfinished);
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
      }
      return folder;
    });
  }

  /** The names of the finished folders in a folder under this one, sorted; none where it is not there. */
  List<String> names(String parent) {
    Path folder = root.resolve(parent);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isDirectory).map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new CannotRunException(folder + " cannot be read: " + e, e);
    }
  }

  /** Deletes a file, or a folder with all that is in it; what is not there is no error. */
  static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
