package io.github.pageferry.it.backend;

import static io.github.pageferry.MemoryMigrator.SELF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.PolicyFlag;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.SystemCall;
import io.github.pageferry.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link MemoryMigrator} does, on however many nodes: the same assertions for the host's kernel and for simulated
 * ones. What hangs on the release has its tests in the backends' own modules.
 */
public abstract class BackendBehaviour {

  private static final Set<MoveFlag> MOVE = Set.of(MoveFlag.MOVE);
  private static final int ABSENT_PID = Integer.MAX_VALUE;
  /** A node number that no machine here has. */
  private static final int ABSENT_NODE = 1023;

  private MemoryMigrator migrator;
  private int pageBytes;
  private List<Integer> nodes;
  private int first;
  private int last;

  /** Opens the backend; a machine that does not have it skips the test. */
  protected abstract MemoryMigrator open();

  /** The address of so many pages that have been touched and are private to the process. They are never asked for again. */
  protected abstract long pages(int count);

  @BeforeEach
  void openBackend() {
    migrator = open();
    pageBytes = migrator.topology().pageBytes();
    nodes = migrator.topology().nodesWithMemory().intersection(migrator.allowedNodes()).stream().boxed().toList();
    first = nodes.get(0);
    last = nodes.get(nodes.size() - 1);
  }

  @AfterEach
  void closeBackend() {
    if (migrator != null) {
      migrator.close();
    }
  }

  @Test
  void theTopologyIsWhole() {
    Topology topology = migrator.topology();
    assertThat(migrator.description()).isNotBlank();
    assertThat(topology.nodesWithMemory().isEmpty()).isFalse();
    assertThat(Integer.bitCount(pageBytes)).isEqualTo(1);
    for (NumaNode node : topology.nodes()) {
      assertThat(topology.distance(node.number(), node.number())).isEqualTo(10);
      assertThat(node.freeBytes()).isBetween(0L, node.totalBytes());
      assertThat(node.hasMemory()).isEqualTo(node.totalBytes() > 0);
    }
    MemoryMigrator.CurrentCpu here = migrator.currentNode();
    assertThat(topology.find(here.node()).orElseThrow().cpus().contains(here.cpu())).isTrue();
  }

  @Test
  void pagesGoToEachNodeAndAllThatCanBeAskedAgrees() {
    long address = pages(40);
    for (int node : nodes) {
      PageBatch batch = batch(address, 40, node);
      assertThat(migrator.movePages(SELF, batch, MOVE)).isZero();
      assertThat(statuses(batch)).containsOnly(node);
      assertThat(query(address, 40)).containsOnly(node);
      assertThat(migrator.nodeAt(address + 39L * pageBytes)).isEqualTo(node);
    }
  }

  @Test
  void eachPageGoesToItsOwnNode() {
    long address = pages(200);
    PageBatch batch = batch(address, 200, first);
    for (int i = 0; i < 200; i++) {
      batch.node(i, nodes.get(i % nodes.size()));
    }
    assertThat(migrator.movePages(SELF, batch, MOVE)).isZero();
    int[] placed = query(address, 200);
    for (int i = 0; i < 200; i++) {
      assertThat(batch.status(i)).isEqualTo(nodes.get(i % nodes.size()));
      assertThat(placed[i]).isEqualTo(nodes.get(i % nodes.size()));
    }
  }

  @Test
  void anAddressNamesThePageThatItIsIn() {
    long address = pages(2);
    PageBatch batch = PageBatch.ofCapacity(2);
    batch.add(address + 1, last);
    batch.add(address + 2L * pageBytes - 1, last);
    assertThat(migrator.movePages(SELF, batch, MOVE)).isZero();
    assertThat(query(address, 2)).containsOnly(last);
  }

  @Test
  void withoutFlagsPagesMoveAsWithMove() {
    long address = pages(3);
    assertThat(migrator.movePages(SELF, batch(address, 3, last), Set.of())).isZero();
    assertThat(query(address, 3)).containsOnly(last);
  }

  @Test
  void addressesThatNoProcessHasAreErrorsOfTheirEntriesAlone() {
    PageBatch batch = PageBatch.ofCapacity(5);
    long address = pages(1);
    for (long strange : new long[] {-1, Long.MIN_VALUE, address, 1L << 48, Long.MAX_VALUE}) {
      batch.add(strange, last);
    }
    int absent = PageStatus.of(Errno.EFAULT);
    migrator.movePages(SELF, batch, MOVE);
    assertThat(statuses(batch)).containsExactly(absent, absent, last, absent, absent);
    migrator.queryPages(SELF, batch);
    assertThat(statuses(batch)).containsExactly(absent, absent, last, absent, absent);
    for (long strange : new long[] {-1, Long.MIN_VALUE, 1L << 48, Long.MAX_VALUE, 0}) {
      fails(SystemCall.GET_MEMPOLICY, Errno.EFAULT, () -> migrator.nodeAt(strange));
      fails(SystemCall.GET_MEMPOLICY, Errno.EFAULT, () -> migrator.getPolicyAt(strange));
    }
  }

  @Test
  void aNodeThatIsNotThereIsEnodevAndNothingIsTried() {
    long address = pages(2);
    for (int node : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, ABSENT_NODE, ABSENT_NODE + 1}) {
      PageBatch batch = batch(address, 2, node);
      fails(SystemCall.MOVE_PAGES, Errno.ENODEV, () -> migrator.movePages(SELF, batch, MOVE));
      assertThat(statuses(batch)).containsOnly(PageStatus.NOT_ATTEMPTED);
    }
  }

  @Test
  void strictIsNoFlagOfMovePages() {
    long address = pages(1);
    fails(SystemCall.MOVE_PAGES, Errno.EINVAL,
        () -> migrator.movePages(SELF, batch(address, 1, last), Set.of(MoveFlag.STRICT)));
    fails(SystemCall.MOVE_PAGES, Errno.EINVAL,
        () -> migrator.movePages(SELF, batch(address, 1, last), Set.of(MoveFlag.STRICT, MoveFlag.MOVE)));
  }

  @Test
  void aProcessThatIsNotThereIsEsrchAndNoStatusOfTheCallBeforeIsLeft() {
    long address = pages(2);
    PageBatch batch = batch(address, 2, last);
    for (int pid : new int[] {ABSENT_PID, -1, Integer.MIN_VALUE}) {
      migrator.queryPages(SELF, batch);
      fails(SystemCall.MOVE_PAGES, Errno.ESRCH, () -> migrator.queryPages(pid, batch));
      assertThat(statuses(batch)).containsOnly(PageStatus.NOT_ATTEMPTED);
      fails(SystemCall.MOVE_PAGES, Errno.ESRCH, () -> migrator.movePages(pid, batch, MOVE));
      assertThat(statuses(batch)).containsOnly(PageStatus.NOT_ATTEMPTED);
      fails(SystemCall.MIGRATE_PAGES, Errno.ESRCH, () -> migrator.migratePages(pid, NodeSet.of(first), NodeSet.of(first)));
    }
  }

  @Test
  void noPagesAreNothingToDo() {
    for (PageBatch batch : List.of(PageBatch.ofCapacity(0), PageBatch.ofCapacity(10))) {
      assertThat(migrator.movePages(SELF, batch, MOVE)).isZero();
      migrator.queryPages(SELF, batch);
    }
  }

  @Test
  void migratingToWherePagesAreMovesNothing() {
    long address = pages(3);
    int[] before = query(address, 3);
    assertThat(migrator.migratePages(SELF, NodeSet.of(first), NodeSet.of(first))).isZero();
    assertThat(migrator.migratePages(SELF, NodeSet.EMPTY, NodeSet.of(first))).isZero();
    assertThat(query(address, 3)).containsExactly(before);
  }

  @Test
  void bindingARangeMovesItAndSetsItsPolicy() {
    long address = pages(20);
    migrator.bind(address, 20L * pageBytes, MemoryPolicy.bind(last), Set.of(MoveFlag.MOVE, MoveFlag.STRICT));
    assertThat(query(address, 20)).containsOnly(last);
    for (MemoryPolicy policy : List.of(
        MemoryPolicy.bind(last), MemoryPolicy.interleave(last), MemoryPolicy.preferred(last))) {
      migrator.bind(address, 20L * pageBytes, policy, Set.of());
      assertThat(migrator.getPolicyAt(address)).isEqualTo(policy);
      assertThat(migrator.getPolicyAt(address + 20L * pageBytes - 1)).isEqualTo(policy);
    }
  }

  @Test
  void partsOfARangeHaveTheirOwnPoliciesAndALengthIsRoundedUpToPages() {
    long address = pages(4);
    migrator.bind(address + pageBytes, pageBytes + 1, MemoryPolicy.bind(first), Set.of());
    assertThat(migrator.getPolicyAt(address + pageBytes - 1)).isEqualTo(MemoryPolicy.DEFAULT);
    assertThat(migrator.getPolicyAt(address + pageBytes)).isEqualTo(MemoryPolicy.bind(first));
    assertThat(migrator.getPolicyAt(address + 3L * pageBytes - 1)).isEqualTo(MemoryPolicy.bind(first));
    assertThat(migrator.getPolicyAt(address + 3L * pageBytes)).isEqualTo(MemoryPolicy.DEFAULT);
    migrator.bind(address, 4L * pageBytes, MemoryPolicy.DEFAULT, Set.of());
    assertThat(migrator.getPolicyAt(address + pageBytes)).isEqualTo(MemoryPolicy.DEFAULT);
  }

  @Test
  void rangesThatAreNoneAreRefused() {
    long address = pages(3);
    MemoryPolicy policy = MemoryPolicy.bind(first);
    long[][] invalid = {{address, -1}, {address, -address}, {address, Long.MIN_VALUE}, {-pageBytes, 2L * pageBytes},
        {-pageBytes, Long.MAX_VALUE}, {address + 1, pageBytes}};
    for (long[] range : invalid) {
      fails(SystemCall.MBIND, Errno.EINVAL, () -> migrator.bind(range[0], range[1], policy, MOVE));
    }
    fails(SystemCall.MBIND, Errno.EFAULT, () -> migrator.bind(0, pageBytes, policy, MOVE));
    assertThat(migrator.getPolicyAt(address)).isEqualTo(MemoryPolicy.DEFAULT);
    migrator.bind(address, 0, policy, MOVE);
    assertThat(migrator.getPolicyAt(address)).isEqualTo(MemoryPolicy.DEFAULT);
  }

  @Test
  void aHomeNodesRangeIsRefusedAsAnyOther() {
    for (long[] range : new long[][] {{0, -1}, {1L << 30, Long.MIN_VALUE}, {-pageBytes, 2L * pageBytes}}) {
      fails(SystemCall.SET_MEMPOLICY_HOME_NODE, Errno.EINVAL, () -> migrator.setHomeNode(range[0], range[1], first));
    }
  }

  private List<MemoryPolicy> policiesThatDoNotFit() {
    return List.of(
        MemoryPolicy.bind(), MemoryPolicy.interleave(), MemoryPolicy.bind(NodeSet.LIMIT - 1), MemoryPolicy.bind(ABSENT_NODE),
        MemoryPolicy.of(PolicyMode.DEFAULT, NodeSet.of(first)), MemoryPolicy.of(PolicyMode.LOCAL, NodeSet.of(first)),
        new MemoryPolicy(PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES, PolicyFlag.RELATIVE_NODES), NodeSet.of(first)),
        new MemoryPolicy(PolicyMode.PREFERRED, Set.of(PolicyFlag.STATIC_NODES), NodeSet.EMPTY));
  }

  @Test
  void policiesThatDoNotFitTheirNodesAreEinval() {
    long address = pages(1);
    onThread(() -> {
      for (MemoryPolicy policy : policiesThatDoNotFit()) {
        fails(SystemCall.SET_MEMPOLICY, Errno.EINVAL, () -> migrator.setPolicy(policy));
        fails(SystemCall.MBIND, Errno.EINVAL, () -> migrator.bind(address, pageBytes, policy, Set.of()));
      }
      assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT);
    });
    assertThat(migrator.getPolicyAt(address)).isEqualTo(MemoryPolicy.DEFAULT);
  }

  @Test
  void aThreadsPolicyIsItsOwnAndReadBackAsItWasSet() {
    NodeSet all = NodeSet.of(nodes.stream().mapToInt(Integer::intValue).toArray());
    List<MemoryPolicy> policies = List.of(
        MemoryPolicy.bind(last), MemoryPolicy.of(PolicyMode.INTERLEAVE, all), MemoryPolicy.preferred(last),
        new MemoryPolicy(PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES), all),
        new MemoryPolicy(PolicyMode.INTERLEAVE, Set.of(PolicyFlag.RELATIVE_NODES), NodeSet.of(0)), MemoryPolicy.DEFAULT);
    onThread(() -> {
      assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT);
      for (MemoryPolicy policy : policies) {
        migrator.setPolicy(policy);
        assertThat(migrator.getPolicy()).isEqualTo(policy);
      }
      migrator.setPolicy(MemoryPolicy.bind(last));
      assertThat(migrator.getPolicyAt(pages(1))).isEqualTo(MemoryPolicy.DEFAULT);
    });
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT);
    onThread(() -> assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT));
  }

  @Test
  void theNextNodeIsToldOfInterleavingThreadsAlone() {
    onThread(() -> {
      fails(SystemCall.GET_MEMPOLICY, Errno.EINVAL, migrator::nextInterleaveNode);
      migrator.setPolicy(MemoryPolicy.interleave(last));
      assertThat(migrator.nextInterleaveNode()).isEqualTo(last);
      migrator.setPolicy(MemoryPolicy.bind(last));
      fails(SystemCall.GET_MEMPOLICY, Errno.EINVAL, migrator::nextInterleaveNode);
    });
  }

  @Test
  void threadsCanCallAtTheSameTime() {
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      long address = pages(30);
      FutureTask<Boolean> task = new FutureTask<>(() -> {
        for (int round = 0; round < 20; round++) {
          int node = nodes.get(round % nodes.size());
          assertThat(migrator.movePages(SELF, batch(address, 30, node), MOVE)).isZero();
          assertThat(query(address, 30)).containsOnly(node);
        }
        return true;
      });
      tasks.add(task);
      new Thread(task).start();
    }
    tasks.forEach(BackendBehaviour::await);
  }

  @Test
  void nullsAreRefused() {
    PageBatch batch = PageBatch.ofCapacity(1);
    List<ThrowingCallable> calls = List.of(
        () -> migrator.movePages(SELF, null, MOVE), () -> migrator.movePages(SELF, batch, null),
        () -> migrator.queryPages(SELF, null), () -> migrator.migratePages(SELF, null, NodeSet.of(first)),
        () -> migrator.migratePages(SELF, NodeSet.of(first), null), () -> migrator.bind(0, 0, null, MOVE),
        () -> migrator.bind(0, 0, MemoryPolicy.DEFAULT, null), () -> migrator.setPolicy(null));
    assertThat(calls).allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(NullPointerException.class));
    migrator.queryPages(SELF, batch);
  }

  @Test
  void whatIsClosedRefusesEveryCallAndIsClosedAgainInVain() {
    long address = pages(1);
    PageBatch batch = batch(address, 1, first);
    String description = migrator.description();
    migrator.close();
    migrator.close();
    List<ThrowingCallable> calls = List.of(
        () -> migrator.movePages(SELF, batch, MOVE), () -> migrator.queryPages(SELF, batch),
        () -> migrator.migratePages(SELF, NodeSet.EMPTY, NodeSet.of(first)),
        () -> migrator.bind(address, pageBytes, MemoryPolicy.DEFAULT, MOVE), () -> migrator.setPolicy(MemoryPolicy.DEFAULT),
        migrator::getPolicy, () -> migrator.getPolicyAt(address), () -> migrator.nodeAt(address), migrator::nextInterleaveNode,
        migrator::allowedNodes, () -> migrator.setHomeNode(address, pageBytes, first), migrator::currentNode,
        migrator::topology, migrator::capabilities);
    assertThat(calls).allSatisfy(
        call -> assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed"));
    assertThat(migrator.description()).isEqualTo(description);
  }

  private PageBatch batch(long address, int count, int node) {
    PageBatch batch = PageBatch.ofCapacity(count);
    batch.addRun(address, pageBytes, count, node);
    return batch;
  }

  private int[] query(long address, int count) {
    PageBatch batch = batch(address, count, first);
    migrator.queryPages(SELF, batch);
    return statuses(batch);
  }

  private static int[] statuses(PageBatch batch) {
    int[] statuses = new int[batch.size()];
    Arrays.fill(statuses, Integer.MIN_VALUE);
    batch.copyStatuses(statuses, 0);
    return statuses;
  }

  private static void fails(SystemCall call, Errno errno, ThrowingCallable body) {
    assertThatThrownBy(body).isInstanceOfSatisfying(MemoryCallException.class, failure -> {
      assertThat(failure.call()).isEqualTo(call);
      assertThat(failure.errno()).isEqualTo(errno);
      assertThat(failure.hint()).isNotBlank();
    });
  }

  /** On a thread of its own, whose policy ends with it. */
  private static void onThread(Runnable body) {
    FutureTask<Boolean> task = new FutureTask<>(body, true);
    new Thread(task).start();
    await(task);
  }

  private static void await(FutureTask<Boolean> task) {
    try {
      assertThat(task.get()).isTrue();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
