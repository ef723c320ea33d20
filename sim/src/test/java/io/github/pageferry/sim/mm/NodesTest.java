package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@code build_zonelists()} and the states of nodes; zone lists as 2.6.36 and later kernels order them. */
class NodesTest {

  private static int[][] uniform(int nodes) {
    int[][] distances = new int[nodes][nodes];
    for (int i = 0; i < nodes; i++) {
      Arrays.fill(distances[i], 20);
      distances[i][i] = 10;
    }
    return distances;
  }

  private static Nodes layOut(int[][] distances, int... pages) {
    return Nodes.layOut(new PageFrames(Nodes.segments(pages)), pages, distances);
  }

  @Test
  void aNodeTriesItselfThenThoseAboveThenRoundRobin() {
    Nodes nodes = layOut(uniform(4), 10, 10, 10, 10);
    assertThat(nodes.zonelist(0)).containsExactly(0, 1, 2, 3);
    assertThat(nodes.zonelist(1)).containsExactly(1, 2, 3, 0);
    assertThat(nodes.zonelist(2)).containsExactly(2, 3, 0, 1);
    assertThat(nodes.zonelist(3)).containsExactly(3, 0, 1, 2);
  }

  @Test
  void nearNodesComeFirst() {
    Nodes nodes = layOut(new int[][] {{10, 40, 20}, {40, 10, 30}, {20, 30, 10}}, 10, 10, 10);
    assertThat(nodes.zonelist(0)).containsExactly(0, 2, 1);
    assertThat(nodes.zonelist(1)).containsExactly(1, 2, 0);
    assertThat(nodes.zonelist(2)).containsExactly(2, 0, 1);
    assertThat(nodes.distance(0, 1)).isEqualTo(40);
    assertThat(nodes.distance(1, 2)).isEqualTo(30);
  }

  @Test
  void nodesWithoutMemoryAreInNoList() {
    Nodes nodes = layOut(uniform(4), 10, 0, -1, 10);
    assertThat(nodes.online()).isEqualTo(NodeMask.of(0, 1, 3));
    assertThat(nodes.withMemory()).isEqualTo(NodeMask.of(0, 3));
    assertThat(nodes.zonelist(1)).containsExactly(3, 0);
    assertThat(nodes.zonelist(2)).isEmpty();
    assertThat(nodes.zonelist(0)).containsExactly(0, 3);
    assertThat(nodes.findZone(1)).isNull();
    assertThat(nodes.findZone(2)).isNull();
    assertThat(nodes.findZone(-1)).isNull();
    assertThat(nodes.findZone(4)).isNull();
    assertThat(nodes.findZone(3)).isSameAs(nodes.zone(3));
    assertThatThrownBy(() -> nodes.zone(1)).isInstanceOf(KernelBug.class).hasMessageContaining("node 1");
  }

  @Test
  void segmentsAreWholeAndOneIsNobodys() {
    assertThat(Nodes.segments(new int[] {})).isEqualTo(1);
    assertThat(Nodes.segments(new int[] {1})).isEqualTo(2);
    assertThat(Nodes.segments(new int[] {1024})).isEqualTo(2);
    assertThat(Nodes.segments(new int[] {1025, 0, -1, 2048})).isEqualTo(1 + 2 + 2);
  }
}
