package io.github.pageferry.linux;

import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode;
import io.github.pageferry.NumaNode.HugePagePool;
import io.github.pageferry.Topology;
import io.github.pageferry.linux.NodeFiles.NodeText;
import io.github.pageferry.linux.NodeFiles.PoolText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a topology of the texts in sysfs. One that makes no sense is an error only where nothing can stand in for it. */
final class TopologyParser {

  /** {@code LOCAL_DISTANCE} and {@code REMOTE_DISTANCE} of {@code linux/topology.h}: where a node's row is not of use. */
  private static final int LOCAL_DISTANCE = 10;

  private static final int REMOTE_DISTANCE = 20;

  private TopologyParser() {}

  static Topology parse(NodeFiles.Texts texts, int pageBytes) {
    NodeSet online = online(texts.online());
    Optional<NodeSet> withMemory = texts.hasMemory().flatMap(KernelText::nodes);
    List<NumaNode> nodes = new ArrayList<>();
    List<List<Integer>> distances = new ArrayList<>();
    texts.nodes().forEach((number, text) -> {
      nodes.add(node(number, text, withMemory));
      distances.add(row(number, text, online, texts));
    });
    return new Topology(pageBytes, nodes, distances);
  }

  /**
   * The nodes that {@code online} names.
   *
   * @throws IllegalStateException where it is not a list
   */
  static NodeSet online(String text) {
    return KernelText.nodes(text).orElseThrow(() -> new IllegalStateException(
        NodeFiles.FOLDER + "/online holds \"" + text.strip() + "\", which is not a list of nodes"));
  }

  /** A row of distances, which has one for each online node in ascending order; none where it makes no sense. */
  static List<Integer> distances(String text) {
    List<Integer> row = new ArrayList<>();
    for (String word : text.strip().split("\\s+")) {
      Optional<Integer> distance = KernelText.integer(word).filter(d -> d > 0);
      if (distance.isEmpty()) {
        return List.of();
      }
      row.add(distance.get());
    }
    return row;
  }

  private static NumaNode node(int number, NodeText text, Optional<NodeSet> withMemory) {
    String prefix = "Node " + number + " ";
    long total = KernelText.meminfoBytes(text.meminfo(), prefix + "MemTotal").orElse(0L);
    return new NumaNode(
        number,
        KernelText.nodes(text.cpulist()).orElse(NodeSet.EMPTY),
        withMemory.map(set -> set.contains(number)).orElse(total > 0),
        total,
        KernelText.meminfoBytes(text.meminfo(), prefix + "MemFree").orElse(0L),
        pools(text.hugePages()));
  }

  /** The pools whose folder is called {@code hugepages-2048kB} and whose counts are numbers, by size. */
  static List<HugePagePool> pools(Map<String, PoolText> texts) {
    List<HugePagePool> pools = new ArrayList<>();
    texts.forEach((folder, text) -> {
      Optional<Long> kilobytes = folder.startsWith("hugepages-") && folder.endsWith("kB")
          ? KernelText.number(folder.substring("hugepages-".length(), folder.length() - 2))
          : Optional.empty();
      Optional<Long> total = KernelText.number(text.total());
      Optional<Long> free = KernelText.number(text.free());
      if (kilobytes.isPresent() && total.isPresent() && free.isPresent()) {
        pools.add(new HugePagePool(kilobytes.get() * 1024, total.get(), free.get()));
      }
    });
    pools.sort(Comparator.comparingLong(HugePagePool::pageBytes));
    return pools;
  }

  /** The distances from a node to those that were read; its row speaks of all that were online. */
  private static List<Integer> row(int from, NodeText text, NodeSet online, NodeFiles.Texts texts) {
    List<Integer> all = distances(text.distance());
    List<Integer> row = new ArrayList<>();
    int column = 0;
    for (int to = online.first(); to >= 0; to = online.next(to), column++) {
      if (texts.nodes().containsKey(to)) {
        row.add(all.size() == online.size() ? all.get(column) : to == from ? LOCAL_DISTANCE : REMOTE_DISTANCE);
      }
    }
    return row;
  }
}
