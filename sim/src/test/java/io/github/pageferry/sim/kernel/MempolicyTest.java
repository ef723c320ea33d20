package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.VmFile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code set_mempolicy(2)} and {@code get_mempolicy(2)} of mm/mempolicy.c: what they refuse, tell, and do to allocations. */
class MempolicyTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int STATIC_NODES = 1 << 15;
  private static final int RELATIVE_NODES = 1 << 14;

  private TestKernel t = new TestKernel();

  private void boot(String release) {
    t = new TestKernel(Machines.SMALL, release);
  }

  private int error(long address, int flags) {
    return t.self.getPolicy(address, flags).error();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void tellingRefusesFlagsAndAddressesThatDoNotFit(String release) {
    boot(release);
    long address = t.written(1, 2);
    assertThat(error(0, 1 << 3)).isEqualTo(-Err.EINVAL);
    assertThat(error(0, Mempolicy.F_MEMS_ALLOWED | Mempolicy.F_NODE)).isEqualTo(-Err.EINVAL);
    assertThat(error(address, Mempolicy.F_MEMS_ALLOWED | Mempolicy.F_ADDR)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.getPolicy(0, Mempolicy.F_MEMS_ALLOWED).nodes()).isEqualTo(NodeMask.of(0, 1, 2, 3));
    assertThat(error(address, 0)).as("an address without MPOL_F_ADDR").isEqualTo(-Err.EINVAL);
    assertThat(error(0, Mempolicy.F_NODE)).as("no interleaving").isEqualTo(-Err.EINVAL);
    assertThat(error(address - PAGE, Mempolicy.F_ADDR)).as("below the mapping").isEqualTo(-Err.EFAULT);
    assertThat(error(address + PAGE, Mempolicy.F_ADDR)).as("above all mappings").isEqualTo(-Err.EFAULT);
    assertThat(error(address, Mempolicy.F_ADDR)).isZero();
  }

  /** As the guests of the lab do ({@code LabPoliciesIT}). */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12", "7.3"})
  void modesAndFlagsThatNoKernelKnowsAreInvalid(String release) {
    boot(release);
    long address = t.map(1);
    for (int mode : new int[] {-1, 1 << 10, Integer.MIN_VALUE}) {
      assertThat(t.self.setPolicy(mode, NodeMask.NONE)).isEqualTo(-Err.EINVAL);
      assertThat(t.self.bind(address, PAGE, mode, NodeMask.NONE, 0)).isEqualTo(-Err.EINVAL);
    }
    for (int flags : new int[] {-1, 1 << 20}) {
      assertThat(t.self.bind(address, PAGE, Policy.DEFAULT, NodeMask.NONE, flags)).isEqualTo(-Err.EINVAL);
      assertThat(error(0, flags)).isEqualTo(-Err.EINVAL);
    }
    assertThat(t.self.bind(address, PAGE, Policy.DEFAULT, NodeMask.NONE, 0)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void tellsTheNodeOfAPageWhichItBringsInWhereItMay(String release) {
    boot(release);
    int asked = Mempolicy.F_NODE | Mempolicy.F_ADDR;
    long address = t.written(1, 2);
    assertThat(t.self.getPolicy(address, asked).policy()).isEqualTo(2);
    assertThat(t.frames.count(t.pageAt(address))).as("the reference is given back").isEqualTo(1);

    long bound = t.map(1);
    NodeMask first = NodeMask.of(0);
    assertThat(t.self.bind(bound, PAGE, Policy.BIND, first, 0)).isZero();
    assertThat(t.self.write(bound, 1)).isZero();
    assertThat(t.self.getPolicy(bound, asked)).isEqualTo(new Mempolicy.Got(0, 0, first));

    long closed = t.place();
    t.self.mapPrivate(closed, 1, SimulatedProcess.PROT_NONE);
    assertThat(error(closed, asked)).isEqualTo(-Err.EFAULT);
  }

  /** Page cache of a task that interleaves: interleave_nodes() goes on from page to page, and round. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void pagesOfFilesInterleaveFromOneToTheNext(String release) {
    boot(release);
    assertThat(t.self.setPolicy(Policy.INTERLEAVE, NodeMask.of(1, 3))).isZero();
    VmFile file = t.self.createFile(FileSystem.RAMFS, 4);
    List<Integer> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(t.frames.pageToNid(file.mapping().pageTree().get(i)));
    }
    assertThat(nodes).isIn(List.of(1, 3, 1, 3), List.of(3, 1, 3, 1));
    assertThat(t.self.getPolicy(0, Mempolicy.F_NODE).policy()).as("the next one").isEqualTo(nodes.get(0));
    t.self.remove(file);
  }

  /** mpol_new(): MPOL_LOCAL came with 3.8 (479e2802d09f) and is a mode of its own since 5.14 (7858d7bca7fb). */
  @ParameterizedTest
  @CsvSource({"2.6.36, -22, 0", "5.10, 0, 1", "6.1, 0, 4", "7.3, 0, 4"})
  void localAllocationHasNoNodesAndNoFlags(String release, long error, int told) {
    boot(release);
    int local = 4;
    assertThat(t.self.setPolicy(local, NodeMask.of(1))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(local | STATIC_NODES, NodeMask.NONE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(local | RELATIVE_NODES, NodeMask.NONE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(local, NodeMask.NONE)).isEqualTo(error);
    assertThat(t.self.getPolicy(0, 0)).isEqualTo(new Mempolicy.Got(0, told, NodeMask.NONE));
    t.self.runOn(3);
    long address = t.map(1);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void aPreferredNodeThatIsNoneIsLocalAllocationWhichHasNoFlags(String release) {
    boot(release);
    assertThat(t.self.setPolicy(Policy.PREFERRED | STATIC_NODES, NodeMask.NONE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(Policy.PREFERRED | RELATIVE_NODES, NodeMask.NONE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(Policy.PREFERRED | STATIC_NODES, NodeMask.of(2))).isZero();
    assertThat(t.self.setPolicy(Policy.PREFERRED, NodeMask.NONE)).isZero();
    assertThat(t.self.setPolicy(Policy.BIND, NodeMask.NONE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(Policy.DEFAULT, NodeMask.of(1))).isEqualTo(-Err.EINVAL);
  }

  /** mpol_equal(): what the caller gave counts where the policy keeps it. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void policiesWithOtherNodesOfTheCallersAreNotOne(String release) {
    boot(release);
    for (int flags : new int[] {0, STATIC_NODES}) {
      long address = t.map(2);
      assertThat(t.self.bind(address, PAGE, Policy.BIND | flags, NodeMask.of(1), 0)).isZero();
      assertThat(t.self.bind(address + PAGE, PAGE, Policy.BIND | flags, NodeMask.of(1, 9), 0)).isZero();
      assertThat(t.vma(address).end).isEqualTo(address + (flags == 0 ? 2 : 1) * PAGE);
    }
    long address = t.map(2);
    assertThat(t.self.bind(address, PAGE, Policy.BIND | STATIC_NODES, NodeMask.of(1, 9), 0)).isZero();
    assertThat(t.self.bind(address + PAGE, PAGE, Policy.BIND | STATIC_NODES, NodeMask.of(1, 9), 0)).isZero();
    assertThat(t.vma(address).end).isEqualTo(address + 2 * PAGE);
  }

  /** MPOL_PREFERRED_MANY, since b27abaccf8e8 (5.15): the nearest of the nodes, and any where they are full. */
  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12", "7.3"})
  void manyPreferredNodesAreTriedBeforeTheTasksOwn(String release) {
    boot(release);
    long address = t.map(2);
    assertThat(t.self.setPolicy(Policy.PREFERRED_MANY, NodeMask.of(2, 3))).isZero();
    t.self.runOn(0);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.nodeAt(address)).isIn(2, 3);
    List<Integer> taken = new ArrayList<>(t.exhaust(2));
    taken.addAll(t.exhaust(3));
    assertThat(t.self.write(address + PAGE, 1)).isZero();
    assertThat(t.nodeAt(address + PAGE)).isZero();
    t.refill(taken);
  }
}
