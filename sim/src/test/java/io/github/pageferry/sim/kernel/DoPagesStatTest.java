package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code do_pages_stat()} and {@code do_pages_stat_array()}: where pages are, sixteen at a time. */
class DoPagesStatTest {

  private final TestKernel t = new TestKernel();
  private final Mm mm = t.k.current.mm();

  private int status(long address) {
    int[] status = {-999};
    assertThat(t.k.movePages.doPagesStat(mm, 1, UserLongs.of(address), UserInts.of(status))).isZero();
    return status[0];
  }

  @Test
  void aPageIsWhereItIs() {
    assertThat(status(t.written(1, 3) + 4095)).isEqualTo(3);
  }

  @Test
  void whatThereIsNoPageFor() {
    long touched = t.written(1, 1);
    long read = t.map(1);
    t.self.read(read);
    assertThat(status(1L << 46)).isEqualTo(-Err.EFAULT);
    assertThat(status(touched - TestKernel.PAGE)).as("below a mapping").isEqualTo(-Err.ENOENT);
    assertThat(status(t.map(1))).as("never touched").isEqualTo(-Err.ENOENT);
    assertThat(status(read)).as("the zero page").isEqualTo(-Err.ENOENT);
  }

  @Test
  void deviceMemoryIsAFault() {
    long address = t.place();
    t.self.mapDevice(address, 1, SimulatedProcess.PROT_READ);
    assertThat(status(address)).isEqualTo(-Err.EFAULT);
  }

  @Test
  void aMergedPageIsNone() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    int mapping = t.frames.mapping(page);
    t.frames.mapping(page, mapping | PageFrames.MAPPING_KSM);
    assertThat(status(address)).isEqualTo(-Err.ENOENT);
    t.frames.mapping(page, mapping);
  }

  @Test
  void aSharedPageIsLikeAnyOther() {
    long address = t.written(1, 2);
    SimulatedProcess child = t.self.fork();
    assertThat(status(address)).isEqualTo(2);
    child.exit();
  }

  @Test
  void lookingTakesNoReference() {
    long address = t.written(1, 2);
    status(address);
    assertThat(t.frames.count(t.pageAt(address))).isEqualTo(1);
    assertThat(t.frames.count(PageFrames.ZERO_PAGE)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 32, 33, 100})
  void anyNumberOfPagesIsFound(int count) {
    long base = t.written(Math.max(1, count), 1);
    long[] addresses = new long[count];
    for (int i = 0; i < count; i++) {
      addresses[i] = base + i * TestKernel.PAGE;
    }
    int[] status = new int[count];
    assertThat(t.k.movePages.doPagesStat(mm, count, UserLongs.of(addresses), UserInts.of(status))).isZero();
    assertThat(Arrays.stream(status)).allMatch(s -> s == 1);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "15, 0", "16, 16", "17, 16", "39, 32"})
  void addressesThatCannotBeReadEndItBeforeTheirChunk(int readable, int written) {
    long[] addresses = new long[readable];
    Arrays.fill(addresses, t.written(1, 2));
    int[] status = new int[40];
    Arrays.fill(status, -999);
    assertThat(t.k.movePages.doPagesStat(mm, 40, UserLongs.of(addresses), UserInts.of(status))).isEqualTo(-Err.EFAULT);
    assertThat(Arrays.stream(status).filter(s -> s == 2).count()).isEqualTo(written);
    assertThat(Arrays.stream(status).skip(written)).containsOnly(-999);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "15, 15", "16, 16", "17, 17", "39, 39"})
  void statusesThatCannotBeWrittenEndItWhereTheyCannot(int writable, int written) {
    long[] addresses = new long[40];
    Arrays.fill(addresses, t.written(1, 2));
    int[] status = new int[writable];
    Arrays.fill(status, -999);
    assertThat(t.k.movePages.doPagesStat(mm, 40, UserLongs.of(addresses), UserInts.of(status))).isEqualTo(-Err.EFAULT);
    assertThat(Arrays.stream(status).filter(s -> s == 2).count()).isEqualTo(written);
  }

  @Test
  void ofNoPagesBadArraysAreNoMatter() {
    assertThat(t.k.movePages.doPagesStat(mm, 0, UserLongs.inaccessible(), UserInts.inaccessible())).isZero();
  }
}
