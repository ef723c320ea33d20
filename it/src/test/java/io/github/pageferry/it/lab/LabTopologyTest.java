package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.lab.LabTopology.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabTopologyTest {

  @Test
  void nodesAreReadWithTheirMemoryAndCpus() {
    LabTopology topology = LabTopology.parse("512M/2cpus,-,1cpu,128M");
    assertThat(topology.nodes()).containsExactly(new Node(512, 2), Node.NONE, new Node(0, 1), new Node(128, 0));
    assertThat(topology).hasToString("512M/2cpus,-,1cpu,128M");
    assertThat(topology.megabytes()).isEqualTo(640);
    assertThat(topology.cpus()).isEqualTo(4);
    assertThat(topology.absentCpus()).containsExactly(2);
    assertThat(topology.nodesWithMemoryInARow()).isEqualTo(1);
  }

  @Test
  void everyNameStandsForNodes() {
    assertThat(LabTopology.named()).isNotEmpty().allSatisfy(
        (name, nodes) -> assertThat(LabTopology.parse(name)).hasToString(nodes));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "''             | is no topology: it should be one of hole,",
      "whole          | is no topology",
      "256M/1cpu,     | is no topology",
      "256M/1cpu,/    | is no topology",
      "256M           | node 0 needs a CPU and memory",
      "-,256M/1cpu    | node 0 needs a CPU and memory",
      "256M/1cpu,8M   | a node has 64M or more, or none, not 8M",
      "256M/1cpu,0M   | a node without CPUs and without memory is no node",
      "256M/1cpu,256M,1cpu | nodes with CPUs come first",
  })
  void whatIsNoMachineIsRefused(String text, String message) {
    assertThatThrownBy(() -> LabTopology.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
  }

  @Test
  void theEmulatorIsToldOfEveryNode() {
    List<String> command = Emulator.command(new Tools.Tool(List.of("qemu"), Map.of()),
        new Kernel("6.1", Path.of("/k"), List.of()), Path.of("/root.cpio"),
        LabTopology.parse("512M/2cpus,-,128M"), Path.of("/line"));
    assertThat(command).containsSequence("-numa", "node,nodeid=0,memdev=m0,cpus=0-1")
        .containsSequence("-numa", "node,nodeid=1,cpus=2-2,cpus=3-8")
        .containsSequence("-numa", "node,nodeid=2,memdev=m2")
        .containsSequence("-object", "memory-backend-ram,id=m2,size=128M")
        .containsSequence("-m", "640M", "-smp", "2,sockets=9,cores=1,threads=1,maxcpus=9")
        .containsSequence("-accel", "tcg,thread=single").doesNotContain("-enable-kvm", "-device");
  }

  @Test
  void cpusBehindAnEmptySocketArePutInOneByOne() {
    assertThat(Emulator.command(new Tools.Tool(List.of("qemu"), Map.of()), new Kernel("6.1", Path.of("/k"), List.of()),
        Path.of("/root.cpio"), LabTopology.parse("256M/1cpu,-,256M/2cpus"), Path.of("/line")))
        .containsSequence("-smp", "1,sockets=9,cores=1,threads=1,maxcpus=9")
        .containsSequence("-numa", "node,nodeid=2,memdev=m2,cpus=2-3")
        .containsSequence("-device", "qemu64-x86_64-cpu,socket-id=2,core-id=0,thread-id=0")
        .containsSequence("-device", "qemu64-x86_64-cpu,socket-id=3,core-id=0,thread-id=0");
  }

  @Test
  void machinesWithoutHolesHaveAllCpusFromTheStart() {
    assertThat(Emulator.command(new Tools.Tool(List.of("qemu"), Map.of()), new Kernel("6.1", Path.of("/k"), List.of()),
        Path.of("/root.cpio"), LabTopology.of(4), Path.of("/line")))
        .containsSequence("-smp", "4,sockets=4,cores=1,threads=1").doesNotContain("-device");
  }
}
