package io.github.pageferry;

import io.github.pageferry.spi.MemoryMigratorProvider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Opens a {@link MemoryMigrator}: finds the backends on the class path and picks one.
 *
 * <p>Without a wish of the caller's it is the kernel where that has two nodes or more with memory, else the simulator
 * if it is on the class path, else the kernel with the one node that it has. One line of the {@link System.Logger}
 * named {@code io.github.pageferry} says which and why.
 *
 * <p>The system property {@value #PROPERTY} or, where that is not set, the environment variable {@value #ENVIRONMENT}
 * forces a backend upon {@link #open()}. A backend that was asked for and can't serve is an error, never replaced by
 * another.
 *
 * <p>Where Java Flight Recorder is part of the runtime, every call that is made through what is opened here is an event
 * {@code io.github.pageferry.MemoryCall}.
 */
public final class MemoryMigrators {

  /** The system property that forces a backend, for example {@code -Dpageferry.backend=linux}. */
  public static final String PROPERTY = "pageferry.backend";

  /** The environment variable that forces a backend, for example {@code PAGEFERRY_BACKEND="sim:6.18 nodes:4"}. */
  public static final String ENVIRONMENT = "PAGEFERRY_BACKEND";

  private MemoryMigrators() {}

  /**
   * Opens the backend that the property or the variable names, else the one that serves best here.
   *
   * @throws IllegalStateException where none can serve, or the one that is forced can't, with the reasons
   * @throws IllegalArgumentException where the property or the variable does not name a backend that is there, or gives
   *     it options that it does not understand
   */
  public static MemoryMigrator open() {
    return Flight.recording(choice().open());
  }

  /**
   * Opens this backend and no other, whatever the property and the variable say.
   *
   * @param spec a backend's name ({@code linux}, {@code sim}) and, after a colon, options that the backend defines:
   *     {@code "sim:6.18 nodes:4 memory:16GiB"}
   * @throws IllegalStateException where it can't serve here, with the reason
   * @throws IllegalArgumentException where there is no such backend (the message lists those that there are), or it
   *     does not understand the options
   */
  public static MemoryMigrator open(String spec) {
    Objects.requireNonNull(spec, "spec");
    return Flight.recording(choice().open(spec));
  }

  private static BackendChoice choice() {
    Logger logger = System.getLogger(MemoryMigrators.class.getPackageName());
    return new BackendChoice(providers(logger), System::getProperty, System::getenv, MemoryMigrators::announce);
  }

  /** A method of its own, since many handlers print the name of the method that logs. */
  private static void announce(String line) {
    System.getLogger(MemoryMigrators.class.getPackageName()).log(Level.INFO, line);
  }

  /**
   * Those that the thread's class loader sees, or else (in containers of applications) those that this class's does.
   */
  private static List<MemoryMigratorProvider> providers(Logger logger) {
    List<MemoryMigratorProvider> found = load(Thread.currentThread().getContextClassLoader(), logger);
    return found.isEmpty() ? load(MemoryMigrators.class.getClassLoader(), logger) : found;
  }

  private static List<MemoryMigratorProvider> load(ClassLoader loader, Logger logger) {
    List<MemoryMigratorProvider> found = new ArrayList<>();
    var backends = ServiceLoader.load(MemoryMigratorProvider.class, loader).iterator();
    while (true) {
      // A backend that is broken must not hide the others: the iterator goes on behind it.
      try {
        if (!backends.hasNext()) {
          return found;
        }
        found.add(backends.next());
      } catch (ServiceConfigurationError e) {
        logger.log(Level.WARNING, "a backend cannot be loaded: " + e.getMessage() + causeOf(e));
      }
    }
  }

  private static String causeOf(Throwable e) {
    return e.getCause() == null ? "" : ": " + e.getCause();
  }
}
