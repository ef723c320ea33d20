package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The nodes of the machine: {@code NODE_DATA()}, {@code node_states[]}, distances and zone lists. */
public final class Nodes {

  private final @Nullable Zone[] zones;
  /** By segments of frames. */
  private final @Nullable Zone[] pageZones;
  private final int[][] zonelists;
  private final int[][] distances;
  private final NodeMask online;
  private NodeMask withMemory;

  private Nodes(
      @Nullable Zone[] zones, @Nullable Zone[] pageZones, int[][] distances, NodeMask online, NodeMask withMemory) {
    this.zones = zones;
    this.pageZones = pageZones;
    this.distances = distances;
    this.online = online;
    this.withMemory = withMemory;
    zonelists = buildZonelists();
  }

  /** How many segments of frames nodes with so many pages need, segment 0 included. */
  public static int segments(int[] pages) {
    int segments = 1;
    for (int count : pages) {
      segments += segmentsOf(count);
    }
    return segments;
  }

  /** How many segments so many pages need. */
  static int segmentsOf(int pages) {
    return pages <= 0 ? 0 : (pages + PageFrames.SEGMENT_FRAMES - 1) / PageFrames.SEGMENT_FRAMES;
  }

  /**
   * Gives each node with memory a zone.
   *
   * @param pages pages of each node by its number: 0 for a node without memory, -1 for a number that no node has
   * @param distances distances by node number, 10 being local
   */
  public static Nodes layOut(PageFrames frames, int[] pages, int[][] distances) {
    @Nullable Zone[] zones = new Zone[pages.length];
    @Nullable Zone[] pageZones = new Zone[frames.segments()];
    NodeMask online = NodeMask.NONE;
    NodeMask withMemory = NodeMask.NONE;
    for (int node = 0; node < pages.length; node++) {
      if (pages[node] >= 0) {
        online = online.with(node);
      }
      if (pages[node] > 0) {
        withMemory = withMemory.with(node);
        zones[node] = new Zone(frames, node, pageZones, pages[node]);
      }
    }
    return new Nodes(zones, pageZones, distances, online, withMemory);
  }

  /** {@code node_states[N_ONLINE]}. */
  public NodeMask online() {
    return online;
  }

  /** {@code node_states[N_HIGH_MEMORY]}, later {@code N_MEMORY}. */
  public NodeMask withMemory() {
    return withMemory;
  }

  /** {@code node_clear_state(N_HIGH_MEMORY)}: the last of the node's memory is gone; its zone stays in the zone lists, empty. */
  public void clearMemory(int node) {
    withMemory = withMemory.without(node);
  }

  /** The zone of a node, null where it has no memory. */
  public @Nullable Zone findZone(int node) {
    return node >= 0 && node < zones.length ? zones[node] : null;
  }

  /** The zone of a node that has memory. */
  public Zone zone(int node) {
    Zone zone = findZone(node);
    if (zone == null) {
      throw new KernelBug("node " + node + " has no memory");
    }
    return zone;
  }

  /** {@code page_zone()}. */
  public Zone pageZone(int page) {
    Zone zone = pageZones[page >> PageFrames.SEGMENT_SHIFT];
    if (zone == null) {
      throw new KernelBug("page " + page + " is in no zone");
    }
    return zone;
  }

  /** {@code node_zonelist()}: the nodes with memory in the order in which an allocation for this node tries them. */
  public int[] zonelist(int node) {
    return zonelists[node];
  }

  /** {@code node_distance()}. */
  public int distance(int from, int to) {
    return distances[from][to];
  }

  /**
   * {@code build_zonelists()} of page_alloc.c: the nearest node first; of nodes equally near, those above the node before
   * those below, and then those that head fewer lists already ({@code node_load}).
   */
  private int[][] buildZonelists() {
    int[][] lists = new int[zones.length][];
    int[] load = new int[zones.length];
    for (int local = 0; local < zones.length; local++) {
      if (!online.has(local)) {
        lists[local] = new int[0];
        continue;
      }
      List<Integer> order = new ArrayList<>();
      NodeMask used = NodeMask.NONE;
      int round = online.weight();
      int previousDistance = local;
      for (int node; (node = nextBestNode(local, used, load)) >= 0; round--) {
        used = used.with(node);
        if (distance(local, node) != previousDistance) {
          load[node] = round;
        }
        previousDistance = distance(local, node);
        order.add(node);
      }
      lists[local] = order.stream().mapToInt(Integer::intValue).toArray();
    }
    return lists;
  }

  private int nextBestNode(int local, NodeMask used, int[] load) {
    if (withMemory.has(local) && !used.has(local)) {
      return local;
    }
    int best = -1;
    long bestValue = Long.MAX_VALUE;
    for (int node = withMemory.first(); node >= 0; node = withMemory.next(node)) {
      if (used.has(node)) {
        continue;
      }
      long near = distance(local, node) + (node < local ? 1 : 0);
      long value = near * zones.length * (zones.length + 1L) + load[node];
      if (value < bestValue) {
        bestValue = value;
        best = node;
      }
    }
    return best;
  }
}
