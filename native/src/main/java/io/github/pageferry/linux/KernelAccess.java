package io.github.pageferry.linux;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way to the kernel, or the reason why there is none: another operating system, an unknown architecture, a JNA
 * that cannot be loaded.
 *
 * @param calls the system calls
 * @param pageBytes the size of a base page in bytes
 */
record KernelAccess(SystemCalls calls, int pageBytes) {

  /** Loading is tried once in a process: an {@link Error} of a static initializer is told in full only the first time. */
  private static final class Attempt {
    static final @Nullable KernelAccess ACCESS;
    static final String FAILURE;

    static {
      KernelAccess access = null;
      String failure = "";
      String osArch = System.getProperty("os.arch", "");
      Optional<String> refused = refusedPlatform(System.getProperty("os.name", ""), osArch);
      if (refused.isPresent()) {
        failure = refused.get();
      } else {
        try {
          SystemCalls calls = new KernelSystemCalls(Architecture.named(osArch).orElseThrow());
          access = new KernelAccess(calls, LibC.getpagesize());
        } catch (VirtualMachineError e) {
          throw e;
        } catch (Throwable e) {
          // JNA throws plain Errors, too (a native library of another version).
          failure = loadFailure(e, System.getProperty("jna.tmpdir", "~/.cache/JNA/temp, else java.io.tmpdir"));
        }
      }
      ACCESS = access;
      FAILURE = failure;
    }
  }

  /** Why the kernel cannot be called from this JVM and what to do about it, or empty where it can. */
  static Optional<String> whyUnavailable() {
    return Attempt.ACCESS == null ? Optional.of(Attempt.FAILURE) : Optional.empty();
  }

  /**
   * The way to the kernel.
   *
   * @throws IllegalStateException where there is none, with the reason and a remedy
   */
  static KernelAccess get() {
    KernelAccess access = Attempt.ACCESS;
    if (access == null) {
      throw new IllegalStateException(Attempt.FAILURE);
    }
    return access;
  }

  /** Why a platform is refused, as its system properties name it; empty where it is not. */
  static Optional<String> refusedPlatform(String osName, String osArch) {
    if (!osName.toLowerCase(Locale.ROOT).equals("linux")) {
      return Optional.of("the kernel backend needs Linux, and this is " + osName
          + ": use the simulator (put pageferry-sim on the class path), or a Linux machine");
    }
    if (Architecture.named(osArch).isEmpty()) {
      return Optional.of("the numbers of the NUMA system calls are not known for the architecture " + osArch
          + " (a 64-bit JVM on x86-64, aarch64, riscv64, ppc64le or s390x is needed): use the simulator");
    }
    return Optional.empty();
  }

  /**
   * What to say and advise where JNA did not load.
   *
   * @param folder where it unpacks its native library
   */
  static String loadFailure(Throwable failure, String folder) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String said = String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
    if (cause instanceof ClassNotFoundException || said.equals("com/sun/jna/Native")) {
      return "JNA is not on the class path: add net.java.dev.jna:jna";
    }
    if (said.contains("incompatible JNA native library")) {
      return "JNA's Java classes and its native library are of different versions (" + said
          + "): leave one version of net.java.dev.jna:jna on the class path, and drop -Djna.boot.library.path if it is set";
    }
    if (cause instanceof IllegalCallerException) {
      return "the JVM was told to deny native access (" + said + "): start it with --enable-native-access=ALL-UNNAMED";
    }
    return "JNA's native library could not be loaded (" + cause.getClass().getSimpleName() + ": " + said
        + "). It is unpacked into a folder (" + folder + ") and loaded from there, so that folder must be writable and"
        + " not mounted noexec: choose one with -Djna.tmpdir=DIR; or unpack libjnidispatch.so from the JNA jar once and start"
        + " with -Djna.nounpack=true -Djna.boot.library.path=ITS_FOLDER";
  }
}
