package io.github.pageferry.linux;

import io.github.pageferry.NodeSet;
import io.github.pageferry.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code /sys/devices/system/node}: the nodes and what each says of itself. Nodes come and go (memory hot-plug)
 * while the files are read one by one, so reading is repeated until nothing has changed under it.
 */
final class NodeFiles {

  static final String FOLDER = "/sys/devices/system/node";

  /** More changes than that in a row are no hot-plug: what was read last is taken as it is. */
  private static final int TRIES = 10;

  private final HostFiles files;

  NodeFiles(HostFiles files) {
    this.files = files;
  }

  /**
   * The files' texts at one moment.
   *
   * @param online of the file {@code online}
   * @param hasMemory of {@code has_memory}, before Linux 3.9 {@code has_normal_memory}; empty where neither is there
   * @param nodes each online node's own; a node that vanished while it was read is not among them
   */
  record Texts(String online, Optional<String> hasMemory, Map<Integer, NodeText> nodes) {}

  /**
   * One node's texts.
   *
   * @param hugePages for each folder of {@code hugepages} the texts of {@code nr_hugepages} and {@code free_hugepages}
   */
  record NodeText(String cpulist, String meminfo, String distance, Map<String, PoolText> hugePages) {}

  /** A pool of huge pages. */
  record PoolText(String total, String free) {}

  /**
   * The nodes as they are now.
   *
   * @param pageBytes the size of a base page, which sysfs does not say
   * @throws IllegalStateException where sysfs does not have them
   */
  Topology topology(int pageBytes) {
    return TopologyParser.parse(read(), pageBytes);
  }

  private Texts read() {
    Texts texts = readOnce();
    for (int i = 0; i < TRIES && !isWhole(texts); i++) {
      texts = readOnce();
    }
    return texts;
  }

  private Texts readOnce() {
    String online = files.tryRead(FOLDER + "/online").orElseThrow(() -> new IllegalStateException(
        FOLDER + "/online cannot be read: the kernel was built without CONFIG_NUMA, or sysfs is not mounted on /sys"));
    Map<Integer, NodeText> nodes = new LinkedHashMap<>();
    for (int node : TopologyParser.online(online).stream().toArray()) {
      readNode(node).ifPresent(text -> nodes.put(node, text));
    }
    Optional<String> hasMemory =
        files.tryRead(FOLDER + "/has_memory").or(() -> files.tryRead(FOLDER + "/has_normal_memory"));
    return new Texts(online, hasMemory, nodes);
  }

  private Optional<NodeText> readNode(int node) {
    String folder = FOLDER + "/node" + node;
    Optional<String> meminfo = files.tryRead(folder + "/meminfo");
    if (meminfo.isEmpty()) {
      return Optional.empty();
    }
    Map<String, PoolText> hugePages = new LinkedHashMap<>();
    for (String pool : files.list(folder + "/hugepages")) {
      String total = files.tryRead(folder + "/hugepages/" + pool + "/nr_hugepages").orElse("");
      String free = files.tryRead(folder + "/hugepages/" + pool + "/free_hugepages").orElse("");
      hugePages.put(pool, new PoolText(total, free));
    }
    return Optional.of(new NodeText(
        files.tryRead(folder + "/cpulist").orElse(""),
        meminfo.get(),
        files.tryRead(folder + "/distance").orElse(""),
        hugePages));
  }

  /** Whether every online node was read, knows a distance to every other, and the same ones are online still. */
  private boolean isWhole(Texts texts) {
    NodeSet online = TopologyParser.online(texts.online());
    List<NodeText> read = new ArrayList<>(texts.nodes().values());
    return read.size() == online.size()
        && read.stream().allMatch(node -> TopologyParser.distances(node.distance()).size() == online.size())
        && texts.online().equals(files.tryRead(FOLDER + "/online").orElse(""));
  }
}
