package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode.HugePagePool;
import io.github.pageferry.linux.CpusetReader.Group;
import io.github.pageferry.linux.CpusetReader.Mount;
import io.github.pageferry.linux.HostFacts.Ksm;
import io.github.pageferry.linux.HostFacts.SwapArea;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host says of itself, from files as kernels write them. */
class HostFactsTest {

  private static final String MOUNTINFO_V1 = """
      31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
      32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
      34 31 0:31 / /sys/fs/cgroup/cpu\\040set rw,relatime shared:9 - cgroup cgroup rw,cpuset
      41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
      """;

  @TempDir
  Path folder;

  @Test
  void everythingThatIsThere() {
    FakeRoot root = root()
        .online("0-2").withMemory("0-1")
        .file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
        .file("/proc/thread-self/status", "Seccomp:\t0\nMems_allowed_list:\t0\n")
        .file("/proc/sys/kernel/numa_balancing", "1\n")
        .file("/sys/kernel/mm/ksm/run", "1\n")
        .file("/sys/kernel/mm/ksm/pages_shared", "10\n")
        .file("/sys/kernel/mm/ksm/pages_sharing", "90\n")
        .file("/sys/kernel/mm/ksm/merge_across_nodes", "0\n")
        .file("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n")
        .file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "8\n")
        .file("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "5\n")
        .file("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2   partition\t1024\t12\t-2\n"
            + "/swap\\040file  file\t2048\t0\t-3\nnonsense\n")
        .file("/.dockerenv", "");
    HostFacts facts = HostFacts.read(root.path());
    assertThat(facts.kernelRelease()).isEqualTo("6.1.0-18-amd64");
    assertThat(facts.task().allowedNodes()).contains(NodeSet.of(0));
    assertThat(facts.container()).contains("docker");
    assertThat(facts.nodesOnline()).contains(NodeSet.of(0, 1, 2));
    assertThat(facts.nodesWithMemory()).contains(NodeSet.of(0, 1));
    assertThat(facts.numaBalancing()).hasValue(1);
    assertThat(facts.ksm()).contains(new Ksm(1, 10, 90, false));
    assertThat(facts.transparentHugePages()).contains("always");
    assertThat(facts.hugePages()).containsExactly(new HugePagePool(2L << 20, 8, 5));
    assertThat(facts.swaps()).containsExactly(
        new SwapArea("/dev/sda2", 1 << 20, 12 << 10), new SwapArea("/swap file", 2 << 20, 0));
  }

  @Test
  void aHostThatSaysNothing() {
    HostFacts facts = HostFacts.read(folder);
    assertThat(facts.kernelRelease()).isEqualTo("unknown");
    assertThat(facts.task()).isEqualTo(TaskStatus.UNKNOWN);
    assertThat(facts.container()).isEmpty();
    assertThat(facts.nodesOnline()).isEmpty();
    assertThat(facts.cpuset()).isEmpty();
    assertThat(facts.numaBalancing()).isEmpty();
    assertThat(facts.ksm()).isEmpty();
    assertThat(facts.transparentHugePages()).isEmpty();
    assertThat(facts.hugePages()).isEmpty();
    assertThat(facts.swaps()).isEmpty();
  }

  @Test
  void thisHostSaysItsReleaseAndItsThread() {
    Host.migrator().close();
    HostFacts facts = HostFacts.read();
    assertThat(facts.kernelRelease()).matches("\\d+\\.\\d+.*");
    assertThat(facts.task().effectiveUid()).isPresent();
    assertThat(facts.nodesWithMemory()).isPresent();
  }

  @Test
  void theCpusetOfEitherVersion() {
    assertThat(CpusetReader.group("9:name=systemd:/\n4:cpu,cpuset:/a:b\n0::/ignored\n")).contains(new Group(1, "/a:b"));
    assertThat(CpusetReader.group("4:cpu:/x\n0::/user.slice/app\n")).contains(new Group(2, "/user.slice/app"));
    assertThat(CpusetReader.group("4:cpu:/x\n")).isEmpty();
    assertThat(CpusetReader.group("nonsense\n\n::\n")).isEmpty();
    assertThat(CpusetReader.mount(MOUNTINFO_V1, 1)).contains(new Mount("/", "/sys/fs/cgroup/cpu set"));
    assertThat(CpusetReader.mount(MOUNTINFO_V1, 2)).contains(new Mount("/", "/sys/fs/cgroup/unified"));
    assertThat(CpusetReader.mount("nonsense\n - \n1 2 3 / /x - cgroup cgroup rw,cpu\n", 1)).isEmpty();
  }

  @Test
  void theFileThatNamesTheNodesOfVersion1() {
    root().file("/proc/self/cgroup", "3:cpuset:/app\n0::/\n")
        .file("/proc/self/mountinfo", MOUNTINFO_V1)
        .file("/sys/fs/cgroup/cpu set/app/cpuset.mems", "0\n");
    assertThat(HostFacts.read(folder).cpuset().orElseThrow().memsFile())
        .contains("/sys/fs/cgroup/cpu set/app/cpuset.mems");
  }

  @Test
  void inVersion2TheNearestGroupAboveWithCpusetsDecides() {
    root().file("/proc/self/cgroup", "0::/system.slice/app.service/worker\n")
        .file("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
        .file("/sys/fs/cgroup/system.slice/cpuset.mems", "\n")
        .file("/sys/fs/cgroup/cgroup.procs", "");
    Cpuset cpuset = HostFacts.read(folder).cpuset().orElseThrow();
    assertThat(cpuset.version()).isEqualTo(2);
    assertThat(cpuset.memsFile()).contains("/sys/fs/cgroup/system.slice/cpuset.mems");
  }

  @Test
  void insideAContainerTheGroupIsMountedAsTheRoot() {
    root().file("/proc/self/cgroup", "3:cpuset:/docker/abc\n")
        .file("/proc/self/mountinfo", "34 31 0:31 /docker/abc /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset\n")
        .file("/sys/fs/cgroup/cpuset/cpuset.mems", "0\n");
    assertThat(HostFacts.read(folder).cpuset().orElseThrow().memsFile()).contains("/sys/fs/cgroup/cpuset/cpuset.mems");
  }

  @Test
  void theRootGroupOfVersion2HasNoSuchFile() {
    root().file("/proc/self/cgroup", "0::/\n")
        .file("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    assertThat(HostFacts.read(folder).cpuset()).contains(new Cpuset(2, "/", java.util.Optional.empty()));
  }

  private FakeRoot root() {
    return new FakeRoot(folder);
  }
}
