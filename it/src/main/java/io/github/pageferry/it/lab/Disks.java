package io.github.pageferry.it.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Images of formatted disks, which the guest writes to RAM disks and mounts. */
final class Disks {

  /** What any kernel that has ext4 can write to, whatever the machine's mke2fs would add. */
  private static final String FEATURES =
      "none,has_journal,ext_attr,filetype,extent,sparse_super,large_file,dir_index";

  static final int MEGABYTES = 16;

  private Disks() {}

  /** The folder with {@code ext4.img.gz} and {@code vfat.img.gz}. */
  static Path folder(LabFolder cache, Tools tools) {
    return cache.folder("disks", folder -> {
      make(folder, "ext4", MEGABYTES, tools.mke2fs(), "-q", "-F", "-t", "ext4", "-b", "4096", "-m", "0", "-O", FEATURES);
      // clusters of 4096 bytes
      make(folder, "vfat", 4, tools.mkfsVfat(), "-S", "512", "-s", "8");
    });
  }

  private static void make(Path folder, String name, int megabytes, Tools.Tool formatter, String... options)
      throws IOException {
    Path image = folder.resolve(name + ".img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((long) megabytes << 20);
    }
    List<String> command = Programs.with(Programs.with(formatter.command(), options), image.toString());
    Programs.succeed(folder, formatter.environment(), command);
    try (OutputStream file = Files.newOutputStream(folder.resolve(name + ".img.gz"));
        GZIPOutputStream out = new GZIPOutputStream(file)) {
      Files.copy(image, out);
    }
    Files.delete(image);
  }
}
