package io.github.pageferry.it.host;

import io.github.pageferry.it.host.PrivateMount.Unavailable;
import io.github.pageferry.it.workload.Need;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A formatted disk that is a file in memory behind a loop device, loop(4). The device frees itself once it is neither
 * open nor mounted, and the file goes with it.
 */
final class DiskImage implements AutoCloseable {

  private static final int LOOP_SET_FD = 0x4C00;
  private static final int LOOP_SET_STATUS64 = 0x4C04;
  private static final int LOOP_CTL_GET_FREE = 0x4C82;
  private static final int LO_FLAGS_AUTOCLEAR = 4;
  /** The size of struct loop_info64 and where lo_flags stands in it, linux/loop.h. */
  private static final int LOOP_INFO_SIZE = 232;
  private static final int LOOP_INFO_FLAGS = 52;
  private static final long SIZE = 64L << 20;
  /** Others may take the free device first. */
  private static final int ATTEMPTS = 20;

  private final int deviceFd;
  private final String device;

  private DiskImage(int deviceFd, String device) {
    this.deviceFd = deviceFd;
    this.device = device;
  }

  /**
   * Makes one with the program that formats such file systems.
   *
   * @throws Unavailable where there is no such program, or no loop device to be had
   */
  static DiskImage make(Need kind) {
    return switch (kind) {
      case EXT4 -> make(kind, "e2fsprogs", "mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-m", "0");
      // clusters of 4096 bytes
      case VFAT -> make(kind, "dosfstools", "mkfs.vfat", "-S", "512", "-s", "8");
      default -> throw new IllegalArgumentException(kind + " needs no disk");
    };
  }

  private static DiskImage make(Need kind, String debianPackage, String program, String... options) {
    Path formatter = find(program).orElseThrow(() -> new Unavailable("no " + program + " to make one with (Debian has"
        + " it in " + debianPackage + "), and no property pageferry.host." + kind.word() + " that names a directory"));
    int file = MemoryFile.create("pageferry-disk", SIZE);
    try {
      format(formatter, List.of(options), file);
      return attach(file);
    } finally {
      Libc.close(file);
    }
  }

  private static Optional<Path> find(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/sbin", "/sbin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void format(Path formatter, List<String> options, int file) {
    List<String> command = new ArrayList<>(List.of(formatter.toString()));
    command.addAll(options);
    command.add("/proc/" + ProcessHandle.current().pid() + "/fd/" + file);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new Unavailable(formatter + " failed: " + output.strip());
      }
    } catch (IOException e) {
      throw new Unavailable(formatter + " cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted");
    }
  }

  private static DiskImage attach(int file) {
    long control = PrivateMount.orUnavailable("open /dev/loop-control",
        Libc.result(Libc.open("/dev/loop-control", Libc.O_RDWR | Libc.O_CLOEXEC, 0)));
    try {
      for (int attempt = 0; ; attempt++) {
        long number = PrivateMount.orUnavailable("find a free loop device",
            Libc.result(Libc.ioctl((int) control, LOOP_CTL_GET_FREE, 0)));
        String device = "/dev/loop" + number;
        long fd = PrivateMount.orUnavailable("open " + device,
            Libc.result(Libc.open(device, Libc.O_RDWR | Libc.O_CLOEXEC, 0)));
        long set = Libc.result(Libc.ioctl((int) fd, LOOP_SET_FD, file));
        if (set >= 0) {
          freeItselfLater((int) fd);
          return new DiskImage((int) fd, device);
        }
        Libc.close((int) fd);
        if (set != Errnos.EBUSY || attempt == ATTEMPTS) {
          PrivateMount.orUnavailable("attach " + device, set);
        }
      }
    } finally {
      Libc.close((int) control);
    }
  }

  private static void freeItselfLater(int fd) {
    ByteBuffer info = ByteBuffer.allocateDirect(LOOP_INFO_SIZE).order(ByteOrder.nativeOrder());
    info.putInt(LOOP_INFO_FLAGS, LO_FLAGS_AUTOCLEAR);
    Libc.ioctl(fd, LOOP_SET_STATUS64, Libc.addressOf(info));
    Reference.reachabilityFence(info);
  }

  /** The device's path, to be mounted before this is closed. */
  String device() {
    return device;
  }

  /** Lets go of the device, which stays while it is mounted. */
  @Override
  public void close() {
    Libc.close(deviceFd);
  }
}
