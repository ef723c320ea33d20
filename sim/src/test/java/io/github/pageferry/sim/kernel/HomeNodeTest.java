package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code set_mempolicy_home_node(2)}, and where a policy with a home node allocates. */
class HomeNodeTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int BIND = PolicyMode.BIND.number();
  private static final int PREFERRED_MANY = PolicyMode.PREFERRED_MANY.number();

  private TestKernel t = new TestKernel();

  /** Two pages with a policy for all of them, which node 0 will touch. */
  private long bound(String release, int mode, NodeMask nodes) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.map(2);
    assertThat(t.self.bind(address, 2 * PAGE, mode, nodes, 0)).isZero();
    return address;
  }

  private int touched(long address) {
    t.self.write(address, 1);
    return t.nodeAt(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12", "6.18", "7.3"})
  void allocationStartsAtTheHomeNode(String release) {
    for (int home : new int[] {1, 3}) {
      long address = bound(release, BIND, NodeMask.of(1, 3));
      assertThat(t.self.setHomeNode(address, 2 * PAGE, home)).isZero();
      assertThat(touched(address)).isEqualTo(home);
      address = bound(release, PREFERRED_MANY, NodeMask.of(1, 3));
      assertThat(t.self.setHomeNode(address, 2 * PAGE, home)).isZero();
      assertThat(touched(address)).isEqualTo(home);
    }
  }

  /** The nodes are equally far from each other: after node 0 its list goes on with 1, 2 and 3, after node 2 with 3, 0 and 1. */
  @ParameterizedTest
  @ValueSource(strings = {"6.1", "7.3"})
  void aHomeNodeThatThePolicyDoesNotAllowIsWhereDistancesAreCountedFrom(String release) {
    long address = bound(release, BIND, NodeMask.of(1, 3));
    assertThat(t.self.setHomeNode(address, PAGE, 2)).isZero();
    assertThat(touched(address)).isEqualTo(3);
    assertThat(touched(address + PAGE)).as("without a home node").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "7.3"})
  void aPartOfAMappingGetsAHomeNode(String release) {
    long address = bound(release, BIND, NodeMask.of(1, 3));
    assertThat(t.self.setHomeNode(address, PAGE, 3)).isZero();
    assertThat(t.vma(address).pages()).isEqualTo(1);
    assertThat(touched(address)).isEqualTo(3);
    assertThat(touched(address + PAGE)).as("nearest to node 0").isEqualTo(1);
    SimulatedProcess child = t.self.fork();
    assertThat(child.task().mm().findVma(address).policy.homeNode).isEqualTo(3);
    child.exit();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "7.3"})
  void neighboursWithTheSameHomeNodeAreOneMapping(String release) {
    long address = bound(release, BIND, NodeMask.of(1, 3));
    t.self.setHomeNode(address, PAGE, 3);
    t.self.setHomeNode(address + PAGE, PAGE, 1);
    assertThat(t.vma(address).pages()).isEqualTo(1);
    t.self.setHomeNode(address + PAGE, PAGE, 3);
    assertThat(t.vma(address).pages()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "7.3"})
  void argumentsAreChecked(String release) {
    long address = bound(release, BIND, NodeMask.of(1));
    assertThat(t.self.setHomeNode(address + 1, PAGE, 1)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setHomeNode(address, PAGE, 4)).as("absent").isEqualTo(-Err.EINVAL);
    assertThat(t.self.setHomeNode(address, PAGE, -1)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setHomeNode(address, -2 * PAGE, 1)).as("ends below its start").isEqualTo(-Err.EINVAL);
    assertThat(t.self.setHomeNode(address, 0, 1)).isZero();
    assertThat(t.vma(address).policy.homeNode).isEqualTo(-1);
    assertThat(t.self.setHomeNode(address, 1, 2)).as("rounded up").isZero();
    assertThat(t.vma(address).policy.homeNode).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "7.3"})
  void whereNothingHasAPolicyThereIsNone(String release) {
    bound(release, BIND, NodeMask.of(1));
    assertThat(t.self.setHomeNode(t.map(2), 2 * PAGE, 1)).isEqualTo(-Err.ENOENT);
    assertThat(t.self.setHomeNode(t.map(3) + PAGE, PAGE, 1)).as("a part in the middle").isEqualTo(-Err.ENOENT);
    assertThat(t.self.setHomeNode(t.place(), PAGE, 1)).as("nothing mapped").isEqualTo(-Err.ENOENT);
    t.self.setPolicy(BIND, NodeMask.of(1));
    assertThat(t.self.setHomeNode(t.map(1), PAGE, 1)).as("the task's does not count").isEqualTo(-Err.ENOENT);
    t.self.resetPolicy();
  }

  @ParameterizedTest
  @CsvSource({"6.1, PREFERRED", "6.1, INTERLEAVE", "7.3, PREFERRED", "7.3, INTERLEAVE"})
  void otherModesHaveNoHomeAndStopTheCallThere(String release, PolicyMode mode) {
    long address = bound(release, BIND, NodeMask.of(1));
    assertThat(t.self.bind(address + PAGE, PAGE, mode.number(), NodeMask.of(1), 0)).isZero();
    assertThat(t.self.setHomeNode(address, 2 * PAGE, 3)).isEqualTo(-Err.EOPNOTSUPP);
    assertThat(t.vma(address).policy.homeNode).as("changed before that").isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10"})
  void oldKernelsDoNotHaveTheCall(String release) {
    long address = bound(release, BIND, NodeMask.of(1));
    assertThat(t.self.setHomeNode(address, PAGE, 1)).isEqualTo(-Err.ENOSYS);
  }

  /** {@code vma_alloc_folio()} until 6.7: the task's node is good enough for a transparent huge page. */
  @ParameterizedTest
  @CsvSource({"6.1, 0, 0", "6.1, 1, 3", "6.12, 0, 3", "7.3, 0, 3", "7.3, 1, 3"})
  void hugePagesStartThereWhereTheTasksNodeIsNotAllowed(String release, int other, int node) {
    HugePages huge = new HugePages(release);
    t = huge.t;
    long address = huge.map(512);
    assertThat(t.self.bind(address, 512 * PAGE, BIND, NodeMask.of(other, 3), 0)).isZero();
    assertThat(t.self.setHomeNode(address, 512 * PAGE, 3)).isZero();
    assertThat(touched(address)).isEqualTo(node);
    assertThat(huge.isHuge(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12", "7.3"})
  void hugePagesOfThePoolStartThere(String release) {
    t = new HugePages(release).t;
    t.hugePools(1, 1, 1, 1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.bind(address, 512 * PAGE, BIND, NodeMask.of(0, 3), 0)).isZero();
    assertThat(t.self.setHomeNode(address, 512 * PAGE, 3)).isZero();
    assertThat(touched(address)).isEqualTo(3);
  }
}
