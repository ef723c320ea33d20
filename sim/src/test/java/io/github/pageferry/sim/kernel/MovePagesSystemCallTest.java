package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.Cred;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code move_pages(2)} itself: flags, then MOVE_ALL's capability, then the task, its memory, and the rights, in this order. */
class MovePagesSystemCallTest {

  private static final int ABSENT = 9999;
  private static final int KERNEL_THREAD = 2;

  private final TestKernel t = new TestKernel();
  private final SimulatedProcess user = t.self.asUser(1000);

  private static long call(SimulatedProcess caller, int pid, int flags) {
    return caller.movePages(pid, 0, UserLongs.of(), UserInts.of(), UserInts.of(), flags);
  }

  private static long query(SimulatedProcess caller, int pid) {
    return caller.movePages(pid, 0, UserLongs.of(), null, UserInts.of(), 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 16, 1 << 30, Integer.MIN_VALUE, 7, -1})
  void unknownFlagsAreInvalid(int flags) {
    assertThat(call(t.self, 0, flags)).isEqualTo(-Err.EINVAL);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 4, 6})
  void knownFlagsAreNot(int flags) {
    assertThat(call(t.self, 0, flags)).isZero();
  }

  @Test
  void moveAllNeedsTheCapability() {
    assertThat(call(user, 0, MovePages.MPOL_MF_MOVE_ALL)).isEqualTo(-Err.EPERM);
    assertThat(call(t.self, 0, MovePages.MPOL_MF_MOVE_ALL)).isZero();
  }

  @Test
  void flagsComeFirstThenTheCapabilityThenTheTask() {
    assertThat(call(user, ABSENT, 8 | MovePages.MPOL_MF_MOVE_ALL)).isEqualTo(-Err.EINVAL);
    assertThat(call(user, ABSENT, MovePages.MPOL_MF_MOVE_ALL)).isEqualTo(-Err.EPERM);
    assertThat(call(user, ABSENT, MovePages.MPOL_MF_MOVE)).isEqualTo(-Err.ESRCH);
    assertThat(call(t.self, -1, MovePages.MPOL_MF_MOVE)).isEqualTo(-Err.ESRCH);
  }

  @Test
  void aKernelThreadHasNoMemoryAndThatComesBeforeRights() {
    assertThat(query(t.self, KERNEL_THREAD)).isEqualTo(-Err.EINVAL);
    assertThat(query(user, KERNEL_THREAD)).isEqualTo(-Err.EINVAL);
  }

  @Test
  void anotherProcessesPagesAreMovedAndLookedAt() {
    long address = t.written(1, 0);
    SimulatedProcess child = t.self.fork();
    child.write(address, 9);
    t.k.swap.lruAddDrainAll();
    int[] status = {-999};
    assertThat(t.self.movePages(
        child.pid(), 1, UserLongs.of(address), UserInts.of(2), UserInts.of(status), MovePages.MPOL_MF_MOVE)).isZero();
    assertThat(status).containsExactly(2);
    assertThat(t.self.movePages(child.pid(), 1, UserLongs.of(address), null, UserInts.of(status), 0)).isZero();
    assertThat(status).containsExactly(2);
    assertThat(t.self.movePages(0, 1, UserLongs.of(address), null, UserInts.of(status), 0)).isZero();
    assertThat(status).containsExactly(0);
    child.exit();
  }

  /** The caller's real or effective user must be the target's real or saved one. */
  @ParameterizedTest
  @CsvSource({
      "1, 1, 1,  1, 1, 1, true",
      "1, 2, 1,  1, 9, 9, true",
      "2, 1, 2,  1, 9, 9, true",
      "1, 2, 1,  9, 9, 1, true",
      "2, 1, 2,  9, 9, 1, true",
      "1, 1, 1,  9, 1, 9, false",
      "2, 3, 1,  1, 1, 1, false",
      "2, 2, 2,  1, 1, 1, false"
  })
  void rightsAreThoseOfTheUsers(int uid, int euid, int suid, int targetUid, int targetEuid, int targetSuid, boolean allowed) {
    SimulatedProcess child = t.self.fork();
    t.k.findTask(child.pid()).cred = new Cred(targetUid, targetEuid, targetSuid, false, false);
    SimulatedProcess caller = t.self.newThread();
    query(caller, 0);
    t.k.current.cred = new Cred(uid, euid, suid, false, false);
    assertThat(t.k.movePages.sysMovePages(child.pid(), 0, UserLongs.of(), null, UserInts.of(), 0))
        .isEqualTo(allowed ? 0 : -Err.EPERM);
    t.k.current.cred = new Cred(uid, euid, suid, true, false);
    assertThat(t.k.movePages.sysMovePages(child.pid(), 0, UserLongs.of(), null, UserInts.of(), 0)).isZero();
    child.exit();
  }

  @Test
  void withoutNodesItOnlyLooks() {
    long address = t.written(1, 3);
    int[] status = {-999};
    assertThat(t.self.movePages(0, 1, UserLongs.of(address), null, UserInts.of(status), MovePages.MPOL_MF_MOVE)).isZero();
    assertThat(status).containsExactly(3);
  }
}
