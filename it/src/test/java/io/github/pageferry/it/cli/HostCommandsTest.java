package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode;
import io.github.pageferry.Topology;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code nodes} and {@code where}, which look at this host. */
class HostCommandsTest {

  private final CommandLineRunner pageferry = new CommandLineRunner();

  @Test
  void nodesPrintsEveryNodeOfTheHost() {
    assertThat(pageferry.run("nodes")).as(pageferry.err).isZero();
    assertThat(pageferry.out).startsWith("linux " + System.getProperty("os.version")).contains("nodes with memory: 0");
    assertThat(pageferry.orderly).as("nothing is to be taken away when a signal ends it").isFalse();
  }

  @Test
  void nodesMayHaveHolesAndNoMemoryOrCpus() {
    Topology topology = new Topology(4096, List.of(
        new NumaNode(0, NodeSet.of(0, 1, 2, 5), true, 8L << 30, 3L << 29, List.of(
            new NumaNode.HugePagePool(2 << 20, 16, 4), new NumaNode.HugePagePool(1 << 30, 0, 0))),
        new NumaNode(2, NodeSet.of(3), false, 0, 0, List.of()),
        new NumaNode(10, NodeSet.EMPTY, true, 1 << 20, 4096, List.of())),
        List.of(List.of(10, 20, 17), List.of(20, 10, 30), List.of(17, 30, 10)));
    StringWriter text = new StringWriter();
    NodesCommand.print(topology, new Console(new PrintWriter(text), new PrintWriter(text), Terminal.NONE));
    assertThat(text).hasToString("""
        node  CPUs   memory  free     huge pages (free of all)
        0     0-2,5  8 GiB   1.5 GiB  4/16 of 2 MiB
        2     3      none
        10    none   1 MiB   4 KiB

        distance from, to  0   2   10
        0                  10  20  17
        2                  20  10  30
        10                 17  30  10

        base pages of 4 KiB; nodes with memory: 0,10
        """);
  }

  @Test
  void whereSaysOnWhichNodesThisProcessIs() {
    assertThat(pageferry.run("where", "self")).as(pageferry.err).isZero();
    assertThat(pageferry.out)
        .startsWith("process self: ")
        .containsPattern("\nnode +memory +share\n0 +[0-9.]+ [KMGT]iB +[0-9]+ %\n")
        .containsPattern("\nnode 0 .*policy +addresses +mapping\n")
        .contains("default", "libjvm.so");
  }

  @Test
  void whereListsTheLargestMappingsUnlessAllAreAskedFor() {
    assertThat(pageferry.run("where", "self")).isZero();
    long largest = pageferry.out.lines().count();
    assertThat(pageferry.run("where", "self", "--all")).isZero();
    assertThat(pageferry.out.lines().count()).isGreaterThan(largest + 20);
  }

  @Test
  void whereAsksForSinglePagesOfAnotherProcess() throws Exception {
    Process sleeping = new ProcessBuilder("sleep", "1000").start();
    try {
      assertThat(pageferry.run("where", "" + sleeping.pid(), "--pages", "--all")).as(pageferry.err).isZero();
      assertThat(pageferry.out)
          .startsWith("process " + sleeping.pid() + ": ")
          .containsPattern("\nENOENT +[0-9.]+ [KM]iB\n")
          .contains("sleep", "[stack]")
          .doesNotContain("policy");
    } finally {
      sleeping.destroyForcibly().waitFor();
    }
  }

  @Test
  void aKernelThreadHasNoMemory() {
    assertThat(pageferry.run("where", "2")).as(pageferry.err).isZero();
    assertThat(pageferry.out).isEqualTo("process 2 has no memory of its own: it is a kernel thread or has ended\n");
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "1023, 1023 B", "4096, 4 KiB", "1536, 1.5 KiB", "5368709120, 5 GiB", "9223372036854775807, 8 EiB"})
  void amountsOfMemoryAreInTheFittingUnit(long bytes, String text) {
    assertThat(Bytes.format(bytes)).isEqualTo(text);
  }
}
