package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Pointer;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.SystemCall;
import io.github.pageferry.it.backend.BackendBehaviour;
import io.github.pageferry.linux.LinuxMigrator;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The kernel that the tests run on. */
class HostBackendTest extends BackendBehaviour {

  /** What addresses and lengths there are to unmap, in turns. */
  private final List<Long> mapped = new ArrayList<>();

  @Override
  protected MemoryMigrator open() {
    MemoryMigrator migrator = LinuxMigrator.open();
    for (SystemCall call : EnumSet.complementOf(EnumSet.of(SystemCall.SET_MEMPOLICY_HOME_NODE))) {
      assumeTrue(migrator.capabilities().has(call),
          () -> "needs " + call.kernelName() + ": " + migrator.capabilities().of(call).reason());
    }
    return migrator;
  }

  @Override
  protected synchronized long pages(int count) {
    long bytes = (long) count * Libc.PAGE_SIZE;
    long address = Libc.mmap(0, bytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
    assertThat(Libc.result(address)).isPositive();
    mapped.add(address);
    mapped.add(bytes);
    // fails on a kernel without transparent huge pages, which needs no advice
    Libc.madvise(address, bytes, Libc.MADV_NOHUGEPAGE);
    for (long page = address; page < address + bytes; page += Libc.PAGE_SIZE) {
      new Pointer(page).setByte(0, (byte) 1);
    }
    return address;
  }

  @AfterEach
  void unmap() {
    for (int i = 0; i < mapped.size(); i += 2) {
      Libc.munmap(mapped.get(i), mapped.get(i + 1));
    }
  }
}
