package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The numbers of Linux's headers, and what is made of them. */
class KernelValuesTest {

  /** asm-generic/errno-base.h and errno.h; EWOULDBLOCK (41) and EDEADLOCK (58) are other names for two of them. */
  @Test
  void errnosAreThoseOfTheHeaders() {
    assertThat(Map.of(1, Errno.EPERM, 2, Errno.ENOENT, 3, Errno.ESRCH, 5, Errno.EIO, 7, Errno.E2BIG, 11, Errno.EAGAIN))
        .allSatisfy((number, errno) -> assertThat(Errno.of(number)).isEqualTo(errno));
    assertThat(Map.of(12, Errno.ENOMEM, 13, Errno.EACCES, 14, Errno.EFAULT, 16, Errno.EBUSY, 19, Errno.ENODEV, 22, Errno.EINVAL))
        .allSatisfy((number, errno) -> assertThat(Errno.of(number)).isEqualTo(errno));
    assertThat(Map.of(38, Errno.ENOSYS, 39, Errno.ENOTEMPTY, 42, Errno.ENOMSG, 59, Errno.EBFONT, 95, Errno.EOPNOTSUPP,
        110, Errno.ETIMEDOUT, 133, Errno.EHWPOISON)).allSatisfy((number, errno) -> assertThat(Errno.of(number)).isEqualTo(errno));
    assertThat(Arrays.stream(Errno.values()).map(Errno::number)).doesNotHaveDuplicates().hasSize(131);
  }

  @Test
  void noErrnoHasANumberThatLinuxDoesNotUse() {
    for (int number : new int[] {0, -1, 41, 58, 134, 255, 256, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThat(Errno.find(number)).isEmpty();
      assertThatThrownBy(() -> Errno.of(number)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aStatusIsANodeAnErrnoOrNeither() {
    assertThat(PageStatus.isNode(0)).isTrue();
    assertThat(PageStatus.isError(PageStatus.of(Errno.EBUSY))).isTrue();
    assertThat(PageStatus.errno(-16)).contains(Errno.EBUSY);
    assertThat(PageStatus.isNode(PageStatus.NOT_ATTEMPTED)).isFalse();
    assertThat(PageStatus.isError(PageStatus.NOT_ATTEMPTED)).isFalse();
    assertThat(PageStatus.errno(PageStatus.NOT_ATTEMPTED)).isEmpty();
    assertThat(PageStatus.errno(3)).isEmpty();
    assertThat(List.of(PageStatus.describe(3), PageStatus.describe(-13), PageStatus.describe(-999), PageStatus.describe(-515),
        PageStatus.describe(Integer.MIN_VALUE)))
        .containsExactly("node 3", "EACCES", "not attempted", "errno 515", "errno 2147483648");
  }

  /** linux/mempolicy.h. */
  @Test
  void policiesAndFlagsAreThoseOfTheHeader() {
    assertThat(MemoryPolicy.bind(1).modeArgument()).isEqualTo(2);
    assertThat(MemoryPolicy.preferred(1).modeArgument()).isEqualTo(1);
    assertThat(MemoryPolicy.interleave(0, 1).modeArgument()).isEqualTo(3);
    assertThat(MemoryPolicy.of(PolicyMode.WEIGHTED_INTERLEAVE, NodeSet.of(0)).modeArgument()).isEqualTo(6);
    assertThat(MemoryPolicy.DEFAULT.modeArgument()).isZero();
    MemoryPolicy flagged = new MemoryPolicy(
        PolicyMode.BIND, Set.of(PolicyFlag.STATIC_NODES, PolicyFlag.NUMA_BALANCING), NodeSet.of(0));
    assertThat(flagged.modeArgument()).isEqualTo(0x8000 | 0x2000 | 2);
    assertThat(MoveFlag.bits(Set.of(MoveFlag.MOVE, MoveFlag.MOVE_ALL, MoveFlag.STRICT))).isEqualTo(7);
    assertThat(MoveFlag.bits(Set.of())).isZero();
  }

  @Test
  void policiesComeBackFromTheKernelsNumbers() {
    for (PolicyMode mode : PolicyMode.values()) {
      assertThat(PolicyMode.find(mode.number())).contains(mode);
      MemoryPolicy policy = new MemoryPolicy(mode, Set.of(PolicyFlag.RELATIVE_NODES), NodeSet.of(3));
      assertThat(MemoryPolicy.fromModeArgument(policy.modeArgument(), NodeSet.of(3))).isEqualTo(policy);
    }
    assertThat(PolicyMode.find(-1)).isEmpty();
    assertThatThrownBy(() -> MemoryPolicy.fromModeArgument(77, NodeSet.EMPTY))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("77");
  }

  @Test
  void aCallThatFailedSaysWhichWhyAndWhatToDo() {
    MemoryCallException failure = new MemoryCallException(SystemCall.MBIND, Errno.EPERM, "ask for CAP_SYS_NICE");
    assertThat(failure).hasMessageContainingAll("mbind", "EPERM", "ask for CAP_SYS_NICE");
    assertThat(failure.call()).isEqualTo(SystemCall.MBIND);
    assertThat(failure.errno()).isEqualTo(Errno.EPERM);
    assertThat(failure.hint()).isEqualTo("ask for CAP_SYS_NICE");
  }

  @Test
  void capabilitiesSpeakOfEveryCall() {
    Map<SystemCall, Capabilities.Support> calls = new EnumMap<>(SystemCall.class);
    for (SystemCall call : SystemCall.values()) {
      assertThatThrownBy(() -> new Capabilities(calls)).hasMessageContaining("nothing is said of");
      calls.put(call, new Capabilities.Support(call != SystemCall.MBIND, "because"));
    }
    Capabilities capabilities = new Capabilities(calls);
    assertThat(capabilities.has(SystemCall.MBIND)).isFalse();
    assertThat(capabilities.has(SystemCall.GETCPU)).isTrue();
    assertThat(capabilities.of(SystemCall.MBIND).reason()).isEqualTo("because");
    assertThatThrownBy(() -> capabilities.calls().clear()).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aTopologyMayHaveHolesAndNodesWithoutMemory() {
    Topology topology = Topologies.of(0, 3);
    assertThat(topology.nodesWithMemory()).isEqualTo(NodeSet.of(0, 3));
    assertThat(topology.find(9)).get().extracting(NumaNode::hasMemory).isEqualTo(false);
    assertThat(topology.find(1)).isEmpty();
    assertThat(topology.distance(3, 3)).isEqualTo(10);
    assertThat(topology.distance(0, 9)).isEqualTo(20);
    assertThatThrownBy(() -> topology.distance(0, 1)).isInstanceOf(NoSuchElementException.class).hasMessageContaining("node 1");
  }
}
