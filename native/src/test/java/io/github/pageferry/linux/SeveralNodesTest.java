package io.github.pageferry.linux;

import static io.github.pageferry.MemoryMigrator.SELF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What takes two nodes with memory at least: on a machine with one, all of it is skipped. */
class SeveralNodesTest {

  private static final Set<MoveFlag> MOVE = Set.of(MoveFlag.MOVE);

  private LinuxMigrator migrator;
  private List<Integer> nodes;
  private int first;
  private int last;

  @BeforeEach
  void open() {
    migrator = Host.migrator();
    nodes = migrator.topology().nodesWithMemory().intersection(migrator.allowedNodes()).stream().boxed().toList();
    assumeTrue(nodes.size() > 1, "needs two nodes with memory");
    first = nodes.get(0);
    last = nodes.get(nodes.size() - 1);
  }

  @AfterEach
  void close() {
    migrator.close();
  }

  @Test
  void pagesGoToEveryNodeAndAllSourcesSaySo() {
    try (Pages pages = Pages.touched(50)) {
      for (int node : nodes) {
        PageBatch batch = pages.to(node);
        assertThat(migrator.movePages(SELF, batch, MOVE)).isZero();
        assertThat(Pages.statuses(batch)).containsOnly(node);
        batch.resetStatuses();
        migrator.queryPages(SELF, batch);
        assertThat(Pages.statuses(batch)).containsOnly(node);
        assertThat(migrator.nodeAt(pages.at(49))).isEqualTo(node);
        assertThat(nodeInNumaMaps(pages)).isEqualTo(node);
      }
    }
  }

  @Test
  void eachPageGoesToItsOwnNode() {
    try (Pages pages = Pages.touched(40)) {
      PageBatch batch = pages.to(first);
      for (int i = 0; i < batch.size(); i++) {
        batch.node(i, nodes.get(i % nodes.size()));
      }
      assertThat(migrator.movePages(SELF, batch, MOVE)).isZero();
      migrator.queryPages(SELF, batch);
      for (int i = 0; i < batch.size(); i++) {
        assertThat(batch.status(i)).isEqualTo(nodes.get(i % nodes.size()));
      }
    }
  }

  @Test
  void bindingMovesARangeAndStrictSaysWhatDoesNotFit() {
    try (Pages pages = Pages.touched(20)) {
      migrator.movePages(SELF, pages.to(first), MOVE);
      MemoryCallException failure = catchThrowableOfType(MemoryCallException.class, () -> migrator.bind(
          pages.address(), pages.bytes(), MemoryPolicy.bind(last), Set.of(MoveFlag.STRICT)));
      assertThat(failure.errno()).isEqualTo(Errno.EIO);
      migrator.bind(pages.address(), pages.bytes(), MemoryPolicy.bind(last), Set.of(MoveFlag.STRICT, MoveFlag.MOVE));
      PageBatch batch = pages.to(last);
      migrator.queryPages(SELF, batch);
      assertThat(Pages.statuses(batch)).containsOnly(last);
    }
  }

  @Test
  void aPolicyOfTheThreadDecidesWhereNewPagesCome() {
    for (int node : nodes) {
      OnThread.run(() -> {
        migrator.setPolicy(MemoryPolicy.bind(node));
        try (Pages pages = Pages.touched(5)) {
          assertThat(migrator.nodeAt(pages.address())).isEqualTo(node);
        }
      });
    }
  }

  @Test
  void interleavingGoesRound() {
    OnThread.run(() -> {
      NodeSet all = NodeSet.of(nodes.stream().mapToInt(Integer::intValue).toArray());
      migrator.setPolicy(new MemoryPolicy(MemoryPolicy.interleave(first).mode(), Set.of(), all));
      assertThat(migrator.getPolicy().nodes()).isEqualTo(all);
      assertThat(nodes).contains(migrator.nextInterleaveNode());
      try (Pages pages = Pages.touched(4 * nodes.size())) {
        PageBatch batch = pages.to(first);
        migrator.queryPages(SELF, batch);
        for (int node : nodes) {
          assertThat(Pages.statuses(batch)).filteredOn(status -> status == node).hasSize(4);
        }
      }
    });
  }

  @Test
  void aWholeProcessMigrates() throws Exception {
    Process child = new ProcessBuilder("sleep", "600").start();
    try {
      int pid = (int) child.pid();
      NodeSet all = NodeSet.of(nodes.stream().mapToInt(Integer::intValue).toArray());
      assertThat(migrator.migratePages(pid, all.minus(NodeSet.of(last)), NodeSet.of(last))).isNotNegative();
      Mapping stack = new ProcessMaps().mappings(pid).stream()
          .filter(mapping -> mapping.name().equals("[stack]")).findFirst().orElseThrow();
      PageBatch batch = PageBatch.ofCapacity(1);
      batch.add(stack.end() - 1);
      migrator.queryPages(pid, batch);
      assertThat(batch.status(0)).isEqualTo(last);
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void aHomeNodeIsWhereABoundRangeBegins() {
    assumeTrue(KernelRelease.of(HostFiles.ofHost()).isAtLeast(5, 17), "needs Linux 5.17");
    try (Pages pages = Pages.untouched(5)) {
      migrator.bind(pages.address(), pages.bytes(), MemoryPolicy.bind(first, last), Set.of());
      migrator.setHomeNode(pages.address(), pages.bytes(), last);
      Posix.touch(pages.address(), pages.bytes(), Pages.BYTES);
      assertThat(migrator.nodeAt(pages.address())).isEqualTo(last);
    }
  }

  @Test
  void aNodeWithoutMemoryIsNoTarget() {
    Optional<NumaNode> without = migrator.topology().nodes().stream().filter(node -> !node.hasMemory()).findFirst();
    assumeTrue(without.isPresent(), "needs a node without memory");
    try (Pages pages = Pages.touched(1)) {
      PageBatch batch = pages.to(without.get().number());
      MemoryCallException failure =
          catchThrowableOfType(MemoryCallException.class, () -> migrator.movePages(SELF, batch, MOVE));
      assertThat(failure.errno()).isEqualTo(Errno.ENODEV);
      assertThat(Pages.statuses(batch)).containsOnly(PageStatus.NOT_ATTEMPTED);
    }
  }

  private static int nodeInNumaMaps(Pages pages) {
    try {
      return new ProcessMaps().numaMappings(0).stream()
          .filter(mapping -> mapping.start() == pages.address())
          .findFirst().orElseThrow().pagesByNode().firstKey();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
