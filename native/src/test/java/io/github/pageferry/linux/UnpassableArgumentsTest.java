package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Arguments that {@link LinuxMigrator} never passes, given to the host's kernel by the calls themselves: what comes back is an
 * errno, negated, and the right one.
 */
class UnpassableArgumentsTest {

  private static final int MPOL_PREFERRED = 1;
  private static final int MPOL_BIND = 2;
  private static final int F_ADDR = 1 << 1;
  private static final int ONE_WORD = Long.SIZE + 1;

  private SystemCalls calls;
  private Pages pages;
  private Memory mask;

  @BeforeEach
  void open() {
    try (LinuxMigrator migrator = Host.migrator()) {
      Host.needsCall(migrator, SystemCall.MIGRATE_PAGES);
      Host.needsCall(migrator, SystemCall.MBIND);
      Host.needsCall(migrator, SystemCall.SET_MEMPOLICY);
      Host.needsCall(migrator, SystemCall.GET_MEMPOLICY);
      mask = new Memory(Long.BYTES);
      mask.setLong(0, 1L << migrator.allowedNodes().first());
    }
    calls = KernelAccess.get().calls();
    pages = Pages.touched(3);
  }

  @AfterEach
  void close() {
    if (pages != null) {
      pages.close();
      mask.close();
    }
  }

  @Test
  void masksThatCannotBeReadAreEfault() {
    Posix.mprotect(pages.at(1), Pages.BYTES, Posix.PROT_NONE);
    Posix.munmap(pages.at(2), Pages.BYTES);
    for (long bad : new long[] {-1, pages.at(1), pages.at(2)}) {
      assertThat(errno(() -> calls.migratePages(0, ONE_WORD, bad, bad))).isEqualTo(Errno.EFAULT);
      assertThat(errno(() -> calls.migratePages(0, ONE_WORD, nodes(), bad))).isEqualTo(Errno.EFAULT);
      assertThat(errno(() -> calls.mbind(pages.address(), Pages.BYTES, MPOL_PREFERRED, bad, ONE_WORD, 0)))
          .isEqualTo(Errno.EFAULT);
      assertThat(errno(() -> calls.setMempolicy(MPOL_BIND, bad, ONE_WORD))).isEqualTo(Errno.EFAULT);
    }
  }

  @Test
  void masksWiderThanAPageOfBitsAreEinval() {
    assertThat(errno(() -> calls.migratePages(0, -1, nodes(), nodes()))).isEqualTo(Errno.EINVAL);
    assertThat(errno(() -> calls.mbind(pages.address(), Pages.BYTES, MPOL_BIND, nodes(), -1, 0)))
        .isEqualTo(Errno.EINVAL);
    assertThat(errno(() -> calls.setMempolicy(MPOL_BIND, nodes(), -1))).isEqualTo(Errno.EINVAL);
  }

  @Test
  void modesThatNoKernelKnowsAreEinval() {
    for (int mode : new int[] {-1, 1 << 10, Integer.MIN_VALUE}) {
      assertThat(errno(() -> calls.mbind(pages.address(), Pages.BYTES, mode, 0, 0, 0))).isEqualTo(Errno.EINVAL);
      assertThat(errno(() -> calls.setMempolicy(mode, 0, 0))).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void flagsThatNoKernelKnowsAreEinval() {
    for (int flags : new int[] {-1, 1 << 20}) {
      assertThat(errno(() -> calls.mbind(pages.address(), Pages.BYTES, 0, 0, 0, flags))).isEqualTo(Errno.EINVAL);
      assertThat(errno(() -> calls.getMempolicy(0, 0, 0, 0, flags))).isEqualTo(Errno.EINVAL);
      assertThat(errno(() -> calls.movePages(0, 0, 0, 0, 0, flags))).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void anAddressWithoutTheFlagThatAsksForItIsEinval() {
    assertThat(errno(() -> calls.getMempolicy(0, 0, 0, pages.address(), 0))).isEqualTo(Errno.EINVAL);
    assertThat(calls.getMempolicy(0, 0, 0, pages.address(), F_ADDR)).isZero();
  }

  private long nodes() {
    return Pointer.nativeValue(mask);
  }

  private static Errno errno(LongSupplier call) {
    long result = call.getAsLong();
    assertThat(result).isNegative();
    return Errno.find((int) -result).orElseThrow();
  }
}
