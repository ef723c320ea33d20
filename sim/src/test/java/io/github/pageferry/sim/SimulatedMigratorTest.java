package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.PolicyFlag;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.SystemCall;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of the interface on a simulated machine, those about memory policies apart ({@link SimulatedPoliciesTest}). */
class SimulatedMigratorTest {

  private static final long BASE = 0x7f12_3456_7000L;
  private static final int PAGE = 4096;
  private static final Set<MoveFlag> MOVE = Set.of(MoveFlag.MOVE);

  static List<String> profiles() {
    return Profiles.names();
  }

  /** All but 2.6.18's, whose answers in these matters are its own ({@code FirstReleaseTest}). */
  static List<String> laterProfiles() {
    return profiles().stream().filter(profile -> !profile.equals("2.6.18")).toList();
  }

  private static SimulatedMigrator four(String profile) {
    return Machines.open(profile + " nodes:4 memory:64MiB");
  }

  private static PageBatch run(long address, int count, int node) {
    PageBatch batch = PageBatch.ofCapacity(count);
    batch.addRun(address, PAGE, count, node);
    return batch;
  }

  private static int[] statuses(PageBatch batch) {
    int[] statuses = new int[batch.size()];
    batch.copyStatuses(statuses, 0);
    return statuses;
  }

  private static int[] query(MemoryMigrator migrator, long address, int count) {
    PageBatch batch = run(address, count, 0);
    migrator.queryPages(MemoryMigrator.SELF, batch);
    return statuses(batch);
  }

  private static void assertFails(SystemCall call, Errno errno, ThrowingCallable callable) {
    assertThatThrownBy(callable).isInstanceOfSatisfying(MemoryCallException.class, e -> {
      assertThat(e.call()).isEqualTo(call);
      assertThat(e.errno()).isEqualTo(errno);
      assertThat(e.hint()).isNotBlank().doesNotEndWith(".");
    });
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void memoryThatIsSeenFirstIsOnNodeZero(String profile) {
    try (SimulatedMigrator migrator = four(profile)) {
      assertThat(query(migrator, BASE + 123, 5)).containsOnly(0);
      assertThat(migrator.nodeAt(BASE + 9 * PAGE)).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void pagesMoveWhereTheyAreSent(String profile) {
    SimulatedMigrator migrator = four(profile);
    PageBatch batch = PageBatch.ofCapacity(600);
    for (int i = 0; i < 600; i++) {
      batch.add(BASE + (long) i * PAGE, i % 4);
    }
    assertThat(migrator.movePages(MemoryMigrator.SELF, batch, MOVE)).isZero();
    int[] placed = query(migrator, BASE, 600);
    for (int i = 0; i < 600; i++) {
      assertThat(batch.status(i)).isEqualTo(i % 4);
      assertThat(placed[i]).isEqualTo(i % 4);
    }
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void theJvmsOwnPidAndPidOneNameTheProcess(String profile) {
    SimulatedMigrator migrator = four(profile);
    int jvm = Math.toIntExact(ProcessHandle.current().pid());
    assertThat(migrator.movePages(jvm, run(BASE, 1, 2), MOVE)).isZero();
    PageBatch batch = run(BASE, 2, 0);
    migrator.queryPages(SimulatedMachine.FIRST_PID, batch);
    assertThat(statuses(batch)).containsExactly(2, 0);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void otherPidsAreNoProcesses(String profile) {
    SimulatedMigrator migrator = four(profile);
    for (int pid : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertFails(SystemCall.MOVE_PAGES, Errno.ESRCH, () -> migrator.queryPages(pid, run(BASE, 1, 0)));
      assertFails(SystemCall.MOVE_PAGES, Errno.ESRCH, () -> migrator.movePages(pid, run(BASE, 1, 0), MOVE));
      assertFails(SystemCall.MIGRATE_PAGES, Errno.ESRCH, () -> migrator.migratePages(pid, NodeSet.of(0), NodeSet.of(1)));
    }
    assertThatThrownBy(() -> migrator.queryPages(2, run(BASE, 1, 0))).isInstanceOf(MemoryCallException.class);
  }

  @ParameterizedTest
  @MethodSource("laterProfiles")
  void nodesThatAreNotThereAreRefused(String profile) {
    SimulatedMigrator migrator = four(profile);
    for (int node : new int[] {-1, Integer.MIN_VALUE, 4, 63, 64, 1023, 1024, Integer.MAX_VALUE}) {
      PageBatch batch = run(BASE, 1, node);
      assertFails(SystemCall.MOVE_PAGES, Errno.ENODEV, () -> migrator.movePages(MemoryMigrator.SELF, batch, MOVE));
      assertThat(batch.status(0)).isEqualTo(PageStatus.NOT_ATTEMPTED);
    }
    assertFails(SystemCall.MIGRATE_PAGES, Errno.EINVAL,
        () -> migrator.migratePages(MemoryMigrator.SELF, NodeSet.of(0), NodeSet.of(NodeSet.LIMIT - 1)));
    assertFails(SystemCall.MBIND, Errno.EINVAL, () -> migrator.bind(BASE & -PAGE, PAGE, MemoryPolicy.bind(65_000), MOVE));
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void strictIsNoFlagOfMovePages(String profile) {
    SimulatedMigrator migrator = four(profile);
    assertFails(SystemCall.MOVE_PAGES, Errno.EINVAL,
        () -> migrator.movePages(MemoryMigrator.SELF, run(BASE, 1, 1), Set.of(MoveFlag.STRICT)));
    assertThat(query(migrator, BASE, 1)).containsExactly(0);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void addressesThatNoProcessHasAreErrorsOfTheirPages(String profile) {
    SimulatedMigrator migrator = four(profile);
    PageBatch batch = PageBatch.ofCapacity(6);
    batch.add(BASE, 1);
    for (long address : new long[] {-1, -4096, Long.MIN_VALUE, 1L << 48, Long.MAX_VALUE}) {
      batch.add(address, 1);
    }
    migrator.queryPages(MemoryMigrator.SELF, batch);
    assertThat(statuses(batch)).containsExactly(0, -14, -14, -14, -14, -14);
    migrator.movePages(MemoryMigrator.SELF, batch, MOVE);
    assertThat(statuses(batch)).containsExactly(1, -14, -14, -14, -14, -14);
    assertFails(SystemCall.GET_MEMPOLICY, Errno.EFAULT, () -> migrator.nodeAt(0));
    assertFails(SystemCall.GET_MEMPOLICY, Errno.EFAULT, () -> migrator.nodeAt(-8));
    assertFails(SystemCall.GET_MEMPOLICY, Errno.EFAULT, () -> migrator.getPolicyAt(1L << 48));
  }

  @Test
  void theFirstPagesOfAllAreNeverMapped() {
    SimulatedMigrator migrator = four("2.6.36");
    // 2.6.36 takes the mapping above an address for the one that it is in.
    assertThat(query(migrator, 0, 17)).startsWith(-2, -2).endsWith(-2, 0);
  }

  @ParameterizedTest
  @MethodSource("laterProfiles")
  void anEmptyBatchIsNothingToDo(String profile) {
    SimulatedMigrator migrator = four(profile);
    migrator.queryPages(MemoryMigrator.SELF, PageBatch.ofCapacity(0));
    assertThat(migrator.movePages(MemoryMigrator.SELF, PageBatch.ofCapacity(3), MOVE)).isZero();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void bindMovesARange(String profile) {
    SimulatedMigrator migrator = four(profile);
    long start = BASE & -PAGE;
    query(migrator, start + 3 * PAGE, 2);
    migrator.bind(start, 1000 * PAGE - 5, MemoryPolicy.bind(3), MOVE);
    assertThat(query(migrator, start, 1001)).containsOnly(3, 0).endsWith(3, 0);
    migrator.bind(start, 8 * PAGE, MemoryPolicy.interleave(0, 1), MOVE);
    assertThat(query(migrator, start, 8)).containsOnly(0, 1);
  }

  @ParameterizedTest
  @MethodSource("laterProfiles")
  void rangesThatWrapOrAreNegativeAreRefused(String profile) {
    SimulatedMigrator migrator = four(profile);
    long start = BASE & -PAGE;
    for (long length : new long[] {-1, Long.MIN_VALUE, -PAGE}) {
      assertFails(SystemCall.MBIND, Errno.EINVAL, () -> migrator.bind(start, length, MemoryPolicy.bind(1), MOVE));
    }
    assertFails(SystemCall.MBIND, Errno.EINVAL, () -> migrator.bind(-PAGE, 2 * PAGE, MemoryPolicy.bind(1), MOVE));
    assertFails(SystemCall.MBIND, Errno.EINVAL, () -> migrator.bind(start + 1, PAGE, MemoryPolicy.bind(1), MOVE));
    assertFails(SystemCall.MBIND, Errno.EFAULT, () -> migrator.bind(Long.MIN_VALUE, PAGE, MemoryPolicy.bind(1), MOVE));
    assertFails(SystemCall.MBIND, Errno.EFAULT, () -> migrator.bind(0, PAGE, MemoryPolicy.bind(1), MOVE));
    assertFails(SystemCall.MBIND, Errno.EFAULT, () -> migrator.bind(start, Long.MAX_VALUE - start, MemoryPolicy.bind(1), MOVE));
    migrator.bind(start, 0, MemoryPolicy.bind(1), MOVE);
    assertThat(query(migrator, start, 1)).containsExactly(0);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void aRangeThatTheMachineHasNoMemoryForIsRefusedAsAWhole(String profile) {
    SimulatedMigrator migrator = four(profile);
    long start = BASE & -PAGE;
    long free = migrator.topology().nodes().get(0).freeBytes();
    assertFails(SystemCall.MBIND, Errno.ENOMEM, () -> migrator.bind(start, 1L << 40, MemoryPolicy.bind(1), MOVE));
    assertFails(SystemCall.MBIND, Errno.ENOMEM, () -> migrator.bind(start, (64L << 20) + 1, MemoryPolicy.DEFAULT, Set.of()));
    assertThat(migrator.topology().nodes().get(0).freeBytes()).isEqualTo(free);
    migrator.bind(start, 64L << 20, MemoryPolicy.DEFAULT, Set.of());
    assertThat(migrator.topology().nodes()).allSatisfy(node -> assertThat(node.freeBytes()).isZero());
    assertFails(SystemCall.MOVE_PAGES, Errno.ENOMEM, () -> query(migrator, start - PAGE, 1));
    assertFails(SystemCall.GET_MEMPOLICY, Errno.ENOMEM, () -> migrator.nodeAt(start - PAGE));
    assertThat(query(migrator, start, 1)).containsExactly(0);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void whatNodeZeroHasNoRoomForIsOnTheNextNodes(String profile) {
    SimulatedMigrator migrator = four(profile);
    int perNode = (16 << 20) / PAGE;
    int[] placed = query(migrator, BASE, perNode + 10);
    assertThat(placed[perNode - 1]).isZero();
    assertThat(placed[perNode]).isPositive();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void migratePagesMovesWhatWasSeen(String profile) {
    SimulatedMigrator migrator = four(profile);
    query(migrator, BASE, 20);
    assertThat(migrator.migratePages(MemoryMigrator.SELF, NodeSet.of(0), NodeSet.of(2))).isZero();
    assertThat(query(migrator, BASE, 21)).containsOnly(2, 0).endsWith(2, 0);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void topologyShowsTheMachine(String profile) {
    SimulatedMigrator migrator = Machines.open(profile + " nodes:3 memory:48MiB cpus:2");
    assertThat(migrator.topology().pageBytes()).isEqualTo(PAGE);
    assertThat(migrator.topology().nodesWithMemory()).isEqualTo(NodeSet.of(0, 1, 2));
    assertThat(migrator.topology().nodes()).allSatisfy(node -> {
      assertThat(node.totalBytes()).isEqualTo(16 << 20);
      assertThat(node.freeBytes()).isEqualTo(16 << 20);
      assertThat(node.hasMemory()).isTrue();
    });
    assertThat(migrator.topology().nodes().get(1).cpus()).isEqualTo(NodeSet.of(2, 3));
    assertThat(migrator.topology().distance(1, 1)).isEqualTo(10);
    assertThat(migrator.topology().distance(0, 2)).isEqualTo(20);
    query(migrator, BASE, 7);
    assertThat(migrator.topology().nodes().get(0).freeBytes()).isEqualTo((16 << 20) - 7 * PAGE);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void capabilitiesSayWhatIsSimulated(String profile) {
    SimulatedMigrator migrator = four(profile);
    boolean homeNodes = !List.of("2.6.18", "2.6.36", "5.10").contains(profile);
    for (SystemCall call : SystemCall.values()) {
      assertThat(migrator.capabilities().has(call)).as(call.kernelName())
          .isEqualTo(homeNodes || call != SystemCall.SET_MEMPOLICY_HOME_NODE);
      assertThat(migrator.capabilities().of(call).reason()).isNotBlank();
    }
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void threadsRunOnNodeZeroUntilTheyAreSentElsewhere(String profile) throws InterruptedException {
    SimulatedMigrator migrator = Machines.open(profile + " nodes:4 cpus:8");
    assertThat(migrator.currentNode()).isEqualTo(new MemoryMigrator.CurrentCpu(0, 0));
    migrator.runOn(3);
    assertThat(migrator.currentNode()).isEqualTo(new MemoryMigrator.CurrentCpu(24, 3));
    AtomicReference<MemoryMigrator.CurrentCpu> other = new AtomicReference<>();
    Thread thread = new Thread(() -> other.set(migrator.currentNode()));
    thread.start();
    thread.join();
    assertThat(other.get().node()).isZero();
    assertThatThrownBy(() -> migrator.runOn(4)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0 to 3");
    assertThatThrownBy(() -> migrator.runOn(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aClosedMigratorRefusesEveryCallAndIsClosedAgainInVain() {
    SimulatedMigrator migrator = four("2.6.36");
    migrator.close();
    migrator.close();
    List<Consumer<MemoryMigrator>> calls = List.of(
        m -> m.topology(), m -> m.capabilities(), m -> m.movePages(0, run(BASE, 1, 0), MOVE), m -> m.queryPages(0, run(BASE, 1, 0)),
        m -> m.migratePages(0, NodeSet.of(0), NodeSet.of(1)), m -> m.bind(BASE, 1, MemoryPolicy.DEFAULT, MOVE),
        m -> m.setPolicy(MemoryPolicy.DEFAULT), m -> m.getPolicy(), m -> m.getPolicyAt(BASE), m -> m.nodeAt(BASE),
        m -> m.nextInterleaveNode(), m -> m.allowedNodes(), m -> m.setHomeNode(0, PAGE, 0), m -> m.currentNode());
    assertThat(calls).allSatisfy(call -> assertThatThrownBy(() -> call.accept(migrator))
        .isInstanceOf(IllegalStateException.class).hasMessage("the simulator sim:2.6.36 is closed"));
    assertThat(migrator.description()).isEqualTo("sim:2.6.36");
  }

  @Test
  void nullsAreRefusedBeforeAnythingIsDone() {
    SimulatedMigrator migrator = four("2.6.36");
    List<Consumer<MemoryMigrator>> calls = List.of(
        m -> m.movePages(0, null, MOVE), m -> m.movePages(0, run(BASE, 1, 0), null), m -> m.queryPages(0, null),
        m -> m.migratePages(0, null, NodeSet.of(1)), m -> m.migratePages(0, NodeSet.of(1), null),
        m -> m.bind(BASE, 1, null, MOVE), m -> m.bind(BASE, 1, MemoryPolicy.DEFAULT, null), m -> m.setPolicy(null));
    assertThat(calls).allSatisfy(
        call -> assertThatThrownBy(() -> call.accept(migrator)).isInstanceOf(NullPointerException.class));
    assertThat(migrator.currentNode().node()).isZero();
  }

  @Test
  void homeNodesAreNoCallOfOldKernels() {
    SimulatedMigrator migrator = four("2.6.36");
    assertFails(SystemCall.SET_MEMPOLICY_HOME_NODE, Errno.ENOSYS, () -> migrator.setHomeNode(BASE & -PAGE, PAGE, 0));
    assertThat(migrator.capabilities().of(SystemCall.SET_MEMPOLICY_HOME_NODE).reason()).contains("5.17");
  }

  /** Nothing balances here; modes that cannot have the flag are the kernel's to refuse. */
  @ParameterizedTest
  @ValueSource(strings = {"6.1", "7.3"})
  void numaBalancingIsRefusedByNameWhereAKernelWouldTakeIt(String profile) {
    SimulatedMigrator migrator = four(profile);
    Set<PolicyFlag> balancing = Set.of(PolicyFlag.NUMA_BALANCING);
    assertThatThrownBy(() -> migrator.setPolicy(new MemoryPolicy(PolicyMode.BIND, balancing, NodeSet.of(0))))
        .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("MPOL_F_NUMA_BALANCING");
    assertFails(SystemCall.SET_MEMPOLICY, Errno.EINVAL,
        () -> migrator.setPolicy(new MemoryPolicy(PolicyMode.INTERLEAVE, balancing, NodeSet.of(0))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12", "6.18", "7.3"})
  void homeNodesAreAskedOfPoliciesOfTheirOwn(String profile) {
    SimulatedMigrator migrator = four(profile);
    long page = BASE & -PAGE;
    assertFails(SystemCall.SET_MEMPOLICY_HOME_NODE, Errno.ENOENT, () -> migrator.setHomeNode(page, PAGE, 2));
    migrator.bind(page, PAGE, MemoryPolicy.bind(1, 2), MOVE);
    migrator.setHomeNode(page, PAGE, 2);
    migrator.bind(page, PAGE, MemoryPolicy.interleave(1, 2), MOVE);
    assertFails(SystemCall.SET_MEMPOLICY_HOME_NODE, Errno.EOPNOTSUPP, () -> migrator.setHomeNode(page, PAGE, 2));
    assertFails(SystemCall.SET_MEMPOLICY_HOME_NODE, Errno.EINVAL, () -> migrator.setHomeNode(page, -1, 2));
  }

  @Test
  void aModeThatTheReleaseDoesNotHaveIsInvalid() {
    SimulatedMigrator migrator = four("2.6.36");
    for (PolicyMode mode : List.of(PolicyMode.LOCAL, PolicyMode.PREFERRED_MANY, PolicyMode.WEIGHTED_INTERLEAVE)) {
      assertFails(SystemCall.SET_MEMPOLICY, Errno.EINVAL, () -> migrator.setPolicy(MemoryPolicy.of(mode, NodeSet.of(0))));
      assertFails(SystemCall.MBIND, Errno.EINVAL,
          () -> migrator.bind(BASE & -PAGE, PAGE, MemoryPolicy.of(mode, NodeSet.of(0)), MOVE));
    }
    assertFails(SystemCall.SET_MEMPOLICY, Errno.EINVAL, () -> migrator.setPolicy(
        new MemoryPolicy(PolicyMode.BIND, Set.of(PolicyFlag.NUMA_BALANCING), NodeSet.of(0))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9.99", "nodes:x", "2.6.36 cheese:1", "2.6.36 nodes:65", "x"})
  void optionsThatAreNotUnderstoodAreRefusedWithWhatIsPossible(String options) {
    assertThatThrownBy(() -> SimulatedMigrator.open(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("2.6.36", "nodes:4 memory:16GiB");
  }

  @Test
  void withoutOptionsTheProfileIsTheHostsAndTheMachineTheDefault() {
    SimulatedMigrator migrator = Machines.open("");
    assertThat(migrator.description()).isEqualTo("sim:" + Profiles.forThisHost());
    assertThat(migrator.topology().nodesWithMemory()).isEqualTo(NodeSet.of(0, 1));
    assertThat(Machines.open("node:3 core:2 pu:2").topology().nodesWithMemory()).isEqualTo(NodeSet.of(0, 1, 2));
  }
}
