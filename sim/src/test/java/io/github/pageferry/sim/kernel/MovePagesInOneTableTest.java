package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code sys_move_pages()} of 2.6.18. */
class MovePagesInOneTableTest {

  private static final int UNTOUCHED = -999;
  private static final int MOVE = MovePages.MPOL_MF_MOVE;
  private static final int ALL = MovePages.MPOL_MF_MOVE_ALL;

  private final TestKernel t = new TestKernel(Machines.SMALL, "2.6.18");
  private int[] status = {};

  private long move(int flags, long[] addresses, int... nodes) {
    return call(t.self, flags, addresses, UserInts.of(nodes));
  }

  private long query(long... addresses) {
    return call(t.self, 0, addresses, null);
  }

  private long call(SimulatedProcess as, int flags, long[] addresses, UserInts nodes) {
    status = new int[addresses.length];
    Arrays.fill(status, UNTOUCHED);
    return as.movePages(0, addresses.length, UserLongs.of(addresses), nodes, UserInts.of(status), flags);
  }

  private static long[] pages(long address, int count) {
    long[] pages = new long[count];
    for (int i = 0; i < count; i++) {
      pages[i] = address + i * TestKernel.PAGE;
    }
    return pages;
  }

  @Test
  void allPagesMoveInOneGo() {
    long address = t.written(400, 0);
    int[] nodes = new int[400];
    Arrays.setAll(nodes, i -> 1 + i % 3);
    assertThat(move(MOVE, pages(address, 400), nodes)).isZero();
    assertThat(status).isEqualTo(nodes);
    assertThat(t.nodeAt(address + 399 * TestKernel.PAGE)).isEqualTo(1 + 399 % 3);
  }

  @Test
  void aBadNodeAnywhereKeepsAllPagesWhereTheyAre() {
    long address = t.written(200, 0);
    int[] nodes = new int[200];
    Arrays.fill(nodes, 1);
    nodes[199] = 5;
    assertThat(move(MOVE, pages(address, 200), nodes)).isEqualTo(-Err.ENODEV);
    assertThat(status).containsOnly(UNTOUCHED);
    assertThat(t.nodeAt(address)).isZero();
  }

  @Test
  void withNothingToMoveItIsNoEntry() {
    long address = t.written(1, 0);
    long untouched = t.map(1);
    assertThat(move(MOVE, new long[] {address, untouched}, 0, 1)).isEqualTo(-Err.ENOENT);
    assertThat(status).containsOnly(UNTOUCHED);
    assertThat(move(MOVE, new long[0])).isEqualTo(-Err.ENOENT);
  }

  @Test
  void whatDidNotMoveIsCounted() {
    long address = t.written(3, 0);
    t.self.pin(address + TestKernel.PAGE);
    assertThat(move(MOVE, pages(address, 3), 1, 1, 1)).isEqualTo(1);
    assertThat(status).containsExactly(1, -Err.EAGAIN, 1);
  }

  @Test
  void eachAddressHasItsStatus() {
    long address = t.written(2, 0);
    long zero = t.map(1);
    t.self.read(zero);
    long file = t.file(FileSystem.TMPFS, 1);
    assertThat(move(MOVE, new long[] {address, zero, t.place(), file, address}, 1, 1, 1, 1, 2)).isZero();
    assertThat(status).containsExactly(1, -Err.ENOENT, -Err.EFAULT, 1, -Err.EBUSY);
    assertThat(query(address, zero, t.place(), 0)).isZero();
    assertThat(status).containsExactly(1, -Err.ENOENT, -Err.EFAULT, -Err.ENOENT);
  }

  @Test
  void sharedPagesMoveWithAllOnly() {
    long address = t.written(1, 0);
    SimulatedProcess child = t.self.fork();
    assertThat(move(MOVE, pages(address, 1), 1)).isEqualTo(-Err.ENOENT);
    assertThat(move(ALL, pages(address, 1), 1)).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(1);
    child.exit();
  }

  @Test
  void deviceMemoryHasNoPages() {
    long address = t.place();
    t.self.mapDevice(address, 1, SimulatedProcess.PROT_READ);
    assertThat(query(address)).isZero();
    assertThat(status).containsExactly(-Err.ENOENT);
    assertThat(move(MOVE, pages(address, 1), 1)).isEqualTo(-Err.ENOENT);
  }

  @Test
  void aNodeThatIsFullSendsPagesToTheNext() {
    long address = t.written(2, 0);
    List<Integer> taken = t.exhaust(1);
    assertThat(move(MOVE, pages(address, 2), 1, 3)).isZero();
    assertThat(status).containsExactly(2, 3);
    t.refill(taken);
  }

  @Test
  void theCallersCpusetSendsThemElsewhereToo() {
    long address = t.written(1, 0);
    SimulatedProcess child = t.self.fork();
    t.write(address, 1, 0);
    assertThat(t.self.confine(NodeMask.of(0, 3))).isZero();
    assertThat(move(MOVE, pages(address, 1), 2)).isEqualTo(-Err.EACCES);
    child.exit();
  }

  @Test
  void tooManyPagesAreTooBigOrTooMuchForTheMachine() {
    UserLongs none = UserLongs.of();
    assertThat(t.self.movePages(0, -1, none, UserInts.of(), UserInts.of(), MOVE)).isEqualTo(-Err.E2BIG);
    assertThat(t.self.movePages(0, Long.divideUnsigned(-1L, 24) - 1, none, null, UserInts.of(), 0)).isEqualTo(-Err.E2BIG);
    assertThat(t.self.movePages(0, Long.divideUnsigned(-1L, 24) - 2, none, null, UserInts.of(), 0)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.movePages(0, 4096 * 4096 / 24, none, null, UserInts.of(), 0)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.movePages(0, 4096 * 4096 / 24 - 1, none, null, UserInts.of(), 0)).isEqualTo(-Err.EFAULT);
  }

  @Test
  void arraysThatCannotBeReadOrWrittenAreFaults() {
    long address = t.written(2, 0);
    long[] addresses = pages(address, 2);
    UserInts bad = UserInts.inaccessible();
    UserInts one = UserInts.of(1);
    assertThat(t.self.movePages(0, 2, UserLongs.of(address), UserInts.of(1, 1), bad, MOVE)).isEqualTo(-Err.EFAULT);
    assertThat(t.self.movePages(0, 2, UserLongs.of(addresses), one, bad, MOVE)).isEqualTo(-Err.EFAULT);
    assertThat(t.nodeAt(address)).isZero();
    int[] first = {UNTOUCHED};
    assertThat(t.self.movePages(0, 2, UserLongs.of(addresses), UserInts.of(1, 1), UserInts.of(first), MOVE))
        .isEqualTo(-Err.EFAULT);
    assertThat(first).as("what can be written is").containsExactly(1);
    assertThat(t.nodeAt(address)).as("and the pages have moved").isEqualTo(1);
  }

  @Test
  void aNegativeNodeReadsWhatTheLastFailureLeftOnTheStack() {
    long address = t.written(1, 2);
    assertThat(move(MOVE, pages(address, 1), -1)).isEqualTo(-Err.EACCES);
    // The bits of -EACCES.
    assertThat(move(MOVE, pages(address, 1), -1)).as("this CPU's node").isZero();
    assertThat(status).containsExactly(0);
    assertThat(move(MOVE, pages(address, 1), -32)).as("bit 0 of -EACCES").isZero();
    assertThat(move(MOVE, pages(address, 1), -33)).isEqualTo(-Err.ENODEV);
    assertThat(move(MOVE, pages(address, 1), -32)).as("bit 0 of -ENODEV").isZero();
    assertThat(move(MOVE, pages(address, 1), -31)).as("bit 1 of -ENODEV").isEqualTo(-Err.EACCES);
  }
}
