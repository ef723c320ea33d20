package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The first root file system of guests: a shell, a Java runtime, the harness, modules and formatted disks. */
final class GuestImage {

  private static final String INIT = "guest-init.sh";
  private static final String APP = "app";

  private GuestImage() {}

  /**
   * Writes the archive for a kernel.
   *
   * @param scratch an empty folder for files in between
   * @param archive the file to write
   */
  static void write(LabFolder cache, Tools tools, Kernel kernel, Path scratch, Path archive) {
    try {
      Path app = Files.createDirectories(scratch.resolve(APP));
      List<String> jars = ClassPath.copy(app);
      try (Cpio cpio = new Cpio(new BufferedOutputStream(Files.newOutputStream(archive), 1 << 20))) {
        for (String folder : List.of("proc", "sys", "dev", "tmp", "mnt/ext4", "mnt/vfat", "bin")) {
          cpio.folder(folder);
        }
        cpio.device("dev/console", 5, 1);
        cpio.device("dev/null", 1, 3);
        cpio.file("init", init(), true);
        cpio.file("bin/busybox", tools.busybox());
        cpio.file("app/command", String.join(" ", command(jars)).getBytes(StandardCharsets.UTF_8), false);
        cpio.contents("", new JavaRuntime(cache).folder());
        cpio.contents(APP + "/", app);
        cpio.contents("disks/", Disks.folder(cache, tools));
        for (Path module : kernel.modules()) {
          cpio.file("modules/" + module.getFileName(), module);
        }
      }
      LabFolder.delete(app);
    } catch (IOException e) {
      throw new CannotRunException("the guest's root file system cannot be written: " + e, e);
    }
  }

  private static List<String> command(List<String> jars) {
    List<String> command = new ArrayList<>(List.of("/jre/bin/java",
        // a small heap, since a step may move all pages of this process, and others copy them
        "-Xms6m", "-Xmn2m", "-Xmx96m", "-XX:+UseSerialGC", "-XX:-UsePerfData",
        "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djna.nounpack=true", "-Djna.boot.library.path=/app",
        "-Dpageferry.host.ext4=/mnt/ext4", "-Dpageferry.host.vfat=/mnt/vfat"));
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", String.join(":", jars), "io.github.pageferry.it.lab.guest.GuestServer"));
    return command;
  }

  private static byte[] init() throws IOException {
    try (InputStream in = Objects.requireNonNull(GuestImage.class.getResourceAsStream(INIT), INIT)) {
      return in.readAllBytes();
    }
  }
}
