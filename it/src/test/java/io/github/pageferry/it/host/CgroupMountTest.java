package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CgroupMountTest {

  private static final String LEGACY = """
      22 26 0:20 / /proc rw,relatime - proc proc rw
      34 33 0:30 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct
      35 33 0:31 / /sys/fs/cgroup/cpuset rw,relatime shared:12 - cgroup cgroup rw,cpuset
      36 33 0:32 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
      """;

  @Test
  void findsBothVersionsSideBySide() {
    assertThat(CgroupMount.parse(LEGACY, "3:cpuset:/\n2:cpu,cpuacct:/a\n0::/init.scope\n")).containsExactly(
        new CgroupMount(false, Path.of("/sys/fs/cgroup/cpuset"), Path.of("/sys/fs/cgroup/cpuset")),
        new CgroupMount(true, Path.of("/sys/fs/cgroup/unified"), Path.of("/sys/fs/cgroup/unified/init.scope")));
  }

  @Test
  void findsTheOwnGroupBelowTheMount() {
    assertThat(CgroupMount.parse(LEGACY, "3:cpuset:/batch/one\n0::/\n").get(0).ownGroup())
        .isEqualTo(Path.of("/sys/fs/cgroup/cpuset/batch/one"));
  }

  @Test
  void aContainerSeesItsOwnGroupAtTheMount() {
    String mounts = "50 49 0:31 /docker/abc /sys/fs/cgroup/cpuset ro,relatime - cgroup cgroup rw,cpuset\n";
    assertThat(CgroupMount.parse(mounts, "3:cpuset:/docker/abc\n").get(0).ownGroup())
        .isEqualTo(Path.of("/sys/fs/cgroup/cpuset"));
    assertThat(CgroupMount.parse(mounts, "3:cpuset:/docker/abc/inner\n").get(0).ownGroup())
        .isEqualTo(Path.of("/sys/fs/cgroup/cpuset/inner"));
    assertThat(CgroupMount.parse(mounts, "3:cpuset:/docker/other\n").get(0).ownGroup())
        .isEqualTo(Path.of("/sys/fs/cgroup/cpuset"));
  }

  @Test
  void theOldCpusetFileSystemIsOneToo() {
    String mounts = "50 49 0:31 / /dev/cpuset rw - cpuset none rw\n";
    assertThat(CgroupMount.parse(mounts, "1:cpuset:/\n"))
        .containsExactly(new CgroupMount(false, Path.of("/dev/cpuset"), Path.of("/dev/cpuset")));
  }

  @Test
  void pathsAreUnescapedAndOtherLinesPassedOver() {
    String mounts = "broken line\n50 49 0:31 / /mnt/a\\040b\\134c rw - cgroup2 none rw\n";
    assertThat(CgroupMount.parse(mounts, ""))
        .containsExactly(new CgroupMount(true, Path.of("/mnt/a b\\c"), Path.of("/mnt/a b\\c")));
  }

  @Test
  void noHierarchyIsNone() {
    assertThat(CgroupMount.parse("22 26 0:20 / /proc rw,relatime - proc proc rw\n", "0::/\n")).isEmpty();
  }
}
