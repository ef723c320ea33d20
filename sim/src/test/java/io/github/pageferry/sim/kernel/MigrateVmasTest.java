package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmOperations;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code migrate_vmas()}: what a driver does for its mapping when the process's pages move. */
class MigrateVmasTest {

  /** A driver that remembers what it was told. */
  private static final class Driver implements VmOperations {
    private final List<String> told;
    private final int answer;

    Driver(List<String> told, int answer) {
      this.told = told;
      this.answer = answer;
    }

    @Override
    public int fault(Vma vma, Fault fault) {
      return FAULT_SIGBUS;
    }

    @Override
    public boolean hasMigrate() {
      return true;
    }

    @Override
    public int migrate(Vma vma, NodeMask to, NodeMask from, int flags) {
      told.add(Long.toHexString(vma.start) + " to " + to + " from " + from + " flags " + flags);
      return answer;
    }
  }

  private final TestKernel t = new TestKernel();
  private final List<String> told = new ArrayList<>();

  private long device(int answer) {
    long address = t.place();
    t.self.mapDevice(address, 1, TestKernel.RW);
    t.vma(address).ops = new Driver(told, answer);
    return address;
  }

  private String call(long address, NodeMask to, NodeMask from, int flags) {
    return Long.toHexString(address) + " to " + to + " from " + from + " flags " + flags;
  }

  @Test
  void everyDriverIsToldInTheOrderOfAddresses() {
    t.written(1, 1);
    long first = device(0);
    long second = device(0);
    NodeMask to = NodeMask.of(2);
    NodeMask from = NodeMask.of(1);
    assertThat(t.k.migrate.migrateVmas(t.k.current.mm(), to, from, Mbind.MPOL_MF_MOVE)).isZero();
    assertThat(told).containsExactly(
        call(first, to, from, Mbind.MPOL_MF_MOVE), call(second, to, from, Mbind.MPOL_MF_MOVE));
  }

  @Test
  void theFirstThatFailsIsTheLastThatIsTold() {
    long first = device(-Err.EIO);
    device(0);
    assertThat(t.k.migrate.migrateVmas(t.k.current.mm(), NodeMask.of(2), NodeMask.of(1), 0)).isEqualTo(-Err.EIO);
    assertThat(told).containsExactly(call(first, NodeMask.of(2), NodeMask.of(1), 0));
  }

  @Test
  void mappingsWithoutDriversAreNobodysBusiness() {
    t.written(1, 1);
    t.shared(1, 1);
    assertThat(t.k.migrate.migrateVmas(t.k.current.mm(), NodeMask.of(2), NodeMask.of(1), 0)).isZero();
  }

  /** do_migrate_pages() hands its two masks over the wrong way round. */
  @Test
  void migratePagesTellsDriversFirstAndTheWrongWayRound() {
    long address = t.written(1, 1);
    long device = device(0);
    assertThat(t.self.migratePages(0, NodeMask.of(1), NodeMask.of(2))).isZero();
    assertThat(told).containsExactly(call(device, NodeMask.of(1), NodeMask.of(2), Mbind.MPOL_MF_MOVE_ALL));
    assertThat(t.nodeAt(address)).isEqualTo(2);
  }

  @Test
  void aDriverThatFailsKeepsAllPagesInPlace() {
    long address = t.written(1, 1);
    device(-Err.EIO);
    assertThat(t.self.migratePages(0, NodeMask.of(1), NodeMask.of(2))).isEqualTo(-Err.EIO);
    assertThat(t.nodeAt(address)).isEqualTo(1);
  }

  @Test
  void aDriverThatSaysAnythingElseEndsItWithoutAnError() {
    long address = t.written(1, 1);
    device(3);
    assertThat(t.self.migratePages(0, NodeMask.of(1), NodeMask.of(2))).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(1);
  }
}
