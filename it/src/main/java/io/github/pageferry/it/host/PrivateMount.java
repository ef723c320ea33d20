package io.github.pageferry.it.host;

import io.github.pageferry.it.workload.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Directories on file systems of a wanted kind, as descriptors.
 *
 * <p>Where no directory that is there already will do, the file system is mounted in a mount namespace of one
 * short-lived thread, opened, and detached again: nobody else ever sees the mount, and it goes with the last descriptor
 * to it, however this process ends.
 */
final class PrivateMount {

  /** There is no such file system, and the message says why and what would help. */
  static final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Unavailable(String message) {
      super(message);
    }
  }

  /** Where the thread mounts: a directory that any Linux has. What is under it is only hidden from that thread. */
  private static final String MOUNT_POINT = "/proc";

  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private static final String PROPERTY = "pageferry.host.";

  private PrivateMount() {}

  /** Opens a directory that files of this kind can be made in. The caller closes the descriptor. */
  static int open(Need kind) {
    String property = PROPERTY + kind.word();
    String given = System.getProperty(property);
    if (given != null) {
      return openGiven(kind, Path.of(given), property);
    }
    return switch (kind) {
      case TMPFS -> openTmpfs();
      case RAMFS -> mount("ramfs", "ramfs");
      case EXT4 -> openExt4();
      case VFAT -> mountImage(kind);
      default -> throw new IllegalArgumentException(kind + " is not a file system");
    };
  }

  private static int openTmpfs() {
    try {
      return mount("tmpfs", "tmpfs");
    } catch (Unavailable e) {
      // the one that shm_open(3) uses is open to everyone
      if (isOn("tmpfs", SHARED_MEMORY)) {
        return openDirectory(SHARED_MEMORY);
      }
      throw e;
    }
  }

  private static int openExt4() {
    for (String name : new String[] {System.getProperty("java.io.tmpdir"), "/var/tmp"}) {
      Path directory = Path.of(name);
      if (isOn("ext4", directory)) {
        return openDirectory(directory);
      }
    }
    return mountImage(Need.EXT4);
  }

  /** Opens the root of a file system made for the purpose. */
  static int mountImage(Need kind) {
    try (DiskImage image = DiskImage.make(kind)) {
      return mount(image.device(), kind.word());
    }
  }

  private static int openGiven(Need kind, Path directory, String property) {
    String named = directory + ", which the property " + property + " names, ";
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new Unavailable(named + "is not a directory that can be written to");
    }
    if (!isOn(kind.word(), directory)) {
      throw new Unavailable(named + "is not on a file system of the type " + kind.word());
    }
    return openDirectory(directory);
  }

  private static boolean isOn(String type, Path directory) {
    try {
      return Files.isWritable(directory) && Files.getFileStore(directory).type().equals(type);
    } catch (IOException e) {
      return false;
    }
  }

  private static int openDirectory(Path directory) {
    return (int) orUnavailable("open " + directory,
        Libc.result(Libc.open(directory.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0)));
  }

  private static int mount(String source, String type) {
    return Futures.onNewThread("pageferry-mount", () -> {
      orUnavailable("unshare the mount namespace", Libc.result(Libc.unshare(Libc.CLONE_NEWNS)));
      orUnavailable("make mounts private",
          Libc.result(Libc.mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null)));
      orUnavailable("mount " + type, Libc.result(Libc.mount(source, MOUNT_POINT, type, 0, null)));
      int fd = (int) orUnavailable("open the mounted " + type,
          Libc.result(Libc.open(MOUNT_POINT, Libc.O_RDONLY | Libc.O_CLOEXEC, 0)));
      Libc.umount2(MOUNT_POINT, Libc.MNT_DETACH);
      return fd;
    });
  }

  static long orUnavailable(String what, long result) {
    if (result < 0) {
      String hint = result == Errnos.EPERM ? " (CAP_SYS_ADMIN is needed)" : "";
      throw new Unavailable("cannot " + what + ": " + Errnos.name(result) + hint);
    }
    return result;
  }
}
