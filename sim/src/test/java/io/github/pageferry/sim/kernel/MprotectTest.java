package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mprotect_fixup()}, mm/mprotect.c: memory that becomes writable, and madvise(2)'s room for VMAs. */
class MprotectTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int READ = SimulatedProcess.PROT_READ;

  private TestKernel t = new TestKernel();

  private long readable(String release) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.place();
    t.self.mapPrivate(address, 2, READ);
    return address;
  }

  /** Locked private memory that becomes writable gets pages of its own at once, in later kernels. */
  @ParameterizedTest
  @CsvSource({"2.6.36, false", "5.10, true", "6.12, true"})
  void lockedMemoryGetsItsOwnPagesWhenItBecomesWritable(String release, boolean populated) {
    long address = readable(release);
    assertThat(t.self.lock(address, 2 * PAGE)).isZero();
    assertThat(Pte.special(t.pte(address))).as("the zero page").isTrue();
    assertThat(t.self.protect(address, 2 * PAGE, TestKernel.RW)).isZero();
    for (long at : new long[] {address, address + PAGE}) {
      assertThat(Pte.special(t.pte(at))).isNotEqualTo(populated);
      assertThat(Pte.write(t.pte(at))).isEqualTo(populated);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void memoryThatIsNotLockedWaitsForItsFaults(String release) {
    long address = readable(release);
    assertThat(t.self.protect(address, 2 * PAGE, TestKernel.RW)).isZero();
    assertThat(t.pte(address)).isZero();
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.protect(address, 2 * PAGE, READ)).isZero();
    assertThat(t.self.protect(address, 2 * PAGE, TestKernel.RW)).isZero();
    assertThat(Pte.special(t.pte(address))).isTrue();
  }

  /** Of shared memory there is no copy to be made. */
  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.12"})
  void lockedSharedMemoryIsNotWrittenTo(String release) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.place();
    VmFile file = t.self.mapSharedAnonymous(address, 1, TestKernel.RW);
    long again = t.place();
    t.self.mapFile(again, 1, TestKernel.RW, file, true);
    assertThat(t.self.protect(again, PAGE, READ)).isZero();
    assertThat(t.self.lock(again, PAGE)).isZero();
    assertThat(Pte.dirty(t.pte(again))).isFalse();
    assertThat(t.self.protect(again, PAGE, TestKernel.RW)).isZero();
    assertThat(Pte.dirty(t.pte(again))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10"})
  void adviceForAPartNeedsRoomForOthers(String release) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.map(3);
    assertThat(t.self.mergeable(address + 1, PAGE)).isEqualTo(-Err.EINVAL);
    t.mapToTheLimit();
    assertThat(t.self.mergeable(address + PAGE, PAGE)).as("madvise_behavior() says so of ENOMEM").isEqualTo(-Err.EAGAIN);
    assertThat(t.self.mergeable(address, 3 * PAGE)).isZero();
    assertThat(t.self.mergeable(address, 3 * PAGE)).as("once more").isZero();
  }
}
