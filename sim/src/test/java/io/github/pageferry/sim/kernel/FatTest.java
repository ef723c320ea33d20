package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code fat_aops}: what is done to a dirty page that moves. */
class FatTest {

  /** Its {@code migrate_folio} is buffer_migrate_folio() since 6.2; before, fallback_migrate_page() writes the page. */
  @ParameterizedTest
  @CsvSource({"2.6.36, false", "6.1, false", "6.12, true"})
  void aDirtyPageIsWrittenFirstUntil62(String release, boolean dirty) {
    TestKernel t = new TestKernel(Machines.SMALL, release);
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    assertThat(t.self.write(address, 5)).isZero();
    assertThat(file.isDirty(0)).isTrue();
    assertThat(t.k.migrate.migratePages(t.isolate(file.page(0)), t.new To(2), false)).isZero();
    assertThat(t.frames.pageToNid(file.page(0))).isEqualTo(2);
    assertThat(file.isDirty(0)).isEqualTo(dirty);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(5);
    file.remove();
  }
}
