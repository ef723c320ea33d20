package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.BufferPinner;
import io.github.pageferry.LocateReport;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryMigrators;
import io.github.pageferry.MoveReport;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PinOptions;
import io.github.pageferry.Populate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What most users call, where the host has one node: buffers of this JVM on the nodes of a simulated machine. */
class BufferPinnerOnSimulatorTest {

  private static final int MIB = 1 << 20;

  static List<String> profiles() {
    return Profiles.names();
  }

  /** All but 2.6.18's, where a page goes to another node if there is no room on the one wanted ({@code FirstReleaseTest}). */
  static List<String> laterProfiles() {
    return profiles().stream().filter(profile -> !profile.equals("2.6.18")).toList();
  }

  private static SimulatedMigrator four(String profile) {
    return Machines.open(profile + " nodes:4 memory:256MiB");
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void aBufferIsLocatedOnNodeZeroAndPinnedToAnother(String profile) {
    BufferPinner pinner = BufferPinner.on(four(profile));
    ByteBuffer buffer = ByteBuffer.allocateDirect(8 * MIB);
    LocateReport before = pinner.locate(buffer);
    assertThat(before.counts().onNode(0)).isEqualTo(before.counts().present()).isGreaterThanOrEqualTo(8 * MIB / 4096);
    MoveReport report = pinner.pin(buffer, 3);
    assertThat(report.complete()).as(report.toString()).isTrue();
    assertThat(report.movedPages()).isEqualTo(before.counts().present());
    assertThat(pinner.locate(buffer).counts().onNode(3)).isEqualTo(before.counts().present());
  }

  static List<Arguments> machinesInHwlocsForm() {
    return profiles().stream().flatMap(profile -> Stream.of(
        Arguments.of(profile, "node:2 core:2 pu:1", 2, 2),
        Arguments.of(profile, "pack:2 node:2 pu:2", 4, 2),
        Arguments.of(profile, "pack:2 [numa(memory=64MiB)] core:4", 2, 4))).toList();
  }

  /** A buffer of this JVM goes through all its nodes, and one that was never named counts as touched on node 0 all the same. */
  @ParameterizedTest
  @MethodSource("machinesInHwlocsForm")
  void aMachineInHwlocsFormTakesBuffers(String profile, String machine, int nodes, int cpus) {
    SimulatedMigrator migrator = Machines.open(profile + " " + machine);
    assertThat(migrator.topology().nodes()).hasSize(nodes).allMatch(node -> node.cpus().size() == cpus);
    BufferPinner pinner = BufferPinner.on(migrator);
    ByteBuffer buffer = ByteBuffer.allocateDirect(2 * MIB);
    long pages = pinner.locate(buffer).counts().onNode(0);
    assertThat(pages).isBetween(512L, 513L);

    for (int node = nodes - 1; node >= 0; node--) {
      assertThat(pinner.pin(buffer, node).movedPages()).isEqualTo(pages);
      assertThat(pinner.locate(buffer).counts().onNode(node)).isEqualTo(pages);
    }

    NodeSet all = NodeSet.of(IntStream.range(0, nodes).toArray());
    assertThat(pinner.interleave(buffer, all).complete()).isTrue();
    for (int node = 0; node < nodes; node++) {
      assertThat(pinner.locate(buffer).counts().onNode(node)).isBetween(pages / nodes, pages / nodes + 1);
    }
    // Without its ends, which may lie in pages of the buffer before it.
    ByteBuffer other = ByteBuffer.allocateDirect(MIB).slice(8192, MIB - 16384);
    LocateReport unseen = pinner.locate(other);
    assertThat(unseen.counts().onNode(0)).isEqualTo(unseen.counts().present()).isBetween(252L, 253L);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void aBufferIsInterleavedAndSpreadByWeights(String profile) {
    BufferPinner pinner = BufferPinner.on(four(profile));
    ByteBuffer buffer = ByteBuffer.allocateDirect(4 * MIB);
    assertThat(pinner.interleave(buffer, NodeSet.of(0, 1, 2, 3)).complete()).isTrue();
    LocateReport even = pinner.locate(buffer);
    for (int node = 0; node < 4; node++) {
      assertThat(even.counts().onNode(node)).isBetween(256L, 257L);
    }
    assertThat(pinner.spread(buffer, Map.of(1, 3, 2, 1)).complete()).isTrue();
    LocateReport weighted = pinner.locate(buffer);
    assertThat(weighted.counts().onNode(1)).isBetween(768L, 770L);
    assertThat(weighted.counts().onNode(2)).isBetween(255L, 257L);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void populatingAndMappedFilesWork(String profile, @TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("data"));
    try (FileChannel channel = FileChannel.open(
        file, java.nio.file.StandardOpenOption.READ, java.nio.file.StandardOpenOption.WRITE)) {
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2 * MIB);
      BufferPinner pinner =
          BufferPinner.on(four(profile), PinOptions.builder().populate(Populate.WRITE).build());
      assertThat(pinner.pin(mapped, 2).complete()).isTrue();
      assertThat(pinner.locate(mapped).counts().onNode(2)).isEqualTo(512);
    }
  }

  @ParameterizedTest
  @MethodSource("laterProfiles")
  void aNodeThatIsTooSmallIsAResultThatSaysSo(String profile) {
    MoveReport report = BufferPinner.on(four(profile)).pin(0x7000_0000_0000L, 80L * MIB, 1);
    assertThat(report.complete()).isFalse();
    assertThat(report.after().onNode(1)).isEqualTo(64 * MIB / 4096);
    assertThat(report.toString()).contains("ENOMEM");
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void theBackendIsFoundByItsName(String profile) {
    try (MemoryMigrator migrator = MemoryMigrators.open("sim:" + profile + " nodes:2 memory:64MiB")) {
      assertThat(migrator.description()).isEqualTo("sim:" + profile);
      ByteBuffer buffer = ByteBuffer.allocateDirect(MIB);
      assertThat(BufferPinner.on(migrator).pin(buffer, 1).complete()).isTrue();
    }
  }
}
