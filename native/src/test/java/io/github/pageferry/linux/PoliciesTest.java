package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator.CurrentCpu;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode;
import io.github.pageferry.PolicyFlag;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.SystemCall;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** mbind(2), set_mempolicy(2), get_mempolicy(2), set_mempolicy_home_node(2) and getcpu(2) on the host's kernel. */
class PoliciesTest {

  private LinuxMigrator migrator;
  private int node;

  @BeforeEach
  void open() {
    migrator = Host.migrator();
    Host.needsCall(migrator, SystemCall.MBIND);
    Host.needsCall(migrator, SystemCall.SET_MEMPOLICY);
    Host.needsCall(migrator, SystemCall.GET_MEMPOLICY);
    node = migrator.allowedNodes().first();
  }

  @AfterEach
  void close() {
    migrator.close();
  }

  @Test
  void aThreadBeginsWithTheDefaultPolicy() {
    OnThread.run(() -> assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT));
  }

  @Test
  void everyModeIsSetAndReadBack() {
    for (PolicyMode mode : PolicyMode.values()) {
      if (!isKnown(mode)) {
        continue;
      }
      boolean takesNodes = mode != PolicyMode.DEFAULT && mode != PolicyMode.LOCAL;
      MemoryPolicy policy = MemoryPolicy.of(mode, takesNodes ? NodeSet.of(node) : NodeSet.EMPTY);
      MemoryPolicy readBack = mode == PolicyMode.LOCAL ? localAsReadBack() : policy;
      OnThread.run(() -> {
        migrator.setPolicy(policy);
        assertThat(migrator.getPolicy()).isEqualTo(readBack);
      });
    }
  }

  @Test
  void everyModeOfARangeIsReadBackAtItsAddresses() {
    for (PolicyMode mode : PolicyMode.values()) {
      if (!isKnown(mode)) {
        continue;
      }
      boolean takesNodes = mode != PolicyMode.DEFAULT && mode != PolicyMode.LOCAL;
      boolean isLocal = mode == PolicyMode.LOCAL;
      MemoryPolicy policy = MemoryPolicy.of(mode, takesNodes ? NodeSet.of(node) : NodeSet.EMPTY);
      OnThread.run(() -> {
        migrator.setPolicy(MemoryPolicy.bind(node));
        try (Pages pages = Pages.untouched(2)) {
          migrator.bind(pages.address(), pages.bytes(), policy, Set.of());
          assertThat(migrator.getPolicyAt(pages.at(1) + 1)).isEqualTo(isLocal ? localAsReadBack() : policy);
        }
      });
    }
  }

  @Test
  void aRangePreferredOnNoNodeIsLocal() {
    try (Pages pages = Pages.untouched(1)) {
      migrator.bind(
          pages.address(), pages.bytes(), MemoryPolicy.of(PolicyMode.PREFERRED, NodeSet.EMPTY), Set.of());
      assertThat(migrator.getPolicyAt(pages.address())).isEqualTo(localAsReadBack());
    }
  }

  @Test
  void aThreadPreferredOnNoNodeIsLocal() {
    OnThread.run(() -> {
      migrator.setPolicy(MemoryPolicy.of(PolicyMode.PREFERRED, NodeSet.EMPTY));
      assertThat(migrator.getPolicy()).isEqualTo(localAsReadBack());
    });
  }

  private static boolean isKnown(PolicyMode mode) {
    return switch (mode) {
      case PREFERRED_MANY -> !isOlderThan(5, 15);
      case WEIGHTED_INTERLEAVE -> !isOlderThan(6, 9);
      case LOCAL -> !isOlderThan(3, 8);
      default -> true;
    };
  }

  /** Before 5.14 PREFERRED without nodes is what LOCAL becomes as it is set, from then on the other way round (7858d7bca7fb). */
  private static MemoryPolicy localAsReadBack() {
    return MemoryPolicy.of(isOlderThan(5, 14) ? PolicyMode.PREFERRED : PolicyMode.LOCAL, NodeSet.EMPTY);
  }

  @Test
  void aPolicyIsItsThreadsOwn() {
    OnThread.run(() -> {
      migrator.setPolicy(MemoryPolicy.bind(node));
      assertThat(migrator.getPolicy().mode()).isEqualTo(PolicyMode.BIND);
      migrator.setPolicy(MemoryPolicy.DEFAULT);
      assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT);
    });
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT);
  }

  @Test
  void aThreadHasThePolicyOfTheOneThatStartedIt() {
    OnThread.run(() -> {
      migrator.setPolicy(MemoryPolicy.bind(node));
      assertThat(OnThread.call(migrator::getPolicy)).isEqualTo(MemoryPolicy.bind(node));
    });
  }

  @Test
  void aThreadsPolicyIsNotToldOfAnAddress() {
    OnThread.run(() -> {
      migrator.setPolicy(MemoryPolicy.bind(node));
      try (Pages pages = Pages.touched(1)) {
        assertThat(migrator.getPolicyAt(pages.address())).isEqualTo(MemoryPolicy.DEFAULT);
      }
    });
  }

  /**
   * With STATIC_NODES the kernel gives the set back as it was given, up to the word with its largest node id: no bit may
   * be lost at either end of a word.
   */
  @Test
  void nodesAreGivenBackAsTheyWereGiven() {
    int last = lastNodeId();
    int givenBack = Scratch.wordsFor(possibleNodes()) * Long.SIZE;
    NodeSet readable = NodeSet.parse("0-" + (givenBack - 1));
    for (NodeSet nodes : new NodeSet[] {
        NodeSet.of(node), NodeSet.of(node, 62), NodeSet.of(node, 63), NodeSet.of(node, 64), NodeSet.of(node, 127),
        NodeSet.of(node, 63, 64, 128, 191), NodeSet.of(node, last)}) {
      if (nodes.limit() > last + 1) {
        continue;
      }
      MemoryPolicy given = staticBind(nodes);
      MemoryPolicy expected = staticBind(nodes.intersection(readable));
      OnThread.run(() -> {
        migrator.setPolicy(given);
        assertThat(migrator.getPolicy()).isEqualTo(expected);
      });
      try (Pages pages = Pages.touched(1)) {
        migrator.bind(pages.address(), pages.bytes(), given, Set.of(MoveFlag.MOVE));
        assertThat(migrator.getPolicyAt(pages.address())).isEqualTo(expected);
      }
    }
  }

  private static MemoryPolicy staticBind(NodeSet nodes) {
    return new MemoryPolicy(PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES), nodes);
  }

  @Test
  void nodesThatTheKernelWasNotBuiltForAreEinval() {
    for (int beyond : new int[] {lastNodeId() + 1, 1 << 15, NodeSet.LIMIT - 1}) {
      OnThread.run(() -> assertThat(failure(() -> migrator.setPolicy(MemoryPolicy.bind(node, beyond))).errno())
          .as(String.valueOf(beyond)).isEqualTo(Errno.EINVAL));
    }
  }

  @Test
  void modesWithTheWrongNodesAreEinval() {
    for (MemoryPolicy wrong : new MemoryPolicy[] {
        MemoryPolicy.bind(), MemoryPolicy.interleave(), MemoryPolicy.of(PolicyMode.DEFAULT, NodeSet.of(node)),
        MemoryPolicy.of(PolicyMode.LOCAL, NodeSet.of(node)), MemoryPolicy.bind(lastNodeId()),
        new MemoryPolicy(
            PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES, PolicyFlag.RELATIVE_NODES), NodeSet.of(node))}) {
      if (migrator.topology().find(lastNodeId()).isPresent()) {
        continue;
      }
      MemoryCallException failure = OnThread.call(() -> failure(() -> migrator.setPolicy(wrong)));
      assertThat(failure.errno()).as(wrong.toString()).isEqualTo(Errno.EINVAL);
      assertThat(failure.call()).isEqualTo(SystemCall.SET_MEMPOLICY);
      assertThat(failure).hasMessageContaining("allowedNodes()");
      try (Pages pages = Pages.untouched(1)) {
        assertThat(bindFailure(pages.address(), pages.bytes(), wrong)).as(wrong.toString()).isEqualTo(Errno.EINVAL);
      }
    }
  }

  @Test
  void aRangeIsBoundAndItsPagesMove() {
    try (Pages pages = Pages.touched(10)) {
      migrator.bind(pages.address(), pages.bytes(), MemoryPolicy.bind(node), Set.of(MoveFlag.STRICT, MoveFlag.MOVE));
      assertThat(migrator.getPolicyAt(pages.at(9))).isEqualTo(MemoryPolicy.bind(node));
      assertThat(migrator.nodeAt(pages.at(9))).isEqualTo(node);
    }
  }

  @Test
  void partsOfARangeHaveTheirOwnPolicies() {
    try (Pages pages = Pages.untouched(3)) {
      migrator.bind(pages.at(1), Pages.BYTES, MemoryPolicy.interleave(node), Set.of());
      assertThat(migrator.getPolicyAt(pages.at(0))).isEqualTo(MemoryPolicy.DEFAULT);
      assertThat(migrator.getPolicyAt(pages.at(1) + 5)).isEqualTo(MemoryPolicy.interleave(node));
      assertThat(migrator.getPolicyAt(pages.at(2))).isEqualTo(MemoryPolicy.DEFAULT);
    }
  }

  @Test
  void bindSaysWhatIsWrongWithARange() {
    try (Pages pages = Pages.touched(3)) {
      MemoryPolicy policy = MemoryPolicy.bind(node);
      assertThat(bindFailure(pages.address() + 1, Pages.BYTES, policy)).isEqualTo(Errno.EINVAL);
      assertThat(bindFailure(pages.address(), -1, policy)).isEqualTo(Errno.EINVAL);
      assertThat(bindFailure(pages.address(), -pages.address(), policy)).isEqualTo(Errno.EINVAL);
      assertThat(bindFailure(pages.address(), Long.MAX_VALUE, policy)).isIn(Errno.EFAULT, Errno.EINVAL);
      assertThat(bindFailure(0, Pages.BYTES, policy)).isEqualTo(Errno.EFAULT);
      Posix.munmap(pages.at(1), Pages.BYTES);
      assertThat(bindFailure(pages.address(), pages.bytes(), policy)).isEqualTo(Errno.EFAULT);
      migrator.bind(pages.address(), 0, policy, Set.of());
    }
  }

  @Test
  void bindRoundsALengthUpToPages() {
    try (Pages pages = Pages.untouched(2)) {
      migrator.bind(pages.address(), Pages.BYTES + 1, MemoryPolicy.bind(node), Set.of());
      assertThat(migrator.getPolicyAt(pages.at(1))).isEqualTo(MemoryPolicy.bind(node));
    }
  }

  @Test
  void theNodeOfAnAddressIsThatOfItsPageWhichIsBroughtIn() {
    try (Pages pages = Pages.untouched(1)) {
      assertThat(migrator.topology().nodesWithMemory().contains(migrator.nodeAt(pages.address()))).isTrue();
    }
  }

  @Test
  void addressesThatNothingMapsAreEfault() {
    for (long address : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0x7fff_ffff_f000L}) {
      assertThat(failure(() -> migrator.nodeAt(address)).errno()).isEqualTo(Errno.EFAULT);
      MemoryCallException failure = failure(() -> migrator.getPolicyAt(address));
      assertThat(failure.errno()).isEqualTo(Errno.EFAULT);
      assertThat(failure).hasMessageContaining("nothing is mapped");
    }
    try (Pages pages = Pages.touched(1)) {
      Posix.mprotect(pages.address(), pages.bytes(), Posix.PROT_NONE);
      assertThat(failure(() -> migrator.nodeAt(pages.address())).errno()).isEqualTo(Errno.EFAULT);
    }
  }

  @Test
  void theNextNodeOfAnInterleaving() {
    OnThread.run(() -> {
      assertThat(failure(migrator::nextInterleaveNode).errno()).isEqualTo(Errno.EINVAL);
      migrator.setPolicy(MemoryPolicy.interleave(node));
      assertThat(migrator.nextInterleaveNode()).isEqualTo(node);
    });
  }

  @Test
  void allowedNodesAreThoseOfTheCpuset() {
    assertThat(migrator.allowedNodes())
        .isEqualTo(TaskStatus.ofThread(HostFiles.ofHost()).allowedNodes().orElseThrow());
  }

  @Test
  void aHomeNodeNeedsAPolicyThatTakesOne() {
    Host.needsCall(migrator, SystemCall.SET_MEMPOLICY_HOME_NODE);
    try (Pages pages = Pages.untouched(4)) {
      assertThat(homeNodeFailure(pages.address(), pages.bytes(), node)).isEqualTo(Errno.ENOENT);
      migrator.bind(pages.address(), pages.bytes(), MemoryPolicy.bind(node), Set.of());
      migrator.setHomeNode(pages.address(), pages.bytes(), node);
      migrator.bind(pages.address(), pages.bytes(), MemoryPolicy.interleave(node), Set.of());
      assertThat(homeNodeFailure(pages.address(), pages.bytes(), node)).isEqualTo(Errno.EOPNOTSUPP);
      for (int absent : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, lastNodeId() + 1}) {
        assertThat(homeNodeFailure(pages.address(), pages.bytes(), absent)).isEqualTo(Errno.EINVAL);
      }
      assertThat(homeNodeFailure(pages.address() + 1, Pages.BYTES, node)).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void aThreadRunsOnACpuOfItsNode() {
    Host.needsCall(migrator, SystemCall.GETCPU);
    CurrentCpu current = migrator.currentNode();
    NumaNode itsNode = migrator.topology().find(current.node()).orElseThrow();
    assertThat(itsNode.cpus().contains(current.cpu())).isTrue();
  }

  @Test
  void migratePagesOfNodesThatHoldNothing() {
    Host.needsCall(migrator, SystemCall.MIGRATE_PAGES);
    assertThat(migrator.migratePages(0, NodeSet.EMPTY, NodeSet.of(node))).isZero();
    assertThat(migrator.migratePages(0, NodeSet.of(node), NodeSet.of(node))).isZero();
    assertThat(migrator.migratePages(0, NodeSet.of(lastNodeId()), NodeSet.of(node, lastNodeId()))).isZero();
  }

  @Test
  void migratePagesToNodesThatAreNotThereIsEinval() {
    Host.needsCall(migrator, SystemCall.MIGRATE_PAGES);
    Host.needsKernel(4, 16);
    for (NodeSet target : new NodeSet[] {NodeSet.EMPTY, NodeSet.of(lastNodeId()), NodeSet.of(lastNodeId() + 1)}) {
      if (!migrator.topology().nodesWithMemory().intersection(target).isEmpty()) {
        continue;
      }
      MemoryCallException failure = failure(() -> migrator.migratePages(0, NodeSet.of(node), target));
      assertThat(failure.errno()).isEqualTo(Errno.EINVAL);
      assertThat(failure.call()).isEqualTo(SystemCall.MIGRATE_PAGES);
    }
  }

  @Test
  void migratePagesOfAProcessThatIsNotThereIsEsrch() {
    Host.needsCall(migrator, SystemCall.MIGRATE_PAGES);
    for (int pid : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThat(failure(() -> migrator.migratePages(pid, NodeSet.of(node), NodeSet.of(node))).errno())
          .isEqualTo(Errno.ESRCH);
    }
  }

  private Errno bindFailure(long address, long length, MemoryPolicy policy) {
    MemoryCallException failure = failure(() -> migrator.bind(address, length, policy, Set.of(MoveFlag.MOVE)));
    assertThat(failure.call()).isEqualTo(SystemCall.MBIND);
    return failure.errno();
  }

  private Errno homeNodeFailure(long address, long length, int home) {
    return failure(() -> migrator.setHomeNode(address, length, home)).errno();
  }

  private static MemoryCallException failure(ThrowingCallable call) {
    return catchThrowableOfType(MemoryCallException.class, call);
  }

  private static boolean isOlderThan(int major, int minor) {
    return !KernelRelease.of(HostFiles.ofHost()).isAtLeast(major, minor);
  }

  /** Its limit is the kernel's {@code nr_node_ids}. */
  private static NodeSet possibleNodes() {
    return HostFiles.ofHost().tryRead("/sys/devices/system/node/possible").flatMap(KernelText::nodes).orElseThrow();
  }

  /**
   * The largest node number that the kernel was built for, 2 to the power of CONFIG_NODES_SHIFT less 1: it takes a set
   * with that bit, whether there is such a node or not.
   */
  private int lastNodeId() {
    return OnThread.call(() -> {
      int last = 1023;
      while (last > 1 && failure(settingPolicyWith(last)) != null) {
        last /= 2;
      }
      return last;
    });
  }

  private ThrowingCallable settingPolicyWith(int other) {
    return () -> migrator.setPolicy(MemoryPolicy.bind(node, other));
  }
}
