package io.github.pageferry.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with files of another machine. */
final class FakeRoot {

  private static final String NODES = "/sys/devices/system/node/";

  private final Path root;

  FakeRoot(Path root) {
    this.root = root;
  }

  FakeRoot file(String path, String text) {
    try {
      Path file = root.resolve(path.substring(1));
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  FakeRoot online(String nodes) {
    return file(NODES + "online", nodes + "\n");
  }

  FakeRoot withMemory(String nodes) {
    return file(NODES + "has_memory", nodes + "\n");
  }

  /** A node as the kernel describes it ({@code drivers/base/node.c}), with some of meminfo's lines. */
  FakeRoot node(int number, String cpus, long totalKilobytes, long freeKilobytes, String distances) {
    String folder = NODES + "node" + number + "/";
    String meminfo = String.format(
        "%nNode %d MemTotal:       %8d kB%nNode %d MemFree:        %8d kB%nNode %d MemUsed:        %8d kB%n",
        number, totalKilobytes, number, freeKilobytes, number, totalKilobytes - freeKilobytes).stripLeading();
    return file(folder + "meminfo", meminfo)
        .file(folder + "cpulist", cpus + "\n")
        .file(folder + "distance", distances + "\n");
  }

  FakeRoot hugePages(int node, String kilobytes, long total, long free) {
    String folder = NODES + "node" + node + "/hugepages/hugepages-" + kilobytes + "kB/";
    return file(folder + "nr_hugepages", total + "\n").file(folder + "free_hugepages", free + "\n");
  }

  HostFiles files() {
    return new HostFiles(root);
  }

  Path path() {
    return root;
  }
}
