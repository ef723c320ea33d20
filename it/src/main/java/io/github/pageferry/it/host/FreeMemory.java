package io.github.pageferry.it.host;

import io.github.pageferry.it.workload.MemoryDemand;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a workload's memory can be had without driving the machine out of it. A quarter of what there is stays untouched: other
 * processes want some meanwhile, and the kernel begins to reclaim, and to move pages by itself, before all is taken.
 */
final class FreeMemory {

  private static final int MIB_SHIFT = 20;
  private static final String KILOBYTES = " kB";

  private final Path root;
  private final long pageBytes;
  private final long heapBytes;

  /**
   * Reads what is free where a machine's files are.
   *
   * @param root the folder that stands for {@code /}
   * @param pageBytes the size of a base page
   * @param heapBytes how much the JVM's heap can become
   */
  FreeMemory(Path root, long pageBytes, long heapBytes) {
    this.root = root;
    this.pageBytes = pageBytes;
    this.heapBytes = heapBytes;
  }

  static FreeMemory ofHost() {
    return new FreeMemory(Path.of("/"), Libc.PAGE_SIZE, Runtime.getRuntime().maxMemory());
  }

  /** Why there is too little, with the figures; empty where there is enough, or where the kernel does not say. */
  Optional<String> lacks(MemoryDemand demand) {
    long all = demand.pages() * pageBytes;
    OptionalLong available = bytes(text("proc/meminfo"), "MemAvailable:");
    if (isTooMuch(all, available)) {
      return Optional.of("needs up to " + mib(all) + " of memory; " + mib(available.getAsLong())
          + " are available (MemAvailable), of which three quarters may be used");
    }
    for (Map.Entry<Integer, Long> node : demand.pagesByNode().entrySet()) {
      long there = node.getValue() * pageBytes;
      OptionalLong free = freeOf(node.getKey());
      if (isTooMuch(there, free)) {
        return Optional.of("needs up to " + mib(there) + " on node " + node.getKey() + "; " + mib(free.getAsLong())
            + " are free or hold files there (MemFree, Active(file), Inactive(file)), of which three quarters may be used");
      }
    }
    // two backends' traces are kept until they have been compared
    long traces = 2 * Integer.BYTES * demand.traced();
    if (isTooMuch(traces, OptionalLong.of(heapBytes))) {
      return Optional.of("needs " + mib(traces) + " of heap for its traces; the JVM has at most " + mib(heapBytes)
          + ", of which three quarters may be used (-Xmx gives it more)");
    }
    return Optional.empty();
  }

  private static boolean isTooMuch(long wanted, OptionalLong there) {
    return there.isPresent() && wanted > there.getAsLong() / 4 * 3;
  }

  private OptionalLong freeOf(int node) {
    String text = text("sys/devices/system/node/node" + node + "/meminfo");
    String name = "Node " + node + " ";
    OptionalLong free = bytes(text, name + "MemFree:");
    return free.isEmpty() ? free : OptionalLong.of(free.getAsLong()
        + bytes(text, name + "Active(file):").orElse(0) + bytes(text, name + "Inactive(file):").orElse(0));
  }

  private String text(String file) {
    return KernelFile.read(root.resolve(file)).orElse("");
  }

  /** The figure of a line like {@code MemAvailable:   22086440 kB}. */
  private static OptionalLong bytes(String text, String name) {
    int at = text.startsWith(name) ? 0 : text.indexOf("\n" + name) + 1;
    if (at == 0 && !text.startsWith(name)) {
      return OptionalLong.empty();
    }
    int end = text.indexOf('\n', at);
    String line = text.substring(at, end < 0 ? text.length() : end);
    return line.endsWith(KILOBYTES)
        ? OptionalLong.of(Long.parseLong(line.substring(name.length(), line.length() - KILOBYTES.length()).strip()) << 10)
        : OptionalLong.empty();
  }

  private static String mib(long bytes) {
    return ((bytes >> MIB_SHIFT) + ((bytes & ((1L << MIB_SHIFT) - 1)) == 0 ? 0 : 1)) + " MiB";
  }
}
