package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode;
import io.github.pageferry.NumaNode.HugePagePool;
import io.github.pageferry.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology from sysfs, of machines of many shapes, and of machines that change while they are read. */
class NodeFilesTest {

  private static final int PAGE = 4096;
  private static final int MEBIBYTE = 1024;

  @TempDir
  Path folder;

  @Test
  void twoEqualNodes() {
    Topology topology = topology(root().online("0-1").withMemory("0-1")
        .node(0, "0-7,16-23", 1000 * MEBIBYTE, 400 * MEBIBYTE, "10 21")
        .node(1, "8-15,24-31", 2000 * MEBIBYTE, 300 * MEBIBYTE, "21 10"));
    assertThat(topology.pageBytes()).isEqualTo(PAGE);
    assertThat(topology.nodesWithMemory()).isEqualTo(NodeSet.of(0, 1));
    assertThat(topology.distance(0, 1)).isEqualTo(21);
    assertThat(topology.distance(1, 1)).isEqualTo(10);
    assertThat(topology.nodes().get(1)).isEqualTo(
        new NumaNode(1, NodeSet.parse("8-15,24-31"), true, 2000L << 20, 300L << 20, List.of()));
  }

  @Test
  void aHoleInNodeNumbersKeepsDistancesWithTheirNodes() {
    Topology topology = topology(root().online("0,8,252-253").withMemory("0,8,253")
        .node(0, "0-3", 100, 50, "10 20 80 81")
        .node(8, "4-7", 100, 50, "20 10 82 83")
        .node(252, "", 0, 0, "80 82 10 84")
        .node(253, "", 100, 50, "81 83 84 10"));
    assertThat(topology.nodes()).extracting(NumaNode::number).containsExactly(0, 8, 252, 253);
    assertThat(topology.distance(8, 253)).isEqualTo(83);
    assertThat(topology.distance(253, 0)).isEqualTo(81);
    assertThat(topology.nodesWithMemory()).isEqualTo(NodeSet.of(0, 8, 253));
  }

  @Test
  void nodesWithoutMemoryAndWithoutCpus() {
    Topology topology = topology(root().online("0-2").withMemory("0,2")
        .node(0, "0", 100, 50, "10 20 30")
        .node(1, "1-2", 0, 0, "20 10 30")
        .node(2, "", 100, 90, "30 30 10"));
    NumaNode cpuOnly = topology.find(1).orElseThrow();
    assertThat(cpuOnly.hasMemory()).isFalse();
    assertThat(cpuOnly.cpus()).isEqualTo(NodeSet.of(1, 2));
    assertThat(cpuOnly.totalBytes()).isZero();
    NumaNode memoryOnly = topology.find(2).orElseThrow();
    assertThat(memoryOnly.hasMemory()).isTrue();
    assertThat(memoryOnly.cpus().isEmpty()).isTrue();
  }

  @Test
  void nodesAbove63() {
    Topology topology = topology(root().online("0,64,1023").withMemory("0,64,1023")
        .node(0, "0", 100, 50, "10 20 30").node(64, "1", 100, 50, "20 10 40").node(1023, "2", 100, 50, "30 40 10"));
    assertThat(topology.nodesWithMemory()).isEqualTo(NodeSet.of(0, 64, 1023));
    assertThat(topology.distance(64, 1023)).isEqualTo(40);
  }

  @Test
  void poolsOfHugePagesBySize() {
    FakeRoot root = root().online("0").withMemory("0").node(0, "0", 100, 50, "10")
        .hugePages(0, "1048576", 2, 1).hugePages(0, "2048", 512, 500);
    root.file("/sys/devices/system/node/node0/hugepages/hugepages-xkB/nr_hugepages", "7\n");
    root.file("/sys/devices/system/node/node0/hugepages/hugepages-64kB/nr_hugepages", "many\n");
    assertThat(topology(root).nodes().get(0).hugePages())
        .containsExactly(new HugePagePool(2L << 20, 512, 500), new HugePagePool(1L << 30, 2, 1));
  }

  @Test
  void kernelsBeforeHasMemoryHadHasNormalMemory() {
    FakeRoot root = root().online("0-1").node(0, "0", 100, 50, "10 20").node(1, "1", 100, 50, "20 10");
    root.file("/sys/devices/system/node/has_normal_memory", "0\n");
    assertThat(topology(root).nodesWithMemory()).isEqualTo(NodeSet.of(0));
  }

  @Test
  void withoutEitherMemoryIsWhatMeminfoSays() {
    FakeRoot root = root().online("0-1").node(0, "0", 100, 50, "10 20").node(1, "1", 0, 0, "20 10");
    assertThat(topology(root).nodesWithMemory()).isEqualTo(NodeSet.of(0));
  }

  @Test
  void distancesThatMakeNoSenseAreTheKernelsOwnDefaults() {
    for (String garbage : List.of("", "ten twenty", "10", "10 20 30", "10 -1", "10 99999999999")) {
      FakeRoot root = root().online("0-1").withMemory("0-1")
          .node(0, "0", 100, 50, garbage).node(1, "1", 100, 50, "20 10");
      Topology topology = topology(root);
      assertThat(topology.distances().get(0)).as(garbage).containsExactly(10, 20);
      assertThat(topology.distances().get(1)).containsExactly(20, 10);
    }
  }

  @Test
  void sizesThatMakeNoSenseAreZero() {
    for (String garbage : List.of("", "Node 0 MemTotal: lots kB\n", "Node 0 MemTotal: 100\n", "Node 1 MemTotal: 100 kB\n",
        "Node 0 MemTotal: -5 kB\n", "Node 0 MemTotal: 9223372036854775807 kB\n", "\0\0\0")) {
      FakeRoot root = root().online("0").withMemory("0").node(0, "0", 100, 50, "10");
      root.file("/sys/devices/system/node/node0/meminfo", garbage);
      assertThat(topology(root).nodes().get(0).totalBytes()).as(garbage).isZero();
    }
  }

  @Test
  void aListOfNodesThatIsNoneIsSaidWithItsFile() {
    for (String garbage : List.of("zero\n", "0-\n", "3-1\n", "0,,1\n", "-1\n", "0-99999999\n")) {
      assertThatThrownBy(() -> topology(root().online(garbage.strip())))
          .as(garbage)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("/sys/devices/system/node/online")
          .hasMessageContaining(garbage.strip());
    }
  }

  @Test
  void aKernelWithoutNumaIsSaid() {
    assertThatThrownBy(() -> topology(root()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CONFIG_NUMA");
  }

  @Test
  void aNodeThatIsUnpluggedWhileItIsReadIsReadAgainWithoutIt() {
    FakeRoot before = root().online("0-1").withMemory("0-1")
        .node(0, "0", 100, 50, "10 20").node(1, "", 200, 50, "20 10");
    HostFiles unplugging = new HostFiles(folder) {
      private boolean gone;

      @Override
      String read(String path) throws IOException {
        if (path.endsWith("node1/meminfo") && !gone) {
          gone = true;
          before.online("0").withMemory("0").node(0, "0", 100, 50, "10");
          throw new IOException("No such device");
        }
        return super.read(path);
      }
    };
    Topology topology = new NodeFiles(unplugging).topology(PAGE);
    assertThat(topology.nodes()).extracting(NumaNode::number).containsExactly(0);
    assertThat(topology.distances()).containsExactly(List.of(10));
  }

  @Test
  void aNodeThatIsPluggedInWhileOthersAreReadIsThere() {
    FakeRoot before = root().online("0").withMemory("0").node(0, "0", 100, 50, "10");
    HostFiles plugging = new HostFiles(folder) {
      private boolean done;

      @Override
      String read(String path) throws IOException {
        String text = super.read(path);
        if (path.endsWith("node0/distance") && !done) {
          done = true;
          before.online("0-1").withMemory("0-1").node(0, "0", 100, 50, "10 20").node(1, "", 200, 50, "20 10");
        }
        return text;
      }
    };
    Topology topology = new NodeFiles(plugging).topology(PAGE);
    assertThat(topology.nodesWithMemory()).isEqualTo(NodeSet.of(0, 1));
    assertThat(topology.distance(0, 1)).isEqualTo(20);
  }

  @Test
  void aNodeThatNeverCanBeReadIsLeftOutAndTheOthersKeepTheirDistances() {
    FakeRoot root = root().online("0-2").withMemory("0-2")
        .node(0, "0", 100, 50, "10 20 30").node(2, "2", 100, 50, "30 21 10");
    Topology topology = topology(root);
    assertThat(topology.nodes()).extracting(NumaNode::number).containsExactly(0, 2);
    assertThat(topology.distance(0, 2)).isEqualTo(30);
    assertThat(topology.distance(2, 0)).isEqualTo(30);
  }

  @Test
  void thisHostsTopologyIsWhole() {
    try (LinuxMigrator migrator = Host.migrator()) {
      Topology topology = migrator.topology();
      assertThat(topology.nodesWithMemory().isEmpty()).isFalse();
      for (NumaNode node : topology.nodes()) {
        assertThat(topology.distance(node.number(), node.number())).isEqualTo(10);
        assertThat(node.totalBytes()).isGreaterThanOrEqualTo(node.freeBytes());
        assertThat(node.hasMemory()).isEqualTo(node.totalBytes() > 0);
        for (NumaNode other : topology.nodes()) {
          assertThat(topology.distance(node.number(), other.number())).isGreaterThanOrEqualTo(10);
          assertThat(other == node || node.cpus().intersection(other.cpus()).isEmpty()).isTrue();
        }
      }
    }
  }

  private FakeRoot root() {
    return new FakeRoot(folder);
  }

  private static Topology topology(FakeRoot root) {
    return new NodeFiles(root.files()).topology(PAGE);
  }
}
