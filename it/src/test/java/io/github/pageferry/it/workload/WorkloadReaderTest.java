package io.github.pageferry.it.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.workload.PageSelector.Hole;
import io.github.pageferry.it.workload.PageSelector.Null;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.CallFlag;
import io.github.pageferry.it.workload.Step.Prot;
import io.github.pageferry.it.workload.Step.Sharing;
import io.github.pageferry.it.yaml.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadReaderTest {

  private static final String HEAD = "workload: w\nsteps:\n  - map: {as: a, pages: 4}\n";

  private static Step step(String yaml) {
    List<Step> steps = WorkloadReader.parse("w.yaml", HEAD + "  - " + yaml + "\n").get(0).steps();
    return steps.get(steps.size() - 1);
  }

  @Test
  void oneNodeAndNoNeedsAreTheDefault() {
    Workload workload = WorkloadReader.parse("w.yaml", HEAD).get(0);
    assertThat(workload).isEqualTo(new Workload("w", "", 1, Set.of(), List.of(
        new Step.Map("a", 4, Backing.ANON, Sharing.PRIVATE, Prot.RW, "", false))));
  }

  @ParameterizedTest
  @CsvSource({
      "'', PRIVATE", "'backing: anon', PRIVATE", "'backing: hugetlb', PRIVATE", "'backing: tmpfs', SHARED",
      "'backing: ramfs', SHARED", "'backing: ext4', SHARED", "'backing: vfat', SHARED", "'backing: device', SHARED",
      "'backing: ext4, sharing: private', PRIVATE", "'sharing: shared', SHARED"})
  void filesAreSharedAndMemoryIsPrivateUnlessItIsSaid(String fields, Sharing sharing) {
    Step.Map map = (Step.Map) step("map: {as: b, pages: 512" + (fields.isEmpty() ? "" : ", ") + fields + "}");
    assertThat(map.sharing()).isEqualTo(sharing);
  }

  @Test
  void aSecondMappingTakesItsSizeFromTheFirst() {
    String text = "workload: w\nsteps:\n  - map: {as: a, pages: 4, sharing: shared}\n  - map: {as: b, pages: 4, of: a}\n"
        + "  - query: {pages: \"b[3]\"}\n";
    assertThat(WorkloadReader.parse("w", text).get(0).steps().get(1))
        .isEqualTo(new Step.Map("b", 0, Backing.ANON, Sharing.SHARED, Prot.RW, "a", false));
  }

  @Test
  void theNameOfARegionIsFreeAgainOnceAllOfItIsUnmapped() {
    String gone = HEAD + "  - unmap: {pages: [\"a[0-1]\", \"a[2-3]\"]}\n  - map: {as: a, pages: 2}\n";
    assertThat(WorkloadReader.parse("w", gone).get(0).steps()).hasSize(3);
    String left = HEAD + "  - unmap: {pages: \"a[0-2]\"}\n  - map: {as: a, pages: 2}\n";
    assertThatThrownBy(() -> WorkloadReader.parse("w", left))
        .hasMessage("w:5: step 3 (map), as: region 'a' is there already");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "query: {pages: null}", "query: {pages: }", "query: {pages: ~}", "query: {pages: \"null\"}", "query: {pages: [null]}",
      "{\"query\": {\"pages\": [null]}}", "query:\n      pages:\n        - null"})
  void nullIsAddressZeroHoweverItIsWritten(String yaml) {
    assertThat(((Step.Query) step(yaml)).pages()).containsExactly(new Null(0));
  }

  @Test
  void selectorsKeepOrderAndDuplicates() {
    assertThat(((Step.Query) step("query: {pages: [\"a[0-1]\", hole, \"a[0]\", a, hole+8, \"a[2]+100\", null+1]}")).pages())
        .containsExactly(new Pages("a", 0, 1, 0), new Hole(0), new Pages("a", 0, 0, 0),
            new Pages("a", 0, Pages.TO_THE_END, 0), new Hole(8), new Pages("a", 2, 2, 100), new Null(1));
    assertThat(((Step.Query) step("query: {pages: []}")).pages()).isEmpty();
  }

  @Test
  void wordsAndNumbersStandAloneOrInAList() {
    Step inLists = step("move: {pages: [a], to: [3], flags: [all], bad: [nodes]}");
    assertThat(step("move: {pages: a, to: 3, flags: all, bad: nodes}")).isEqualTo(inLists);
    assertThat(step("migrate: {from: 0, to: 1}")).isEqualTo(step("migrate: {from: [0], to: [1]}"));
    assertThat(((Step.Move) inLists).flags()).containsExactly(CallFlag.ALL);
    assertThat(((Step.Move) inLists).uid()).isEqualTo(OptionalInt.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "+17", "017", "0x11", "0o21"})
  void integersAreThoseOfYaml12(String seventeen) {
    assertThat(((Step.Touch) step("touch: {pages: a, node: " + seventeen + "}")).node()).hasValue(17);
  }

  @Test
  void aBindWithoutNodesHasNone() {
    assertThat(((Step.Bind) step("bind: {pages: a, mode: default}")).nodes()).isEmpty();
  }

  @Test
  void aRunForBindMayBePutTogether() {
    assertThat(step("bind: {pages: [\"a[0]\", \"a[1-2]\", \"a[3]\"], mode: default}")).isInstanceOf(Step.Bind.class);
  }

  @Test
  void anchorsAndAliasesOfYamlAreUnderstood() {
    String text = HEAD + "  - move: {pages: &p [\"a[0]\", hole], to: 0}\n  - query: {pages: *p}\n";
    List<Step> steps = WorkloadReader.parse("w", text).get(0).steps();
    assertThat(((Step.Query) steps.get(2)).pages()).isEqualTo(((Step.Move) steps.get(1)).pages()).hasSize(2);
  }

  @Test
  void textsMayBeFoldedAndCommentsStandAnywhere() {
    String text = "# first\nworkload: w # here\nabout: >\n  Two\n  lines.\nneeds:\nsteps:\n# there\n  - fork: {as: c}\n";
    assertThat(WorkloadReader.parse("w", text).get(0).about()).isEqualTo("Two lines.\n");
  }

  @Test
  void aByteOrderMarkAndEmptyDocumentsArePassedOver() {
    String text = "\ufeff---\n---\n" + HEAD + "---\n" + HEAD.replace(": w", ": w2") + "---\n";
    assertThat(WorkloadReader.parse("w", text)).extracting(Workload::name).containsExactly("w", "w2");
  }

  @Test
  void aSingleFileHoldsOneWorkload(@TempDir Path dir) throws IOException {
    String two = HEAD + "---\n" + HEAD.replace(": w", ": w2");
    Path single = Files.writeString(dir.resolve("two.workload.yaml"), two);
    assertThatThrownBy(() -> WorkloadReader.read(single)).isInstanceOf(BadInputException.class)
        .hasMessage(single + ": has 2 workloads, but .workload.yaml promises one; a stream is called .workloads.yaml");
    assertThat(WorkloadReader.read(Files.writeString(dir.resolve("two.workloads.yaml"), two))).hasSize(2);
  }

  @Test
  void filesThatCannotBeReadAreNamed(@TempDir Path dir) throws IOException {
    assertThatThrownBy(() -> WorkloadReader.read(dir.resolve("none"))).hasMessage(dir + "/none: there is no such file");
    assertThatThrownBy(() -> WorkloadReader.read(dir)).hasMessage(dir + ": is a folder, not a file");
    Path latin = Files.write(dir.resolve("latin"), "about: \u00fc".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> WorkloadReader.read(latin)).hasMessage(latin + ": is not a text in UTF-8");
  }

  @Test
  void documentsBeyondTheParsersDefaultLimitsAreRead() {
    String text = HEAD.replace("pages: 4", "pages: 1000000") + "  - move: {pages: a, to: [" + "1, ".repeat(999_999) + "1]}\n";
    assertThat(text.length()).isGreaterThan(2_900_000);
    String longer = text + "# " + "x".repeat(1_000_000) + "\n";
    assertThat(((Step.Move) WorkloadReader.parse("w", longer).get(0).steps().get(1)).to()).hasSize(1_000_000);
  }
}
