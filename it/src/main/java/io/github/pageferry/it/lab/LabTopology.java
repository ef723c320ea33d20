package io.github.pageferry.it.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The NUMA nodes of a guest, by number. Linux numbers nodes as the firmware lists them, those with CPUs first: here they
 * have to come first, too, so that a node has one number on both sides.
 *
 * @param nodes at least one, the first with a CPU and memory
 */
public record LabTopology(List<Node> nodes) {

  /** Fewer and the guest's kernel has not enough for itself and the harness. */
  private static final int LEAST_MEGABYTES = 64;

  private static final int USUAL_MEGABYTES = 256;
  private static final int MOST_NODES = 64;

  private static final Pattern NODE = Pattern.compile("(-)|(?:([0-9]{1,5})M)?(?:(?:^|/)([0-9]{1,2})cpus?)?");

  /** Topologies by name, odd ones that real machines have. */
  private static final Map<String, String> NAMED = new TreeMap<>(Map.of(
      "no-memory", "256M/1cpu,256M/1cpu,1cpu",
      "no-cpu", "256M/1cpu,256M/1cpu,256M,256M",
      "hole", "256M/1cpu,-,256M/1cpu,256M/1cpu",
      "memory-hole", "256M/1cpu,1cpu,256M/1cpu,256M/1cpu",
      "uneven", "512M/2cpus,128M/1cpu,256M",
      "one-cpu", "256M/1cpu,256M,256M,256M"));

  /**
   * One node.
   *
   * @param megabytes of memory; 0 for none
   * @param cpus how many; 0 for none
   * @param absent whether there is only a socket for its CPUs, so that its number is one of no node
   */
  public record Node(int megabytes, int cpus, boolean absent) {

    /** A number that no node has. */
    static final Node NONE = new Node(0, 1, true);

    public Node(int megabytes, int cpus) {
      this(megabytes, cpus, false);
    }

    @Override
    public String toString() {
      if (absent) {
        return "-";
      }
      String memory = megabytes == 0 ? "" : megabytes + "M";
      String processors = cpus == 0 ? "" : cpus + (cpus == 1 ? "cpu" : "cpus");
      return memory + (memory.isEmpty() || processors.isEmpty() ? "" : "/") + processors;
    }
  }

  public LabTopology {
    nodes = List.copyOf(nodes);
    if (nodes.isEmpty() || nodes.size() > MOST_NODES) {
      throw new IllegalArgumentException("a guest has from 1 to " + MOST_NODES + " nodes, not " + nodes.size());
    }
    if (nodes.get(0).absent || nodes.get(0).cpus == 0 || nodes.get(0).megabytes == 0) {
      throw new IllegalArgumentException("node 0 needs a CPU and memory");
    }
    boolean without = false;
    for (Node node : nodes) {
      if (node.cpus == 0 && node.megabytes == 0) {
        throw new IllegalArgumentException("a node without CPUs and without memory is no node");
      }
      if (node.megabytes > 0 && node.megabytes < LEAST_MEGABYTES) {
        throw new IllegalArgumentException(
            "a node has " + LEAST_MEGABYTES + "M or more, or none, not " + node.megabytes + "M");
      }
      if (without && node.cpus > 0) {
        throw new IllegalArgumentException("nodes with CPUs come first: Linux would number them so");
      }
      without |= node.cpus == 0;
    }
  }

  /** So many nodes with a CPU and 256 MiB each. */
  public static LabTopology of(int nodes) {
    return new LabTopology(IntStream.range(0, nodes).mapToObj(i -> new Node(USUAL_MEGABYTES, 1)).toList());
  }

  /** The names that {@link #parse} knows, with what they stand for. */
  public static Map<String, String> named() {
    return Map.copyOf(NAMED);
  }

  /**
   * Reads a name, or nodes parted by commas, each with its memory and CPUs, or a dash where there is none of that number:
   * {@code 256M/2cpus,-,1cpu,128M}.
   *
   * @throws IllegalArgumentException where it is neither
   */
  public static LabTopology parse(String text) {
    List<Node> nodes = new ArrayList<>();
    for (String part : NAMED.getOrDefault(text, text).split(",", -1)) {
      Matcher node = NODE.matcher(part);
      if (part.isEmpty() || !node.matches()) {
        throw new IllegalArgumentException("'" + text + "' is no topology: it should be one of "
            + String.join(", ", NAMED.keySet()) + ", or nodes like 256M/1cpu,-,1cpu,256M");
      }
      nodes.add(node.group(1) != null ? Node.NONE : new Node(number(node.group(2)), number(node.group(3))));
    }
    return new LabTopology(nodes);
  }

  private static int number(String text) {
    return text == null ? 0 : Integer.parseInt(text);
  }

  int megabytes() {
    return nodes.stream().mapToInt(Node::megabytes).sum();
  }

  /** Those of absent nodes among them. */
  int cpus() {
    return nodes.stream().mapToInt(Node::cpus).sum();
  }

  /** The numbers of sockets that have no CPU, in order. */
  List<Integer> absentCpus() {
    List<Integer> absent = new ArrayList<>();
    int cpu = 0;
    for (Node node : nodes) {
      for (int i = 0; i < node.cpus; i++, cpu++) {
        if (node.absent) {
          absent.add(cpu);
        }
      }
    }
    return absent;
  }

  /** How many nodes with memory there are from 0 on, before the first without. */
  public int nodesWithMemoryInARow() {
    int count = 0;
    while (count < nodes.size() && nodes.get(count).megabytes > 0) {
      count++;
    }
    return count;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return nodes.stream().map(Node::toString).collect(Collectors.joining(","));
  }

  /** For people. */
  String description() {
    boolean usual = nodes.stream().allMatch(node -> node.equals(new Node(USUAL_MEGABYTES, 1)));
    String count = nodes.size() + (nodes.size() == 1 ? " node" : " nodes");
    return usual ? count + " of " + USUAL_MEGABYTES + " MiB with one CPU each" : count + " (" + this + ")";
  }
}
