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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code do_pages_move()} since 4.17: entry by entry, runs of one target together, and an end at the first run that fails. */
class MoveEntriesTest {

  private static final int MOVE = MovePages.MPOL_MF_MOVE;
  private static final int ALL = MovePages.MPOL_MF_MOVE_ALL;
  private static final int UNWRITTEN = -1000;
  private static final long PAGE = TestKernel.PAGE;

  private TestKernel t = new TestKernel(Machines.SMALL, "6.1");
  private int[] status = {};

  private void boot(String release) {
    t = new TestKernel(Machines.SMALL, release);
  }

  private long move(int flags, long[] addresses, int... nodes) {
    status = new int[addresses.length];
    Arrays.fill(status, UNWRITTEN);
    return t.self.movePages(0, addresses.length, UserLongs.of(addresses), UserInts.of(nodes), UserInts.of(status), flags);
  }

  private int query(long address) {
    int[] one = new int[1];
    assertThat(t.self.movePages(0, 1, UserLongs.of(address), null, UserInts.of(one), 0)).isZero();
    return one[0];
  }

  private static long[] pages(long address, int count) {
    long[] pages = new long[count];
    for (int i = 0; i < count; i++) {
      pages[i] = address + i * PAGE;
    }
    return pages;
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12", "6.18"})
  void everyRunGoesToItsNode(String release) {
    boot(release);
    long address = t.written(6, 0);
    assertThat(move(MOVE, pages(address, 6), 1, 1, 2, 0, 3, 3)).isZero();
    assertThat(status).containsExactly(1, 1, 2, 0, 3, 3);
    for (int i = 0; i < 6; i++) {
      assertThat(t.nodeAt(address + i * PAGE)).isEqualTo(status[i]);
      assertThat(query(address + i * PAGE)).isEqualTo(status[i]);
      assertThat(t.self.peek(address + i * PAGE)).isEqualTo(i + 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"5.10, -14, -14", "6.1, -14, -14", "6.12, -2, -14"})
  void whatIsNoPageToMoveHasItsOwnStatus(String release, int untouched, int zero) {
    boot(release);
    long address = t.map(2);
    t.self.read(address + PAGE);
    long written = t.written(1, 0);
    long unmapped = 0x4000;
    long device = t.place();
    t.self.mapDevice(device, 1, SimulatedProcess.PROT_READ);
    assertThat(move(MOVE, new long[] {address, address + PAGE, unmapped, device, written}, 1, 1, 1, 1, 1)).isZero();
    assertThat(status).containsExactly(untouched, zero, -Err.EFAULT, -Err.EFAULT, 1);
    assertThat(query(address)).isEqualTo(untouched);
    assertThat(query(address + PAGE)).isEqualTo(zero);
    assertThat(query(unmapped)).isEqualTo(-Err.EFAULT);
    assertThat(query(written)).isEqualTo(1);
    assertThat(query(device)).isEqualTo(release.equals("6.12") ? -Err.ENOENT : -Err.EFAULT);
  }

  @Test
  void anUntouchedPageOfAFileIsNotThere() {
    long address = t.file(FileSystem.TMPFS, 2);
    t.self.dontneed(address, PAGE);
    assertThat(move(MOVE, pages(address, 2), 1, 1)).isZero();
    assertThat(status).containsExactly(-Err.ENOENT, 1);
    assertThat(query(address)).isEqualTo(-Err.ENOENT);
  }

  @ParameterizedTest
  @CsvSource({"5.10, 2", "6.1, 3", "6.12, 3"})
  void aRunWithAPageThatDoesNotMoveEndsTheCall(String release, long returned) {
    boot(release);
    long address = t.written(4, 0);
    t.self.pin(address);
    // One that did not move and two that were not tried; 5984fabb6e82 counts one too few until a7504ed14f9b.
    assertThat(move(MOVE, pages(address, 4), 1, 1, 2, 2)).isEqualTo(returned);
    assertThat(status).containsOnly(UNWRITTEN);
    assertThat(t.nodeAt(address)).isZero();
    assertThat(t.nodeAt(address + PAGE)).isEqualTo(1);
    assertThat(t.nodeAt(address + 2 * PAGE)).isZero();
    t.self.unpin(address);
  }

  @Test
  void aRunThatFailsAtTheEndHasNothingUntried() {
    long address = t.written(2, 0);
    t.self.pin(address + PAGE);
    assertThat(move(MOVE, pages(address, 2), 1, 1)).isEqualTo(1);
    assertThat(status).containsOnly(UNWRITTEN);
    t.self.unpin(address + PAGE);
  }

  @ParameterizedTest
  @CsvSource({"5.10, 2", "6.1, 2"})
  void anEntryThatIsThereEndsTheRunBeforeIt(String release, long returned) {
    boot(release);
    long address = t.written(3, 0);
    long there = t.written(1, 1);
    t.self.pin(address);
    assertThat(move(MOVE, new long[] {address, there, address + PAGE}, 1, 1, 1)).isEqualTo(returned);
    assertThat(status).containsExactly(UNWRITTEN, 1, UNWRITTEN);
    assertThat(t.nodeAt(address + PAGE)).isZero();
    t.self.unpin(address);
  }

  @Test
  void whereANodeIsFullTheCallFails() {
    long address = t.written(2, 0);
    List<Integer> taken = t.exhaust(1);
    assertThat(move(MOVE, pages(address, 2), 1, 2)).isEqualTo(-Err.ENOMEM);
    assertThat(status).containsOnly(UNWRITTEN);
    assertThat(t.nodeAt(address + PAGE)).isZero();
    t.refill(taken);
  }

  @ParameterizedTest
  @CsvSource({"-1, -19", "4, -19", "1023, -19", "1024, -19", "2147483647, -19"})
  void aNodeThatIsNoneEndsTheCallAfterTheRunBeforeIt(int node, long returned) {
    long address = t.written(3, 0);
    assertThat(move(MOVE, pages(address, 3), 1, node, 1)).isEqualTo(returned);
    assertThat(status).containsExactly(1, UNWRITTEN, UNWRITTEN);
    assertThat(t.nodeAt(address)).isEqualTo(1);
    assertThat(t.nodeAt(address + 2 * PAGE)).isZero();
  }

  @Test
  void aNodeThatTheTaskMayNotUseIsRefused() {
    long address = t.written(2, 0);
    t.self.confine(NodeMask.of(0, 1));
    assertThat(move(MOVE, pages(address, 2), 1, 2)).isEqualTo(-Err.EACCES);
    assertThat(status).containsExactly(1, UNWRITTEN);
  }

  @Test
  void arraysThatEndEarlyAreBadAddresses() {
    long address = t.written(3, 0);
    int[] three = {UNWRITTEN, UNWRITTEN, UNWRITTEN};
    assertThat(t.self.movePages(0, 3, UserLongs.of(pages(address, 2)), UserInts.of(1, 1, 1), UserInts.of(three), MOVE))
        .isEqualTo(-Err.EFAULT);
    assertThat(three).containsExactly(1, 1, UNWRITTEN);
    Arrays.fill(three, UNWRITTEN);
    assertThat(t.self.movePages(0, 3, UserLongs.of(pages(address, 3)), UserInts.of(2), UserInts.of(three), MOVE))
        .isEqualTo(-Err.EFAULT);
    assertThat(three).containsExactly(2, UNWRITTEN, UNWRITTEN);
    int[] one = {UNWRITTEN};
    assertThat(t.self.movePages(0, 3, UserLongs.of(pages(address, 3)), UserInts.of(3, 3, 3), UserInts.of(one), MOVE))
        .isEqualTo(-Err.EFAULT);
    assertThat(one).containsExactly(3);
    assertThat(t.nodeAt(address + 2 * PAGE)).as("moved all the same").isEqualTo(3);
    int[] none = {};
    assertThat(t.self.movePages(0, 1, UserLongs.of(address), UserInts.of(3), UserInts.of(none), MOVE)).isEqualTo(-Err.EFAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.12"})
  void whatProcessesShareNeedsMoveAll(String release) {
    boot(release);
    long address = t.written(1, 0);
    SimulatedProcess child = t.self.fork();
    assertThat(move(MOVE, pages(address, 1), 1)).isZero();
    assertThat(status).containsExactly(-Err.EACCES);
    assertThat(move(MOVE, pages(address, 1), 0)).isZero();
    assertThat(status).as("it is there already").containsExactly(0);
    assertThat(move(ALL, pages(address, 1), 1)).isZero();
    assertThat(status).containsExactly(1);
    child.exit();
  }

  @Test
  void aPageThatIsOnNoListIsBusy() {
    long address = t.written(2, 0);
    var list = t.isolate(t.pageAt(address));
    assertThat(move(MOVE, pages(address, 2), 1, 1)).isZero();
    assertThat(status).containsExactly(-Err.EBUSY, 1);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void aPageNamedTwiceInOneRunIsBusyTheSecondTime() {
    long address = t.written(1, 0);
    assertThat(move(MOVE, new long[] {address, address}, 1, 1)).isZero();
    assertThat(status).containsExactly(1, -Err.EBUSY);
  }

  @Test
  void movedPagesCanMoveAgainAtOnceSince513() {
    long address = t.written(1, 0);
    assertThat(move(MOVE, new long[] {address, address}, 1, 2)).isZero();
    assertThat(status).containsExactly(1, 2);
    boot("5.10");
    address = t.written(1, 0);
    assertThat(move(MOVE, new long[] {address, address}, 1, 2)).isZero();
    assertThat(status).as("it waits in a pagevec").containsExactly(1, -Err.EBUSY);
  }

  @Test
  void theOldPageIsFreeAtOnce() {
    boot("5.10");
    long address = t.written(1, 0);
    long free = t.k.nodes.zone(0).freePages();
    int old = t.pageAt(address);
    assertThat(move(MOVE, pages(address, 1), 1)).isZero();
    assertThat(t.frames.count(old)).isZero();
    assertThat(t.k.nodes.zone(0).freePages()).isEqualTo(free + 1);
    assertThat(t.newPage(0)).isEqualTo(old);
    t.free(old);
  }

  @Test
  void rightsAreThoseOfPtrace() {
    long address = t.written(1, 0);
    SimulatedProcess child = t.self.fork();
    int[] one = new int[1];
    SimulatedProcess user = t.self.asUser(1000);
    assertThat(user.movePages(0, 1, UserLongs.of(address), null, UserInts.of(one), 0)).as("its own").isZero();
    assertThat(user.movePages(child.pid(), 1, UserLongs.of(address), null, UserInts.of(one), 0)).isEqualTo(-Err.EPERM);
    assertThat(user.movePages(2, 1, UserLongs.of(address), null, UserInts.of(one), 0)).isEqualTo(-Err.EPERM);
    assertThat(t.self.movePages(2, 1, UserLongs.of(address), null, UserInts.of(one), 0)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.movePages(child.pid(), 1, UserLongs.of(address), null, UserInts.of(one), 0)).isZero();
    SimulatedProcess others = t.self.asUser(1000).fork();
    assertThat(t.self.asUser(1000).movePages(others.pid(), 1, UserLongs.of(address), null, UserInts.of(one), 0)).isZero();
    assertThat(t.self.asUser(1001).movePages(others.pid(), 1, UserLongs.of(address), null, UserInts.of(one), 0))
        .isEqualTo(-Err.EPERM);
    others.exit();
    child.exit();
  }
}
