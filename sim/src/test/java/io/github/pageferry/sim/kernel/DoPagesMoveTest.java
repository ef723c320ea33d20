package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code do_pages_move()}: chunks of 169, each read and checked as a whole before any of it moves. */
class DoPagesMoveTest {

  private static final int UNTOUCHED = -999;

  private final TestKernel t = new TestKernel();

  /** An array in memory that ends after so many elements. */
  private record Short(UserInts all, long accessible) implements UserInts {
    @Override
    public int get(long i) {
      return all.get(i);
    }

    @Override
    public void put(long i, int value) {
      all.put(i, value);
    }
  }

  private static long[] addresses(long base, int count) {
    long[] addresses = new long[count];
    for (int i = 0; i < count; i++) {
      addresses[i] = base + i * TestKernel.PAGE;
    }
    return addresses;
  }

  private static int[] all(int count, int value) {
    int[] values = new int[count];
    Arrays.fill(values, value);
    return values;
  }

  private long move(UserLongs pages, UserInts nodes, UserInts status, long count) {
    return t.self.movePages(0, count, pages, nodes, status, MovePages.MPOL_MF_MOVE);
  }

  private int countOn(long base, int count, int node) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      found += t.nodeAt(base + i * TestKernel.PAGE) == node ? 1 : 0;
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 168, 169, 170, 338, 339, 500})
  void anyNumberOfPagesMoves(int count) {
    long base = t.written(Math.max(1, count), 0);
    int[] status = all(count, UNTOUCHED);
    assertThat(move(UserLongs.of(addresses(base, count)), UserInts.of(all(count, 1)), UserInts.of(status), count)).isZero();
    assertThat(status).containsOnly(all(Math.min(1, count), 1));
    assertThat(countOn(base, count, 1)).isEqualTo(count);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "168, 0", "169, 169", "170, 169", "337, 169", "338, 338", "399, 338"})
  void aBadNodeEndsItBeforeItsChunkMoves(int at, int moved) {
    long base = t.written(400, 0);
    int[] nodes = all(400, 1);
    nodes[at] = 9;
    int[] status = all(400, UNTOUCHED);
    assertThat(move(UserLongs.of(addresses(base, 400)), UserInts.of(nodes), UserInts.of(status), 400)).isEqualTo(-Err.ENODEV);
    assertThat(countOn(base, 400, 1)).isEqualTo(moved);
    assertThat(Arrays.stream(status).filter(s -> s == 1).count()).isEqualTo(moved);
    assertThat(Arrays.stream(status).skip(moved)).containsOnly(UNTOUCHED);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 4, 63, 64, 1 << 20, Integer.MAX_VALUE})
  void nodesThatAreNotThereAreNoDevices(int node) {
    long base = t.written(1, 0);
    assertThat(move(UserLongs.of(base), UserInts.of(node), UserInts.of(new int[1]), 1)).isEqualTo(-Err.ENODEV);
  }

  @Test
  void aNodeOutsideTheCpusetIsForbidden() {
    long base = t.written(1, 0);
    t.self.confine(NodeMask.of(0, 1));
    assertThat(move(UserLongs.of(base), UserInts.of(2), UserInts.of(new int[1]), 1)).isEqualTo(-Err.EACCES);
    assertThat(move(UserLongs.of(base), UserInts.of(1), UserInts.of(new int[1]), 1)).isZero();
  }

  @Test
  void theCpusetIsThatOfTheProcessWhosePagesMove() {
    long base = t.written(1, 0);
    SimulatedProcess child = t.self.fork();
    t.self.write(base, 5);
    t.k.swap.lruAddDrainAll();
    t.self.confine(NodeMask.of(0, 1));
    int[] status = {UNTOUCHED};
    assertThat(t.self.movePages(
        child.pid(), 1, UserLongs.of(base), UserInts.of(3), UserInts.of(status), MovePages.MPOL_MF_MOVE)).isZero();
    assertThat(status).containsExactly(3);
    child.exit();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "100, 0", "169, 169", "250, 169"})
  void addressesThatCannotBeReadEndItBeforeTheirChunkMoves(int readable, int moved) {
    long base = t.written(300, 0);
    int[] status = all(300, UNTOUCHED);
    UserLongs pages = UserLongs.of(addresses(base, readable));
    assertThat(move(pages, UserInts.of(all(300, 1)), UserInts.of(status), 300)).isEqualTo(-Err.EFAULT);
    assertThat(countOn(base, 300, 1)).isEqualTo(moved);
    assertThat(Arrays.stream(status).filter(s -> s == 1).count()).isEqualTo(moved);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "100, 0", "169, 169", "250, 169"})
  void nodesThatCannotBeReadEndItBeforeTheirChunkMoves(int readable, int moved) {
    long base = t.written(300, 0);
    int[] status = all(300, UNTOUCHED);
    UserInts nodes = UserInts.of(all(readable, 1));
    assertThat(move(UserLongs.of(addresses(base, 300)), nodes, UserInts.of(status), 300)).isEqualTo(-Err.EFAULT);
    assertThat(countOn(base, 300, 1)).isEqualTo(moved);
  }

  @ParameterizedTest
  @CsvSource({"0, 169, 0", "100, 169, 100", "169, 300, 169", "250, 300, 250"})
  void statusesThatCannotBeWrittenEndItAfterTheirChunkMoved(int writable, int moved, int written) {
    long base = t.written(300, 0);
    int[] status = all(300, UNTOUCHED);
    UserInts bounded = new Short(UserInts.of(status), writable);
    assertThat(move(UserLongs.of(addresses(base, 300)), UserInts.of(all(300, 1)), bounded, 300)).isEqualTo(-Err.EFAULT);
    assertThat(countOn(base, 300, 1)).isEqualTo(moved);
    assertThat(Arrays.stream(status).filter(s -> s == 1).count()).isEqualTo(written);
  }

  @Test
  void aBadPointerComesBeforeABadNodeOfTheSameEntry() {
    assertThat(move(UserLongs.inaccessible(), UserInts.of(9), UserInts.of(new int[1]), 1)).isEqualTo(-Err.EFAULT);
    assertThat(move(UserLongs.of(0), UserInts.inaccessible(), UserInts.of(new int[1]), 1)).isEqualTo(-Err.EFAULT);
  }

  @Test
  void pagesThatWaitInPagevecsAreDrainedFirst() {
    long address = t.map(1);
    t.self.write(address, 1);
    int[] status = {UNTOUCHED};
    assertThat(move(UserLongs.of(address), UserInts.of(1), UserInts.of(status), 1)).isZero();
    assertThat(status).containsExactly(1);
  }

  @Test
  void pagesThatDoNotMoveAreNoErrorOfTheCall() {
    long address = t.written(1, 0);
    t.self.pin(address);
    assertThat(move(UserLongs.of(address), UserInts.of(1), UserInts.of(new int[1]), 1)).isZero();
  }

  @Test
  void outOfMemoryLeavesTheChunksStatusesUnwritten() {
    long base = t.written(170, 0);
    var taken = t.exhaust(1);
    for (int i = 0; i < 169; i++) {
      t.k.swap.putPage(taken.remove(0));
    }
    int[] status = all(170, UNTOUCHED);
    assertThat(move(UserLongs.of(addresses(base, 170)), UserInts.of(all(170, 1)), UserInts.of(status), 170))
        .isEqualTo(-Err.ENOMEM);
    assertThat(Arrays.stream(status).filter(s -> s == 1).count()).isEqualTo(169);
    assertThat(status[169]).isEqualTo(UNTOUCHED);
    assertThat(countOn(base, 170, 1)).isEqualTo(169);
    t.refill(taken);
  }

  /** new_page_node() knows nothing of the call before, in which the same page stood elsewhere. */
  @Test
  void aPageGoesWhereThisCallSaysWhereverItStoodInTheOneBefore() {
    long base = t.written(6, 0);
    assertThat(move(UserLongs.of(addresses(base, 6)), UserInts.of(all(6, 0)), UserInts.of(new int[6]), 6)).isZero();
    int[] status = new int[1];
    assertThat(move(UserLongs.of(base + 5 * TestKernel.PAGE), UserInts.of(3), UserInts.of(status), 1)).isZero();
    assertThat(status).containsExactly(3);
    assertThat(t.nodeAt(base + 5 * TestKernel.PAGE)).isEqualTo(3);
    assertThat(countOn(base, 5, 0)).isEqualTo(5);
  }
}
