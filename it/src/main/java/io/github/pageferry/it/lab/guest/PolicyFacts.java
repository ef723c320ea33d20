package io.github.pageferry.it.lab.guest;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.pageferry.BufferPinner;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageCounts;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.it.host.Futures;
import io.github.pageferry.it.host.ScratchMemory;
import io.github.pageferry.linux.LinuxMigrator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Where new pages come under policies that no step of a workload can set: those of a thread, of many preferred nodes, and with a home. */
final class PolicyFacts {

  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = 16;

  /** Where files of each kind are made: these allocate pages by policy each in its way. */
  private static final Map<String, String> FOLDERS = Map.of("tmpfs", "/tmp", "ext4", "/mnt/ext4", "vfat", "/mnt/vfat");

  private final MemoryMigrator migrator;
  private final BufferPinner pinner;
  private final Map<String, String> facts = new TreeMap<>();

  private PolicyFacts(MemoryMigrator migrator) {
    this.migrator = migrator;
    pinner = BufferPinner.on(migrator);
  }

  /** For each policy how many pages came to which node. */
  static Map<String, String> all() {
    try (MemoryMigrator migrator = LinuxMigrator.open()) {
      PolicyFacts facts = new PolicyFacts(migrator);
      facts.find(migrator.topology().nodesWithMemory());
      return facts.facts;
    }
  }

  /** What this kernel answers to the questions that the simulator is asked, too. */
  static Map<String, String> answers() {
    try (MemoryMigrator migrator = LinuxMigrator.open();
        ScratchMemory memory = new ScratchMemory((long) PolicyAnswers.PAGES * PAGE_BYTES)) {
      PolicyFacts facts = new PolicyFacts(migrator);
      facts.under(MemoryPolicy.bind(0), () -> facts.count(new HashMap<>(), touched(memory.buffer())));
      return PolicyAnswers.of(migrator, memory.address());
    }
  }

  private void find(NodeSet nodes) {
    MemoryPolicy interleave = MemoryPolicy.of(PolicyMode.INTERLEAVE, nodes);
    for (int node : nodes.stream().toArray()) {
      for (MemoryPolicy policy : List.of(MemoryPolicy.bind(node), MemoryPolicy.preferred(node))) {
        String name = policy.mode().name().toLowerCase(Locale.ROOT) + " " + node;
        facts.put("memory, " + name, under(policy, () -> memory(PAGES)));
        FOLDERS.forEach((kind, folder) -> facts.put(
            kind + " files, " + name, under(policy, () -> files(folder, List.of(PAGES)))));
        facts.put("memory of a thread started under " + name, under(policy, () -> inNewThread(() -> memory(PAGES))));
      }
      facts.put("memory, home " + node + " of all", home(nodes, node));
      int next = nodes.next(node);
      if (next >= 0) {
        NodeSet two = NodeSet.of(node, next);
        facts.put("memory, many preferred " + node + " " + next, preferredMany(two));
        facts.put("memory, interleave " + node + " " + next,
            under(MemoryPolicy.of(PolicyMode.INTERLEAVE, two), () -> memory(PAGES)));
      }
    }
    facts.put("memory, interleave", under(interleave, () -> memory(PAGES * nodes.size())));
    facts.put("memory of a thread started under interleave",
        under(interleave, () -> inNewThread(() -> memory(PAGES * nodes.size()))));
    facts.put("shared memory, interleave", sharedInterleave(interleave));
    FOLDERS.forEach((kind, folder) -> facts.put(
        kind + " files, interleave", under(interleave, () -> files(folder, sizes(10 * nodes.size())))));
  }

  private String under(MemoryPolicy policy, Supplier<Map<Integer, Long>> pages) {
    return inNewThread(() -> {
      migrator.setPolicy(policy);
      return text(pages.get());
    });
  }

  /** A policy of a thread ends with it. */
  static <T> T inNewThread(Supplier<T> task) {
    return Futures.onNewThread("policy", task::get);
  }

  /** By how many nodes each page is beyond the first page's: which node that one has hangs on the inode's number. */
  private String sharedInterleave(MemoryPolicy policy) {
    int count = policy.nodes().size();
    try (ScratchMemory memory = ScratchMemory.shared((long) PAGES * count * PAGE_BYTES)) {
      migrator.bind(memory.address(), (long) PAGES * count * PAGE_BYTES, policy, Set.of());
      touched(memory.buffer());
      int first = migrator.nodeAt(memory.address());
      StringBuilder turns = new StringBuilder();
      for (int page = 0; page < PAGES * count; page++) {
        turns.append((migrator.nodeAt(memory.address() + (long) page * PAGE_BYTES) - first + count) % count);
      }
      return turns.toString();
    }
  }

  private String preferredMany(NodeSet nodes) {
    try (ScratchMemory memory = new ScratchMemory(PAGES * PAGE_BYTES)) {
      migrator.bind(memory.address(), PAGES * PAGE_BYTES, MemoryPolicy.of(PolicyMode.PREFERRED_MANY, nodes), Set.of());
      return text(count(new HashMap<>(), touched(memory.buffer())));
    }
  }

  /** Since 5.17. */
  private String home(NodeSet nodes, int home) {
    try (ScratchMemory memory = new ScratchMemory(PAGES * PAGE_BYTES)) {
      migrator.bind(memory.address(), PAGES * PAGE_BYTES, MemoryPolicy.of(PolicyMode.BIND, nodes), Set.of());
      migrator.setHomeNode(memory.address(), PAGES * PAGE_BYTES, home);
      return text(count(new HashMap<>(), touched(memory.buffer())));
    }
  }

  private Map<Integer, Long> memory(int pages) {
    try (ScratchMemory memory = new ScratchMemory((long) pages * PAGE_BYTES)) {
      return count(new HashMap<>(), touched(memory.buffer()));
    }
  }

  /** Of other sizes each, since a file system's own blocks take turns, too. */
  private static List<Integer> sizes(int count) {
    List<Integer> sizes = new ArrayList<>();
    for (int file = 0; file < count; file++) {
      sizes.add(PAGES + file);
    }
    return sizes;
  }

  /** Pages of new files that are mapped and written page by page. */
  private Map<Integer, Long> files(String on, List<Integer> sizes) {
    Map<Integer, Long> counts = new HashMap<>();
    try {
      Path folder = Files.createTempDirectory(Path.of(on), "policies");
      for (int pages : sizes) {
        try (FileChannel channel = FileChannel.open(folder.resolve("file"), CREATE_NEW, READ, WRITE, DELETE_ON_CLOSE)) {
          count(counts, touched(channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) pages * PAGE_BYTES)));
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counts;
  }

  private static ByteBuffer touched(ByteBuffer buffer) {
    for (int at = 0; at < buffer.capacity(); at += PAGE_BYTES) {
      buffer.put(at, (byte) 1);
    }
    return buffer;
  }

  private Map<Integer, Long> count(Map<Integer, Long> counts, ByteBuffer buffer) {
    PageCounts here = pinner.locate(buffer).counts();
    here.nodes().stream().forEach(node -> counts.merge(node, here.onNode(node), Long::sum));
    return counts;
  }

  private static String text(Map<Integer, Long> counts) {
    List<String> all = new ArrayList<>();
    new TreeMap<>(counts).forEach((node, count) -> all.add(node + ":" + count));
    return String.join(",", all);
  }
}
