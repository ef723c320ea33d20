package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Policy;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mpol_new()}, {@code mpol_set_nodemask()} and {@code mpol_rebind_policy()}: a policy's nodes when the cpuset changes. */
class RebindPolicyTest {

  private static final int BIND = PolicyMode.BIND.number();
  private static final int INTERLEAVE = PolicyMode.INTERLEAVE.number();
  private static final int PREFERRED = PolicyMode.PREFERRED.number();
  private static final int STATIC = Policy.F_STATIC_NODES;
  private static final int RELATIVE = Policy.F_RELATIVE_NODES;

  private final TestKernel t = new TestKernel();

  private NodeMask nodes() {
    return t.self.getPolicy(0, 0).nodes();
  }

  /** What the policy comes to; of static and relative nodes {@code get_mempolicy()} tells what was asked for. */
  private Policy effective() {
    return Objects.requireNonNull(t.k.current.mempolicy);
  }

  private int nodeOfNewPage() {
    long address = t.map(1);
    assertThat(t.self.write(address, 1)).isZero();
    return t.nodeAt(address);
  }

  @Test
  void nodesAreMappedOneToOneToTheNewOnes() {
    assertThat(t.self.setPolicy(BIND, NodeMask.of(1, 2))).isZero();
    assertThat(t.self.confine(NodeMask.of(2, 3))).isZero();
    // The second and third of four become the second and first of two.
    assertThat(nodes()).isEqualTo(NodeMask.of(2, 3));
    t.self.confine(NodeMask.of(0));
    assertThat(nodes()).isEqualTo(NodeMask.of(0));
    t.self.confine(NodeMask.of(1, 2));
    assertThat(nodes()).isEqualTo(NodeMask.of(1));
  }

  @Test
  void staticNodesAreThoseAskedForAsFarAsTheyAreAllowed() {
    assertThat(t.self.setPolicy(BIND | STATIC, NodeMask.of(1, 2))).isZero();
    t.self.confine(NodeMask.of(2, 3));
    assertThat(effective().nodes).isEqualTo(NodeMask.of(2));
    assertThat(nodes()).isEqualTo(NodeMask.of(1, 2));
    assertThat(nodeOfNewPage()).isEqualTo(2);
    t.self.confine(NodeMask.of(0, 3));
    assertThat(effective().nodes).as("none of them: all that are allowed").isEqualTo(NodeMask.of(0, 3));
    t.self.confine(NodeMask.of(1, 2, 3));
    assertThat(effective().nodes).as("the ones asked for are remembered").isEqualTo(NodeMask.of(1, 2));
  }

  @Test
  void relativeNodesCountAmongThoseAllowed() {
    assertThat(t.self.setPolicy(INTERLEAVE | RELATIVE, NodeMask.of(0, 1))).isZero();
    assertThat(effective().nodes).isEqualTo(NodeMask.of(0, 1));
    t.self.confine(NodeMask.of(1, 3));
    assertThat(effective().nodes).isEqualTo(NodeMask.of(1, 3));
    assertThat(nodes()).isEqualTo(NodeMask.of(0, 1));
    t.self.confine(NodeMask.of(2));
    assertThat(effective().nodes).as("folded").isEqualTo(NodeMask.of(2));
  }

  @Test
  void aPreferredNodeIsMappedToo() {
    assertThat(t.self.setPolicy(PREFERRED, NodeMask.of(3))).isZero();
    assertThat(nodes()).isEqualTo(NodeMask.of(3));
    t.self.confine(NodeMask.of(1, 2));
    assertThat(nodes()).isEqualTo(NodeMask.of(2));
    assertThat(nodeOfNewPage()).isEqualTo(2);
  }

  @Test
  void aStaticPreferredNodeThatIsNotAllowedGivesWayToLocalMemory() {
    assertThat(t.self.setPolicy(PREFERRED | STATIC, NodeMask.of(3))).isZero();
    t.self.confine(NodeMask.of(0, 1));
    assertThat(effective().has(Policy.F_LOCAL)).isTrue();
    assertThat(nodeOfNewPage()).isZero();
    t.self.confine(NodeMask.of(1, 3));
    assertThat(effective().has(Policy.F_LOCAL)).isFalse();
    assertThat(effective().preferredNode).isEqualTo(3);
    assertThat(nodeOfNewPage()).isEqualTo(3);
  }

  @Test
  void aRelativePreferredNodeCountsAmongThoseAllowed() {
    assertThat(t.self.setPolicy(PREFERRED | RELATIVE, NodeMask.of(1))).isZero();
    t.self.confine(NodeMask.of(2, 3));
    assertThat(effective().preferredNode).isEqualTo(3);
    assertThat(nodeOfNewPage()).isEqualTo(3);
    t.self.confine(NodeMask.of(0));
    assertThat(effective().preferredNode).isZero();
  }

  @Test
  void localPreferenceStaysLocal() {
    assertThat(t.self.setPolicy(PREFERRED, NodeMask.NONE)).isZero();
    t.self.confine(NodeMask.of(0, 1));
    assertThat(nodes().isEmpty()).isTrue();
    assertThat(nodeOfNewPage()).isZero();
  }

  @Test
  void aMappingsPolicyIsBoundAnew() {
    long address = t.map(2);
    assertThat(t.self.bind(address, 2 * TestKernel.PAGE, INTERLEAVE, NodeMask.of(0, 1), 0)).isZero();
    t.self.confine(NodeMask.of(2, 3));
    assertThat(t.self.getPolicy(address, Mempolicy.F_ADDR).nodes()).isEqualTo(NodeMask.of(2, 3));
    t.self.write(address, 1);
    t.self.write(address + TestKernel.PAGE, 1);
    assertThat(t.nodeAt(address) + t.nodeAt(address + TestKernel.PAGE)).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, true", "0, 1, false", "2, 0, false", "3, 0, false", "1, 0, true", "4, 0, false"})
  void modesThatNeedNodesAndThoseThatMayHaveNone(int mode, int node, boolean valid) {
    // MPOL_DEFAULT has none, MPOL_PREFERRED may have none; MPOL_LOCAL (4) is not there yet.
    NodeMask nodes = node == 0 ? NodeMask.NONE : NodeMask.of(node);
    assertThat(t.self.setPolicy(mode, nodes)).isEqualTo(valid ? 0 : -Err.EINVAL);
  }

  @Test
  void localPreferenceHasNoFlags() {
    assertThat(t.self.setPolicy(PREFERRED | STATIC, NodeMask.NONE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(PREFERRED | RELATIVE, NodeMask.NONE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(BIND | STATIC | RELATIVE, NodeMask.of(1))).isEqualTo(-Err.EINVAL);
  }

  @Test
  void nodesThatTheTaskMayNotUseAreTakenOut() {
    t.self.confine(NodeMask.of(0, 1));
    assertThat(t.self.setPolicy(BIND, NodeMask.of(2))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(INTERLEAVE, NodeMask.of(2, 3))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(PREFERRED, NodeMask.of(3))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(BIND, NodeMask.of(1, 2))).isZero();
    assertThat(nodes()).isEqualTo(NodeMask.of(1));
  }

  @Test
  void interleavingTurnsToTheNodesThatAreLeft() {
    assertThat(t.self.setPolicy(INTERLEAVE, NodeMask.of(2, 3))).isZero();
    t.self.confine(NodeMask.of(0, 1));
    assertThat(nodes()).isEqualTo(NodeMask.of(0, 1));
    assertThat(t.self.getPolicy(0, Mempolicy.F_NODE).policy()).as("the next for the kernel's own memory").isIn(0, 1);
    long address = t.map(2);
    t.self.write(address, 1);
    t.self.write(address + TestKernel.PAGE, 1);
    assertThat(t.nodeAt(address)).isIn(0, 1);
    assertThat(t.nodeAt(address + TestKernel.PAGE)).isEqualTo(1 - t.nodeAt(address));
  }
}
