package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.PolicyFlag;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.SystemCall;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is passed to the kernel, above all how wide a mask is said to be, and what is made of what it returns. */
class ArgumentsTest {

  private final FakeCalls calls = new FakeCalls();
  private final LinuxMigrator migrator = new LinuxMigrator(calls, new HostFiles(Path.of("/nonexistent")), 4096);

  @Test
  void movePagesPassesTheThreeArraysOfTheBatch() {
    PageBatch batch = PageBatch.ofCapacity(5);
    batch.addRun(1 << 20, 4096, 3, 1);
    migrator.movePages(42, batch, Set.of(MoveFlag.MOVE, MoveFlag.MOVE_ALL));
    migrator.queryPages(43, batch);
    assertThat(calls.made).containsExactly(
        "move_pages" + List.of(42, 3, batch.addressesPointer(), batch.nodesPointer(), batch.statusesPointer(), 6)
            .toString().replace('[', '(').replace(']', ')'),
        "move_pages" + List.of(43, 3, batch.addressesPointer(), 0, batch.statusesPointer(), 0)
            .toString().replace('[', '(').replace(']', ')'));
  }

  @Test
  void aPositiveReturnIsReturnedAndWhatTheKernelDidNotWriteIsNotAttempted() {
    PageBatch batch = PageBatch.ofCapacity(3);
    batch.addRun(1 << 20, 4096, 3, 1);
    batch.status(1, 7);
    calls.returning(SystemCall.MOVE_PAGES, 2);
    assertThat(migrator.movePages(0, batch, Set.of(MoveFlag.MOVE))).isEqualTo(2);
    assertThat(Pages.statuses(batch)).containsOnly(PageStatus.NOT_ATTEMPTED);
  }

  @Test
  void masksToSetArePassedWithOneBitMoreThanTheyHave() {
    migrator.bind(4096, 8192, MemoryPolicy.bind(0), Set.of(MoveFlag.MOVE));
    migrator.bind(0, 0, MemoryPolicy.bind(63), Set.of());
    migrator.bind(0, 0, MemoryPolicy.interleave(0, 64), Set.of(MoveFlag.STRICT));
    migrator.setPolicy(MemoryPolicy.preferred(127));
    migrator.setPolicy(new MemoryPolicy(PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES), NodeSet.of(2)));
    assertThat(calls.made).containsExactly(
        "mbind(4096, 8192, 2, [1], 65, 2)",
        "mbind(0, 0, 2, [" + Long.MIN_VALUE + "], 65, 0)",
        "mbind(0, 0, 3, [1, 1], 129, 1)",
        "set_mempolicy(1, [0, " + Long.MIN_VALUE + "], 129)",
        "set_mempolicy(32770, [4], 65)");
  }

  @Test
  void anEmptySetIsANullMask() {
    migrator.bind(0, 4096, MemoryPolicy.DEFAULT, Set.of());
    migrator.setPolicy(MemoryPolicy.of(PolicyMode.LOCAL, NodeSet.EMPTY));
    assertThat(calls.made).containsExactly("mbind(0, 4096, 0, [], 0, 0)", "set_mempolicy(4, [], 0)");
  }

  @Test
  void bothMasksOfMigratePagesAreAsWideAsTheWiderOne() {
    calls.returning(SystemCall.MIGRATE_PAGES, 5);
    assertThat(migrator.migratePages(7, NodeSet.of(1), NodeSet.of(64, 65))).isEqualTo(5);
    assertThat(migrator.migratePages(7, NodeSet.of(1023), NodeSet.EMPTY)).isEqualTo(5);
    assertThat(calls.made.get(0)).isEqualTo("migrate_pages(7, 129, [2, 0], [0, 3])");
    assertThat(calls.made.get(1)).startsWith("migrate_pages(7, 1025, [0, 0, ").contains(Long.MIN_VALUE + "], [0, 0, ");
  }

  @Test
  void aMaskHoldsNothingOfTheOneBefore() {
    migrator.setPolicy(MemoryPolicy.bind(0, 1, 2, 64, 1023, 40_000));
    migrator.setPolicy(MemoryPolicy.bind(65));
    assertThat(calls.made.get(1)).isEqualTo("set_mempolicy(2, [0, 2], 129)");
  }

  @Test
  void theWidestSetGoesToTheKernelWhichRefusesIt() {
    migrator.setPolicy(MemoryPolicy.bind(NodeSet.LIMIT - 1));
    assertThat(calls.made.get(0)).endsWith(", " + (NodeSet.LIMIT + 1) + ")");
  }

  @Test
  void getMempolicyGetsAMaskOfAtLeastAsManyBitsAsTheKernelHasNodeIds() {
    calls.nodeIds = 1;
    migrator.getPolicy();
    migrator.getPolicyAt(4096);
    migrator.allowedNodes();
    assertThat(calls.made).contains(
        "get_mempolicy(1, 1024, 0, 0)", "get_mempolicy(1, 1024, 4096, 2)", "get_mempolicy(0, 1024, 0, 4)");
  }

  @Test
  void aKernelWithMoreNodeIdsGetsAWiderMask() {
    calls.nodeIds = 4096;
    assertThat(migrator.allowedNodes()).isEqualTo(NodeSet.of(4095));
    assertThat(migrator.getPolicy().nodes()).isEqualTo(NodeSet.of(4095));
    assertThat(calls.made).containsOnlyOnce("get_mempolicy(1, 4096, 0, 0)");
  }

  @Test
  void aKernelThatDoesNotKnowAllowedNodesIsStillAskedForPolicies() {
    calls.nodeIds = Long.MAX_VALUE;
    assertThat(errnoOf(migrator::allowedNodes)).isEqualTo(Errno.EINVAL);
    calls.nodeIds = 0;
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT);
  }

  @Test
  void nodesAreAskedForWithoutAMask() {
    migrator.nodeAt(12345);
    migrator.nextInterleaveNode();
    assertThat(calls.made).containsExactly("get_mempolicy(1, 0, 12345, 3)", "get_mempolicy(1, 0, 0, 1)");
  }

  @Test
  void theHomeNodeIsPassedWithoutFlags() {
    migrator.setHomeNode(4096, 8192, 3);
    assertThat(calls.made).containsExactly("set_mempolicy_home_node(4096, 8192, 3, 0)");
  }

  @Test
  void aNegativeLengthAndARangeThatWrapsAreEinvalAndNeverReachTheKernel() {
    long[][] ranges = {{0, -1}, {4096, Long.MIN_VALUE}, {-4096, 8192}, {-4096, Long.MAX_VALUE}};
    for (long[] range : ranges) {
      assertThat(errnoOf(() -> migrator.bind(range[0], range[1], MemoryPolicy.DEFAULT, Set.of())))
          .isEqualTo(Errno.EINVAL);
      assertThat(errnoOf(() -> migrator.setHomeNode(range[0], range[1], 0))).isEqualTo(Errno.EINVAL);
    }
    assertThat(calls.made).isEmpty();
  }

  @Test
  void anErrorIsTheCallsOwnAndAnUnnamedOneIsSaid() {
    calls.returning(SystemCall.MOVE_PAGES, -515);
    MemoryCallException failure = catchThrowableOfType(
        MemoryCallException.class, () -> migrator.queryPages(0, PageBatch.ofCapacity(1)));
    assertThat(failure.call()).isEqualTo(SystemCall.MOVE_PAGES);
    assertThat(failure).hasMessageContaining("515");
  }

  @Test
  void nullsAreRefusedBeforeTheKernelIsAsked() {
    PageBatch batch = PageBatch.ofCapacity(1);
    List<ThrowingCallable> nulls = List.of(
        () -> migrator.movePages(0, null, Set.of()),
        () -> migrator.movePages(0, batch, null),
        () -> migrator.queryPages(0, null),
        () -> migrator.migratePages(0, null, NodeSet.EMPTY),
        () -> migrator.migratePages(0, NodeSet.EMPTY, null),
        () -> migrator.bind(0, 0, null, Set.of()),
        () -> migrator.bind(0, 0, MemoryPolicy.DEFAULT, null),
        () -> migrator.setPolicy(null));
    assertThat(nulls).allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(NullPointerException.class));
    assertThat(calls.made).isEmpty();
    migrator.setPolicy(MemoryPolicy.DEFAULT);
    migrator.close();
  }

  @Test
  void everyCallAfterCloseIsRefusedAndNoneReachesTheKernel() {
    PageBatch batch = PageBatch.ofCapacity(1);
    batch.add(4096, 0);
    batch.status(0, 3);
    migrator.close();
    migrator.close();
    List<ThrowingCallable> all = List.of(
        () -> migrator.movePages(0, batch, Set.of()),
        () -> migrator.queryPages(0, batch),
        () -> migrator.migratePages(0, NodeSet.EMPTY, NodeSet.EMPTY),
        () -> migrator.bind(0, 0, MemoryPolicy.DEFAULT, Set.of()),
        () -> migrator.setPolicy(MemoryPolicy.DEFAULT),
        migrator::getPolicy,
        () -> migrator.getPolicyAt(0),
        () -> migrator.nodeAt(0),
        migrator::nextInterleaveNode,
        migrator::allowedNodes,
        () -> migrator.setHomeNode(0, 0, 0),
        migrator::currentNode,
        migrator::topology,
        migrator::capabilities);
    assertThat(all).allSatisfy(
        call -> assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed"));
    assertThat(calls.made).isEmpty();
    assertThat(batch.status(0)).isEqualTo(3);
    assertThat(migrator.description()).isEqualTo("linux unknown");
  }

  private static Errno errnoOf(ThrowingCallable call) {
    return catchThrowableOfType(MemoryCallException.class, call).errno();
  }
}
