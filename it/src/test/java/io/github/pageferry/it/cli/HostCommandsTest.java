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

/** {@code nodes}, {@code where} and {@code move}, which look at this host. */
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

  @Test
  void moveSaysWhereThePagesOfAnotherProcessWereAndAre() throws Exception {
    Process sleeping = new ProcessBuilder("sleep", "1000").start();
    try {
      String pid = "" + sleeping.pid();
      assertThat(pageferry.run("move", pid, "--to", "0")).as(pageferry.err).isZero();
      assertThat(pageferry.out).startsWith("pin to node 0: ").contains(", complete in ")
          .containsPattern("\n  before: node 0: [0-9]+ pages .*\n  after:  node 0: [0-9]+ pages ")
          .doesNotContain("note:");
      assertThat(pageferry.orderly).as("ends with its report where a signal wants it").isTrue();
      assertThat(pageferry.run("where", pid, "--all")).isZero();
      String stack = pageferry.out.lines().filter(line -> line.endsWith("[stack]")).findFirst().orElseThrow();
      String[] columns = stack.split(" +");
      String range = columns[columns.length - 2];
      assertThat(pageferry.run("move", pid, "--to", "0", "--range", range)).as(pageferry.err).isZero();
      String[] ends = range.split("-");
      long pages = (Long.parseLong(ends[1], 16) - Long.parseLong(ends[0], 16)) / 4096;
      assertThat(pageferry.out).startsWith("pin to node 0: " + pages + " pages (");
      assertThat(pageferry.run("move", pid, "--from", "0", "--to", "0")).as(pageferry.err).isZero();
      assertThat(pageferry.out).startsWith("process " + pid + ": migrate_pages from node 0 to node 0");
    } finally {
      sleeping.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "self --to 4095 | 2 | no memory on node 4095",
    "self --to 0-x | 2 | '--to'",
    "self | 2 | --to",
    "nobody --to 0 | 2 | 'nobody' is no process",
    "self --to 0 --range 2000-1000 | 2 | '2000-1000' is no range",
    "self --to 0 --range 1000-2000 | 2 | nothing that may be accessed is mapped there",
    "self --to 0 --from 0 --shared | 2 | cannot be combined",
    "self --to 4095 --from 0 | 3 | EINVAL",
    "999999999 --to 0 | 3 | there is no process 999999999",
    "2 --to 0 | 3 | has no memory of its own"
  })
  void moveRefusesWhatItCannotDo(String arguments, int status, String why) {
    assertThat(pageferry.run(("move " + arguments).split(" "))).as(pageferry.err).isEqualTo(status);
    assertThat(pageferry.err).contains(why);
    assertThat(pageferry.out).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "1023, 1023 B", "4096, 4 KiB", "1536, 1.5 KiB", "5368709120, 5 GiB", "9223372036854775807, 8 EiB"})
  void amountsOfMemoryAreInTheFittingUnit(long bytes, String text) {
    assertThat(Bytes.format(bytes)).isEqualTo(text);
  }
}
