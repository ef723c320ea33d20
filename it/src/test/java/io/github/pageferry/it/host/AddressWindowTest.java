package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressWindowTest {

  private static final long HUGE_PAGE = 2L << 20;

  @Test
  void regionsBeginAtMultiplesOf2MiBAndDoNotTouch() {
    try (AddressWindow window = AddressWindow.take()) {
      long end = window.hole() + Libc.PAGE_SIZE;
      for (long bytes : new long[] {1, HUGE_PAGE, (1L << 30) - 1, 1L << 30, (1L << 30) + 1}) {
        long at = window.reserve(bytes);
        assertThat(at % HUGE_PAGE).isZero();
        assertThat(at).isGreaterThanOrEqualTo(end + HUGE_PAGE);
        end = at + bytes;
      }
    }
  }

  @Test
  void theKernelLeavesAWindowAlone() {
    try (AddressWindow window = AddressWindow.take()) {
      List<ScratchMemory> others = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        others.add(new ScratchMemory(1 << 20));
      }
      assertThat(others).noneMatch(other -> window.contains(other.address()));
      assertThat(mappedAddresses()).noneMatch(window::contains);
      assertThat(mappedAddresses()).anyMatch(address -> address > window.hole());
      others.forEach(ScratchMemory::close);
    }
  }

  @Test
  void windowsOfRunsAtTheSameTimeAreApart() {
    try (AddressWindow first = AddressWindow.take();
        AddressWindow second = AddressWindow.take()) {
      assertThat(first.contains(second.hole())).isFalse();
      assertThat(second.contains(first.hole())).isFalse();
    }
  }

  @Test
  void whatIsStillMappedGoesWithTheWindow() {
    long at;
    try (AddressWindow window = AddressWindow.take()) {
      at = window.reserve(Libc.PAGE_SIZE);
      Mapper.map(at, Libc.PAGE_SIZE, Libc.PROT_READ, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1);
      assertThat(mappedAddresses()).contains(at);
    }
    assertThat(mappedAddresses()).doesNotContain(at);
  }

  @Test
  void moreThanAWindowHoldsIsRefused() {
    try (AddressWindow window = AddressWindow.take()) {
      assertThatThrownBy(() -> window.reserve(1L << 40)).hasMessageContaining("1024 GiB");
    }
  }

  private static List<Long> mappedAddresses() {
    return KernelFile.read(Path.of("/proc/self/maps")).orElseThrow().lines()
        .map(line -> Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16))
        .toList();
  }
}
