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
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Where 2.6.18, the first release with {@code move_pages}, answers the API's calls as no later one does. */
class FirstReleaseTest {

  private static final long START = 1L << 40;
  private static final Set<MoveFlag> MOVE = Set.of(MoveFlag.MOVE);

  private final SimulatedMigrator migrator = Machines.open("2.6.18 nodes:4 memory:64MiB");

  private static void assertFails(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(MemoryCallException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  private PageBatch page(int node) {
    PageBatch batch = PageBatch.ofCapacity(1);
    batch.add(START, node);
    return batch;
  }

  @Test
  void aMoveWithNothingToMoveIsAnError() {
    assertFails(Errno.ENOENT, () -> migrator.movePages(MemoryMigrator.SELF, PageBatch.ofCapacity(3), MOVE));
    PageBatch there = page(0);
    assertFails(Errno.ENOENT, () -> migrator.movePages(MemoryMigrator.SELF, there, MOVE));
    assertThat(there.status(0)).isEqualTo(PageStatus.NOT_ATTEMPTED);
  }

  @Test
  void nodesThatAreNotOnlineAreRefusedAndNegativeOnesReadTheStack() {
    for (int node : new int[] {4, 63}) {
      assertFails(Errno.ENODEV, () -> migrator.movePages(MemoryMigrator.SELF, page(node), MOVE));
    }
    assertThat(migrator.movePages(MemoryMigrator.SELF, page(1), MOVE)).isZero();
  }

  @Test
  void wherePagesHaveNoRoomTheyGoElsewhere() {
    PageBatch many = PageBatch.ofCapacity(5000);
    many.addRun(START, 4096, 5000, 1);
    SimulatedMigrator small = Machines.open("2.6.18 nodes:4 memory:64MiB");
    assertThat(small.movePages(MemoryMigrator.SELF, many, MOVE)).isZero();
    int[] statuses = new int[5000];
    many.copyStatuses(statuses, 0);
    assertThat(statuses).contains(1, 2).doesNotContain(-Errno.ENOMEM.number());
  }

  @Test
  void aHoleAtTheStartOfARangeIsNotSeen() {
    assertFails(Errno.EFAULT, () -> migrator.bind(0, 4096, MemoryPolicy.bind(1), MOVE));
    migrator.queryPages(MemoryMigrator.SELF, page(0));
    // With memory above it.
    migrator.bind(0, 4096, MemoryPolicy.bind(1), MOVE);
    assertFails(Errno.EINVAL, () -> migrator.bind(START, -1, MemoryPolicy.bind(1), MOVE));
  }

  @Test
  void policiesHaveNoFlagsAndNameOnlyNodesThatMayBeUsed() {
    migrator.setPolicy(MemoryPolicy.bind(1, 3));
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.bind(1, 3));
    MemoryPolicy flagged = new MemoryPolicy(PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES), NodeSet.of(1));
    assertFails(Errno.EINVAL, () -> migrator.setPolicy(flagged));
    assertFails(Errno.EINVAL, () -> migrator.setPolicy(MemoryPolicy.bind(1, 9)));
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.bind(1, 3));
    migrator.setPolicy(MemoryPolicy.interleave(0, 2));
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.interleave(0, 2));
  }
}
