package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * {@code new_page_node()}, through move_pages(2): the first entry of the chunk that holds the page decides where it goes and gets
 * the result, stale entries of an earlier chunk included; the page must come from that very node.
 */
class NewPageNodeTest {

  private final TestKernel t = new TestKernel();

  private int[] move(long[] addresses, int... nodes) {
    int[] status = new int[addresses.length];
    assertThat(t.k.movePages.sysMovePages(
        0, addresses.length, UserLongs.of(addresses), UserInts.of(nodes), UserInts.of(status), MovePages.MPOL_MF_MOVE)).isZero();
    return status;
  }

  @Test
  void theFirstEntryOfTwoForOnePageDecides() {
    long address = t.written(1, 0);
    assertThat(move(new long[] {address, address}, 1, 2)).containsExactly(1, -Err.EBUSY);
    assertThat(t.nodeAt(address)).isEqualTo(1);
  }

  @Test
  void anEntryThatNamesTheNodeThatThePageIsOnDecidesToo() {
    long address = t.written(1, 0);
    // The second isolates the page, the first is found: the page goes to another page of the node that it is on.
    int before = t.pageAt(address);
    assertThat(move(new long[] {address, address}, 0, 2)).containsExactly(0, 0);
    assertThat(t.nodeAt(address)).isZero();
    assertThat(t.pageAt(address)).isNotEqualTo(before);
  }

  @Test
  void anEntryWithoutAPageKeepsTheOneOfTheChunkBefore() {
    long a = t.written(1, 0);
    long hole = t.map(1);
    long[] addresses = new long[170];
    int[] nodes = new int[170];
    long filler = t.written(1, 3);
    for (int i = 0; i < 170; i++) {
      addresses[i] = filler;
      nodes[i] = 3;
    }
    // Entry 0 of the first chunk sees the page where it is; entry 0 of the second finds none and keeps it.
    addresses[0] = a;
    nodes[0] = 0;
    addresses[169] = hole;
    nodes[169] = 1;
    long[] longer = java.util.Arrays.copyOf(addresses, 171);
    int[] targets = java.util.Arrays.copyOf(nodes, 171);
    longer[170] = a;
    targets[170] = 2;

    int[] status = move(longer, targets);

    assertThat(t.nodeAt(a)).as("the empty entry's target").isEqualTo(1);
    assertThat(status[169]).as("the empty entry's status").isEqualTo(1);
    assertThat(status[170]).isZero();
  }

  @Test
  void noCallInheritsWhatAnotherLeft() {
    long a = t.written(1, 0);
    long hole = t.map(1);
    assertThat(move(new long[] {a}, 0)).containsExactly(0);
    assertThat(move(new long[] {hole, a}, 1, 2)).containsExactly(-Err.ENOENT, 2);
  }

  @Test
  void aFullNodeIsNotReplacedByAnother() {
    long address = t.written(1, 0);
    List<Integer> taken = t.exhaust(2);
    int[] status = {-999};
    assertThat(t.k.movePages.sysMovePages(
        0, 1, UserLongs.of(address), UserInts.of(2), UserInts.of(status), MovePages.MPOL_MF_MOVE)).isEqualTo(-Err.ENOMEM);
    assertThat(status[0]).isEqualTo(-999);
    assertThat(t.nodeAt(address)).isZero();
    t.refill(taken);
  }

  @Test
  void theTargetIgnoresTheTasksPolicy() {
    long address = t.written(1, 0);
    t.self.setPolicy(2, io.github.pageferry.sim.mm.NodeMask.of(0));
    assertThat(move(new long[] {address}, 3)).containsExactly(3);
  }

  @Test
  void aPageThatTheTableDoesNotHaveGetsNone() {
    int page = t.anonPage(1);
    MovePages.PageToNode table = new MovePages.PageToNode(t.k);
    assertThat(table.newPage(page)).isZero();
    PageList list = t.isolate(page);
    assertThat(t.k.migrate.migratePages(list, table, false)).isEqualTo(-Err.ENOMEM);
  }
}
