package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PolicyFlag;
import io.github.pageferry.PolicyMode;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** set_mempolicy(2), get_mempolicy(2) with each of its flags, and mbind(2)'s policies; do_get_mempolicy() of mm/mempolicy.c. */
class SimulatedPoliciesTest {

  private static final long BASE = 0x7f00_0000_0000L;
  private static final int PAGE = 4096;

  static List<String> profiles() {
    return Profiles.names();
  }

  /** All but 2.6.18's, whose answers in these matters are its own ({@code FirstReleaseTest}). */
  static List<String> laterProfiles() {
    return profiles().stream().filter(profile -> !profile.equals("2.6.18")).toList();
  }

  private static SimulatedMigrator four(String profile) {
    return Machines.open(profile + " nodes:4 memory:64MiB");
  }

  private static void assertFails(Errno errno, ThrowingCallable callable) {
    assertThatThrownBy(callable)
        .isInstanceOfSatisfying(MemoryCallException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void aThreadHasNoPolicyAtFirst(String profile) {
    SimulatedMigrator migrator = four(profile);
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT);
    assertThat(migrator.getPolicyAt(BASE)).isEqualTo(MemoryPolicy.DEFAULT);
    if (profile.equals("2.6.18")) {
      assertFails(Errno.EINVAL, migrator::allowedNodes);
    } else {
      assertThat(migrator.allowedNodes()).isEqualTo(NodeSet.of(0, 1, 2, 3));
    }
    assertFails(Errno.EINVAL, migrator::nextInterleaveNode);
  }

  @ParameterizedTest
  @MethodSource("laterProfiles")
  void aThreadsPolicyIsToldAsItWasSet(String profile) {
    SimulatedMigrator migrator = four(profile);
    for (MemoryPolicy policy : List.of(
        MemoryPolicy.bind(1, 3), MemoryPolicy.interleave(0, 2), MemoryPolicy.preferred(2), MemoryPolicy.DEFAULT,
        new MemoryPolicy(PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES), NodeSet.of(0, 1)),
        new MemoryPolicy(PolicyMode.INTERLEAVE, Set.of(PolicyFlag.RELATIVE_NODES), NodeSet.of(1, 2)))) {
      migrator.setPolicy(policy);
      assertThat(migrator.getPolicy()).isEqualTo(policy);
    }
  }

  @ParameterizedTest
  @MethodSource("laterProfiles")
  void nodesWithoutMemoryAreLeftOut(String profile) {
    SimulatedMigrator migrator = four(profile);
    migrator.setPolicy(MemoryPolicy.bind(1, 3, 9));
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.bind(1, 3));
    MemoryPolicy staticNodes = new MemoryPolicy(PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES), NodeSet.of(1, 9));
    migrator.setPolicy(staticNodes);
    assertThat(migrator.getPolicy()).isEqualTo(staticNodes);
    assertFails(Errno.EINVAL, () -> migrator.setPolicy(MemoryPolicy.bind(9)));
    assertThat(migrator.getPolicy()).isEqualTo(staticNodes);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void ofPreferredNodesTheFirstIsTaken(String profile) {
    SimulatedMigrator migrator = four(profile);
    migrator.setPolicy(MemoryPolicy.of(PolicyMode.PREFERRED, NodeSet.of(2, 3)));
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.preferred(2));
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void argumentsThatDoNotFitAreInvalid(String profile) {
    SimulatedMigrator migrator = four(profile);
    assertFails(Errno.EINVAL, () -> migrator.setPolicy(MemoryPolicy.bind()));
    assertFails(Errno.EINVAL, () -> migrator.setPolicy(MemoryPolicy.interleave()));
    assertFails(Errno.EINVAL, () -> migrator.setPolicy(MemoryPolicy.of(PolicyMode.DEFAULT, NodeSet.of(0))));
    assertFails(Errno.EINVAL, () -> migrator.setPolicy(new MemoryPolicy(
        PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES, PolicyFlag.RELATIVE_NODES), NodeSet.of(0))));
    assertFails(Errno.EINVAL, () -> migrator.setPolicy(new MemoryPolicy(
        PolicyMode.PREFERRED, Set.of(PolicyFlag.STATIC_NODES), NodeSet.EMPTY)));
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void policiesAreAThreadsOwn(String profile) throws InterruptedException {
    SimulatedMigrator migrator = four(profile);
    migrator.setPolicy(MemoryPolicy.bind(1));
    AtomicReference<MemoryPolicy> others = new AtomicReference<>();
    Thread thread = new Thread(() -> others.set(migrator.getPolicy()));
    thread.start();
    thread.join();
    assertThat(others.get()).isEqualTo(MemoryPolicy.DEFAULT);
    assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.bind(1));
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void aThreadsPolicyIsNotToldOfAnAddress(String profile) {
    SimulatedMigrator migrator = four(profile);
    migrator.setPolicy(MemoryPolicy.bind(1));
    assertThat(migrator.getPolicyAt(BASE)).isEqualTo(MemoryPolicy.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void aRangesPolicyIsToldWithinIt(String profile) {
    SimulatedMigrator migrator = four(profile);
    migrator.bind(BASE + 2 * PAGE, 2 * PAGE, MemoryPolicy.interleave(1, 2), Set.of());
    assertThat(migrator.getPolicyAt(BASE + 2 * PAGE - 1)).isEqualTo(MemoryPolicy.DEFAULT);
    assertThat(migrator.getPolicyAt(BASE + 2 * PAGE)).isEqualTo(MemoryPolicy.interleave(1, 2));
    assertThat(migrator.getPolicyAt(BASE + 4 * PAGE - 1)).isEqualTo(MemoryPolicy.interleave(1, 2));
    assertThat(migrator.getPolicyAt(BASE + 4 * PAGE)).isEqualTo(MemoryPolicy.DEFAULT);
    migrator.bind(BASE, 8 * PAGE, MemoryPolicy.DEFAULT, Set.of());
    assertThat(migrator.getPolicyAt(BASE + 3 * PAGE)).isEqualTo(MemoryPolicy.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void interleavingGoesRoundFromTheFirstNode(String profile) {
    SimulatedMigrator migrator = four(profile);
    migrator.setPolicy(MemoryPolicy.interleave(1, 3));
    assertThat(migrator.nextInterleaveNode()).isEqualTo(1);
    migrator.setPolicy(MemoryPolicy.interleave(2));
    assertThat(migrator.nextInterleaveNode()).isEqualTo(2);
    migrator.setPolicy(MemoryPolicy.bind(2));
    assertFails(Errno.EINVAL, migrator::nextInterleaveNode);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void thePolicyOfTheThreadIsNoMatterForMemoryThatWasThere(String profile) {
    SimulatedMigrator migrator = four(profile);
    migrator.setPolicy(MemoryPolicy.bind(2));
    assertThat(migrator.nodeAt(BASE)).isZero();
    migrator.bind(BASE + PAGE, PAGE, MemoryPolicy.bind(1), Set.of());
    assertThat(migrator.nodeAt(BASE + PAGE)).isZero();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void aStrictBindSaysWhetherPagesBreakThePolicy(String profile) {
    SimulatedMigrator migrator = four(profile);
    assertFails(Errno.EIO, () -> migrator.bind(BASE, 4 * PAGE, MemoryPolicy.bind(1), Set.of(MoveFlag.STRICT)));
    migrator.bind(BASE, 4 * PAGE, MemoryPolicy.bind(1), Set.of(MoveFlag.STRICT, MoveFlag.MOVE));
    PageBatch batch = PageBatch.ofCapacity(4);
    batch.addRun(BASE, PAGE, 4);
    migrator.queryPages(MemoryMigrator.SELF, batch);
    assertThat(new int[] {batch.status(0), batch.status(1), batch.status(2), batch.status(3)}).containsOnly(1);
  }
}
