package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import org.junit.jupiter.api.Test;

/** {@code msync(2)} with {@code MS_SYNC}, mm/msync.c: which files of a range are written, and what of it is told. */
class MsyncTest {

  private static final long PAGE = TestKernel.PAGE;

  private final TestKernel t = new TestKernel();
  private final TestFile file = new TestFile(t, FileSystem.EXT4, 2);

  /** Two pages of the file at an address, the first written to through the mapping. */
  private long dirty(boolean shared) {
    long address = file.map(shared);
    assertThat(t.self.write(address, 5)).isZero();
    return address;
  }

  private boolean isWritten() {
    // A mapped page's dirty bit may be in its entry yet.
    return file.mapping.host().disk(0) == 5;
  }

  @Test
  void refusesWhatIsNoRange() {
    long address = dirty(true);
    assertThat(t.self.sync(address + 1, PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.sync(address, -2 * PAGE)).as("it ends before it begins").isEqualTo(-Err.ENOMEM);
    assertThat(t.self.sync(address, 0)).isZero();
    assertThat(isWritten()).isFalse();
    file.remove();
  }

  @Test
  void aSharedMappingsFileIsWrittenThoughOnlyAPartIsNamed() {
    long address = dirty(true);
    assertThat(t.self.sync(address + PAGE, 1)).isZero();
    assertThat(isWritten()).isTrue();
    assertThat(file.file.inode().references).as("no reference is kept").isEqualTo(2);
    file.remove();
  }

  @Test
  void aPrivateMappingsFileIsNot() {
    dirty(true);
    long other = file.map(false);
    assertThat(t.self.sync(other, 2 * PAGE)).isZero();
    assertThat(isWritten()).isFalse();
    file.remove();
  }

  @Test
  void holesArePassedOverAndTold() {
    long address = dirty(true);
    assertThat(t.self.sync(address - PAGE, 2 * PAGE)).as("a hole before it").isEqualTo(-Err.ENOMEM);
    assertThat(isWritten()).isTrue();
    assertThat(t.self.write(address, 6)).isZero();
    assertThat(t.self.sync(address, 3 * PAGE)).as("a hole after it, and no mapping above").isEqualTo(-Err.ENOMEM);
    assertThat(file.mapping.host().disk(0)).isEqualTo(6);
    assertThat(t.self.sync(address - 2 * PAGE, 2 * PAGE)).as("nothing but a hole").isEqualTo(-Err.ENOMEM);
    assertThat(t.self.sync(address + 2 * PAGE, PAGE)).as("nothing above").isEqualTo(-Err.ENOMEM);
    file.remove();
  }

  @Test
  void whatCouldNotBeWrittenIsToldAtOnce() {
    long address = dirty(true);
    t.k.blockDevice.failing(true);
    assertThat(t.self.sync(address - PAGE, 3 * PAGE)).isEqualTo(-Err.EIO);
    assertThat(isWritten()).isFalse();
    t.k.blockDevice.failing(false);
    assertThat(t.self.write(address, 5)).isZero();
    assertThat(t.self.sync(address, PAGE)).isZero();
    assertThat(isWritten()).isTrue();
    file.remove();
  }
}
