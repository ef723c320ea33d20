package io.github.pageferry.it.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.workload.PageSelector.Hole;
import io.github.pageferry.it.workload.PageSelector.Null;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step.Advice;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.BadArray;
import io.github.pageferry.it.workload.Step.BindFlag;
import io.github.pageferry.it.workload.Step.BindMode;
import io.github.pageferry.it.workload.Step.CallFlag;
import io.github.pageferry.it.workload.Step.Prot;
import io.github.pageferry.it.workload.Step.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadRoundTripTest {

  static List<Path> corpus() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/corpus"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void everyWorkloadOfTheCorpusIsReadAndWrittenUnchanged(Path file) {
    List<Workload> read = WorkloadReader.read(file);
    assertThat(read).hasSize(1);
    assertThat(file).hasFileName(read.get(0).name() + ".workload.yaml");
    assertThat(WorkloadReader.parse("again", WorkloadWriter.format(read.get(0)))).isEqualTo(read);
  }

  @ParameterizedTest
  @CsvSource({"random.workloads.yaml.gz, 1499", "random18.workloads.yaml.gz, 400"})
  void streamsOfRandomWorkloadsAreReadAndWrittenUnchanged(String file, int count) {
    List<Workload> read = WorkloadReader.parse("random.workloads.yaml", Oracle.text(file));
    assertThat(read).hasSize(count);
    assertThat(WorkloadReader.parse("again.workloads.yaml", WorkloadWriter.format(read))).isEqualTo(read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"c-min", "random-1001-1311"})
  void workloadsInJsonAreReadAsTheyAre(String name) {
    String json = Oracle.text("crash/" + name + ".workload.yaml");
    assertThat(json).startsWith("{\"workload\": \"" + name + "\"");
    List<Workload> read = WorkloadReader.parse(name, json);
    assertThat(read).extracting(Workload::name).containsExactly(name);
    assertThat(WorkloadReader.parse("again", WorkloadWriter.format(read.get(0)))).isEqualTo(read);
  }

  @Test
  void everyFieldOfEveryStepIsWrittenAndReadAgain() {
    List<PageSelector> a = List.of(new Pages("a", 0, Pages.TO_THE_END, 0));
    List<PageSelector> odd = List.of(
        new Pages("a", 3, 3, 0), new Pages("a", 0, 3, 0), new Hole(0), new Null(0), new Pages("a", 2, 2, 100),
        new Hole(8), new Null(4095), new Pages("a", 0, Pages.TO_THE_END, 1), new Pages("a", 3, 3, 0));
    List<Step> steps = List.of(
        new Step.Map("a", 4, Backing.ANON, Sharing.PRIVATE, Prot.RW, "", false),
        new Step.Map("true", 512, Backing.HUGETLB, Sharing.SHARED, Prot.RW, "", false),
        new Step.Map("huge", 512, Backing.ANON, Sharing.PRIVATE, Prot.R, "", true),
        new Step.Map("shared", 3, Backing.ANON, Sharing.SHARED, Prot.RW, "", false),
        new Step.Map("twice", 0, Backing.ANON, Sharing.SHARED, Prot.NONE, "shared", false),
        new Step.Map("file", 3, Backing.EXT4, Sharing.SHARED, Prot.RW, "", false),
        new Step.Map("copy", 0, Backing.ANON, Sharing.PRIVATE, Prot.RW, "file", false),
        new Step.Map("own", 3, Backing.VFAT, Sharing.PRIVATE, Prot.RW, "", false),
        new Step.Map("dev", 1, Backing.DEVICE, Sharing.SHARED, Prot.R, "", false),
        new Step.Touch(a, true, OptionalInt.of(0), true),
        new Step.Touch(odd, false, OptionalInt.empty(), false),
        new Step.Fork("child"),
        new Step.Move(a, List.of(1), Set.of(), "self", OptionalInt.empty(), Set.of()),
        new Step.Move(a, List.of(1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE), EnumSet.of(CallFlag.ALL, CallFlag.BOGUS),
            "child", OptionalInt.of(1000), EnumSet.allOf(BadArray.class)),
        new Step.Move(List.of(), List.of(), EnumSet.of(CallFlag.NONE), "self", OptionalInt.empty(), Set.of()),
        new Step.Query(odd, "kernel", OptionalInt.of(0), EnumSet.of(BadArray.STATUS)),
        new Step.Migrate(List.of(), List.of(0, 1, 4095), "absent", OptionalInt.of(1000)),
        new Step.Bind(List.of(new Pages("a", 0, 1, 0), new Pages("a", 2, 3, 0)), BindMode.DEFAULT, List.of(),
            EnumSet.allOf(BindFlag.class)),
        new Step.Bind(List.of(new Hole(0)), BindMode.INTERLEAVE, List.of(0, 64), Set.of()),
        new Step.Lock(a), new Step.Unlock(a), new Step.Protect(a, Prot.NONE), new Step.Pin(a), new Step.Unpin(a),
        new Step.Advise(a, Advice.MERGEABLE), new Step.Advise(a, Advice.DONTNEED), new Step.Sync("file"),
        new Step.Exit("child"), new Step.Cpuset(List.of(0)), new Step.Unmap(a));
    Workload workload = new Workload("every-step", "", 2, EnumSet.allOf(Need.class), steps);
    assertThat(steps.stream().map(Step::word)).containsAll(StepWords.ALL);
    String text = WorkloadWriter.format(workload);
    assertThat(WorkloadReader.parse("again", text)).as(text).containsExactly(workload);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "Plain words (LTP move_pages04), and so on.", "a: b", "# no comment", "it's", "\"quoted\" \\ back", "two\nlines\tand tab",
      "trailing ", " leading", "yes", "null", "~", "12", "1e3", "- item", "{a}", "ümlaut \u2028 \u0007", "339 pages", "x #y", "@a"})
  void anyTextCanBeWhatAWorkloadIsAbout(String about) {
    Workload workload = new Workload("w", about, 1, Set.of(), List.of(new Step.Cpuset(List.of(0))));
    assertThat(WorkloadReader.parse("again", WorkloadWriter.format(workload))).containsExactly(workload);
  }

  @Test
  void longListsAreBrokenIntoLines() {
    List<PageSelector> all = List.of(new Pages("a", 0, Pages.TO_THE_END, 0));
    Step map = new Step.Map("a", 400, Backing.ANON, Sharing.PRIVATE, Prot.RW, "", false);
    List<Integer> nodes = Collections.nCopies(400, 1);
    Step move = new Step.Move(all, nodes, Set.of(), "self", OptionalInt.empty(), Set.of());
    Workload workload = new Workload("w", "", 2, Set.of(), List.of(map, move));
    String text = WorkloadWriter.format(workload);
    assertThat(Arrays.asList(text.split("\n"))).allMatch(line -> line.length() <= 116);
    assertThat(WorkloadReader.parse("again", text)).containsExactly(workload);
  }

  @Test
  void aWrittenWorkloadReadsLikeAHandwrittenOne() {
    String text = """
        workload: fork-shares-pages
        about: A page mapped by two processes moves only with flags all.
        nodes: 2
        needs: [root, ext4]
        steps:
          - map: {as: a, pages: 4}
          - map: {as: f, pages: 2, backing: ext4, sharing: private}
          - touch: {pages: a, write: true, node: 0}
          - fork: {as: child}
          - move: {pages: [a, "f[1]", hole, null], to: 1, flags: [all], process: child}
          - exit: {process: child}
          - query: {pages: "a[0-3]"}
        """;
    assertThat(WorkloadWriter.format(WorkloadReader.parse("w", text).get(0))).isEqualTo(text);
  }
}
