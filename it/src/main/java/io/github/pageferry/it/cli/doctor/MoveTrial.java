package io.github.pageferry.it.cli.doctor;

import io.github.pageferry.BufferAddress;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.SystemCall;
import io.github.pageferry.Topology;
import io.github.pageferry.linux.HostFacts;
import io.github.pageferry.linux.LinuxMigrator;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What came of moving a few pages to each node that is allowed.
 *
 * @param call which call moved them
 * @param outcomes for each node what was the matter, or an empty text where all pages arrived
 */
record MoveTrial(SystemCall call, Map<Integer, String> outcomes) {

  private static final int PAGES = 16;

  /** Moves pages of its own; empty where neither move_pages nor mbind with get_mempolicy can be called. */
  static Optional<MoveTrial> run(LinuxMigrator migrator, HostFacts facts) {
    boolean movePages = migrator.capabilities().has(SystemCall.MOVE_PAGES);
    boolean mbind = migrator.capabilities().has(SystemCall.MBIND)
        && migrator.capabilities().has(SystemCall.GET_MEMPOLICY);
    if (!movePages && !mbind) {
      return Optional.empty();
    }
    Topology topology = migrator.topology();
    NodeSet withMemory = topology.nodesWithMemory();
    NodeSet allowed = facts.task().allowedNodes().map(withMemory::intersection).orElse(withMemory);
    int pageBytes = topology.pageBytes();
    ByteBuffer memory = ByteBuffer.allocateDirect((PAGES + 1) * pageBytes);
    for (int at = 0; at < memory.capacity(); at += pageBytes) {
      memory.put(at, (byte) 1);
    }
    // The first page boundary within it.
    long address = (BufferAddress.of(memory) + pageBytes - 1) & -pageBytes;
    Map<Integer, String> outcomes = new TreeMap<>();
    for (int node : allowed.stream().toArray()) {
      try {
        outcomes.put(node, movePages
            ? moved(migrator, address, pageBytes, node)
            : bound(migrator, address, pageBytes, node));
      } catch (MemoryCallException e) {
        outcomes.put(node, String.valueOf(e.getMessage()));
      }
    }
    Reference.reachabilityFence(memory);
    return Optional.of(new MoveTrial(movePages ? SystemCall.MOVE_PAGES : SystemCall.MBIND, outcomes));
  }

  private static String moved(LinuxMigrator migrator, long address, int pageBytes, int node) {
    PageBatch batch = PageBatch.ofCapacity(PAGES);
    batch.addRun(address, pageBytes, PAGES, node);
    migrator.movePages(MemoryMigrator.SELF, batch, Set.of(MoveFlag.MOVE));
    Map<String, Integer> others = new TreeMap<>();
    for (int i = 0; i < batch.size(); i++) {
      if (batch.status(i) != node) {
        others.merge(PageStatus.describe(batch.status(i)), 1, Integer::sum);
      }
    }
    return others.isEmpty() ? "" : "of " + PAGES + " pages did not arrive: " + others;
  }

  private static String bound(LinuxMigrator migrator, long address, int pageBytes, int node) {
    long length = (long) PAGES * pageBytes;
    try {
      migrator.bind(address, length, MemoryPolicy.bind(node), Set.of(MoveFlag.MOVE));
      int arrived = 0;
      for (int i = 0; i < PAGES; i++) {
        arrived += migrator.nodeAt(address + (long) i * pageBytes) == node ? 1 : 0;
      }
      return arrived == PAGES ? "" : "of " + PAGES + " pages only " + arrived + " arrived";
    } finally {
      migrator.bind(address, length, MemoryPolicy.DEFAULT, Set.of());
    }
  }
}
