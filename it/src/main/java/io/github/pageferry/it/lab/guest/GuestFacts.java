package io.github.pageferry.it.lab.guest;

import io.github.pageferry.BufferPinner;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MoveReport;
import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode;
import io.github.pageferry.PageCounts;
import io.github.pageferry.Topology;
import io.github.pageferry.linux.LinuxMigrator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the API says in a guest, for tests that know how it was built, as lines of names and values; and ends that a guest
 * may come to, for tests of what is told of them.
 */
public final class GuestFacts {

  /** The nodes as the topology's reader found them in sysfs. */
  public static final String TOPOLOGY = "topology";

  /** What becomes of a buffer that is pinned to each node, and to numbers of none. */
  public static final String PINNER = "pinner";

  /** What the kernel has counted since it booted. */
  public static final String COUNTERS = "counters";

  /** Where new pages come under policies that no step of a workload can set. */
  public static final String POLICIES = "policies";

  /** What is told of policies that were set, and what is refused ({@link PolicyAnswers}). */
  public static final String POLICY_ANSWERS = "policy answers";

  /** What is said of arguments that no call of the API passes. */
  public static final String ARGUMENTS = "arguments";

  /** The kernel panics. */
  public static final String PANIC = "panic";

  /** The kernel says that something is broken, and goes on; the harness does not. */
  public static final String COMPLAINT = "complaint";

  /** The harness ends. */
  public static final String EXIT = "exit";

  /** No answer ever comes. */
  public static final String SILENCE = "silence";

  private static final int BUFFER_BYTES = 2 << 20;

  private GuestFacts() {}

  static String of(String name) {
    return switch (name) {
      case TOPOLOGY -> lines(topology());
      case PINNER -> lines(pinner());
      case COUNTERS -> counters();
      case POLICIES -> lines(PolicyFacts.all());
      case POLICY_ANSWERS -> lines(PolicyFacts.answers());
      case ARGUMENTS -> lines(ArgumentFacts.all());
      case PANIC -> write(Path.of("/proc/sysrq-trigger"), "c");
      case COMPLAINT -> write(Path.of("/dev/kmsg"), "<0>BUG: a test says that something is broken\n");
      case EXIT -> exit();
      case SILENCE -> rest(Long.MAX_VALUE);
      default -> throw new IllegalArgumentException("no such facts: " + name);
    };
  }

  private static String lines(Map<String, String> facts) {
    return facts.entrySet().stream().map(fact -> fact.getKey() + "=" + fact.getValue() + "\n").collect(Collectors.joining());
  }

  private static Map<String, String> topology() {
    Map<String, String> facts = new TreeMap<>();
    try (MemoryMigrator migrator = LinuxMigrator.open()) {
      Topology topology = migrator.topology();
      facts.put("nodes", topology.nodes().stream().map(node -> "" + node.number()).collect(Collectors.joining(",")));
      facts.put("with memory", topology.nodesWithMemory().toString());
      facts.put("allowed", migrator.allowedNodes().toString());
      for (NumaNode node : topology.nodes()) {
        facts.put("CPUs of " + node.number(), node.cpus().toString());
        facts.put("memory of " + node.number(), node.hasMemory() ? "" + megabytes(node.totalBytes()) : "none");
        for (NumaNode to : topology.nodes()) {
          facts.put("distance " + node.number() + " " + to.number(), "" + topology.distance(node.number(), to.number()));
        }
      }
    }
    return facts;
  }

  private static String counters() {
    try {
      return Files.readString(Path.of("/proc/vmstat")).replace(' ', '=');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** To the next multiple of 64: a kernel keeps a part for itself. */
  private static long megabytes(long bytes) {
    return ((bytes >> 20) + 63) / 64 * 64;
  }

  private static Map<String, String> pinner() {
    Map<String, String> facts = new TreeMap<>();
    try (MemoryMigrator migrator = LinuxMigrator.open()) {
      Topology topology = migrator.topology();
      BufferPinner pinner = BufferPinner.on(migrator);
      int last = topology.nodes().get(topology.nodes().size() - 1).number();
      for (int node = 0; node <= last + 1; node++) {
        facts.put("pin to " + node, pin(pinner, node));
      }
      NodeSet all = topology.nodesWithMemory();
      facts.put("interleave", moved(pinner.interleave(buffer(), all)));
      Map<Integer, Integer> weights = IntStream.of(all.stream().toArray()).boxed()
          .collect(Collectors.toMap(node -> node, node -> node == last ? 3 : 1));
      facts.put("spread", moved(pinner.spread(buffer(), weights)));
    }
    return facts;
  }

  private static ByteBuffer buffer() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES + 4096).alignedSlice(4096);
    for (int at = 0; at < BUFFER_BYTES; at += 4096) {
      buffer.put(at, (byte) 1);
    }
    return buffer.slice(0, BUFFER_BYTES);
  }

  private static String pin(BufferPinner pinner, int node) {
    ByteBuffer buffer = buffer();
    try {
      MoveReport report = pinner.pin(buffer, node);
      return moved(report) + " " + counts(pinner.locate(buffer).counts());
    } catch (MemoryCallException e) {
      return e.errno().toString();
    } catch (IllegalArgumentException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static String moved(MoveReport report) {
    return (report.complete() ? "complete" : "incomplete " + report.stayed()) + " " + counts(report.after());
  }

  private static String counts(PageCounts counts) {
    StringJoiner text = new StringJoiner(",");
    counts.nodes().stream().forEach(node -> text.add(node + ":" + counts.onNode(node)));
    return text.toString();
  }

  private static String write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // what comes of it is seen on the console
    return rest(Long.MAX_VALUE);
  }

  private static String exit() {
    Runtime.getRuntime().halt(0);
    return "";
  }

  private static String rest(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "";
  }
}
