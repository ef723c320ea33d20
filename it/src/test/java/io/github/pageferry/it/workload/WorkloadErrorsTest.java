package io.github.pageferry.it.workload;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.yaml.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake is named with file, line and field. */
class WorkloadErrorsTest {

  /** Regions of each kind in lines 3 to 8, a child in line 9; what is tested is step 8 in line 10. */
  private static final String HEAD = """
      workload: w
      steps:
        - map: {as: a, pages: 4}
        - map: {as: f, pages: 4, backing: ext4}
        - map: {as: s, pages: 4, sharing: shared}
        - map: {as: d, pages: 4, backing: device}
        - map: {as: h, pages: 512, backing: hugetlb}
        - map: {as: p, pages: 4}
        - fork: {as: c}
      """;

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> WorkloadReader.parse("f.yaml", text))
        .isInstanceOf(BadInputException.class)
        .hasMessage("f.yaml:" + message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      // Steps and fields that are not there, missing, or of the wrong type.
      "jump: {pages: a} | : there is no step 'jump', only map, touch, move, query, migrate, bind, lock, unlock, protect, "
          + "unmap, advise, sync, pin, unpin, fork, exit, cpuset",
      "{touch: {pages: a}, query: {pages: a}} | : should be one step and its fields, like {touch: {pages: a}}, not 2 steps",
      "touch | : should be one step and its fields, like {touch: {pages: a}}, not 'touch'",
      "touch: a | (touch): should be a mapping, not a text",
      "touch: {pages: a, nodes: 0} | (touch), nodes: there is no such field here, only pages, write, node, same",
      "touch: {write: true} | (touch), pages: is missing",
      "touch: | (touch), pages: is missing",
      "touch: {pages: a, write: yes} | (touch), write: should be true or false, not 'yes'",
      "touch: {pages: a, node: one} | (touch), node: should be an integer, not 'one'",
      "touch: {pages: a, node: \"0\"} | (touch), node: should be an integer, not '0'",
      "touch: {pages: a, node: 0.5} | (touch), node: should be an integer, not '0.5'",
      "touch: {pages: a, node: [0]} | (touch), node: should be an integer, not a list",
      "touch: {pages: a, node: 99999999999999999999} | (touch), node: 99999999999999999999 is not from 0 to 4095",
      "touch: {pages: a, node: -1} | (touch), node: -1 is not from 0 to 4095",
      "touch: {pages: a, node: 4096} | (touch), node: 4096 is not from 0 to 4095",
      "move: {pages: a} | (move), to: is missing",
      "move: {pages: a, to: 2147483648} | (move), to: 2147483648 is not from -2147483648 to 2147483647",
      "move: {pages: a, to: [0, x, 0, 0]} | (move), to: should be an integer, not 'x'",
      "move: {pages: a, to: null} | (move), to: should be an integer, not null",
      "move: {pages: a, to: [0, 0]} | (move), to: names 2 nodes for 4 pages; give one for all or one for each",
      "move: {pages: a, to: []} | (move), to: names 0 nodes for 4 pages; give one for all or one for each",
      "move: {pages: a, to: 0, flags: [most]} | (move), flags: 'most' should be one of all, none, bogus",
      "move: {pages: a, to: 0, flags: [all, all]} | (move), flags: has all twice",
      "move: {pages: a, to: 0, flags: [all, none]} | (move), flags: 'all' and 'none' exclude each other",
      "move: {pages: a, to: 0, uid: -1} | (move), uid: -1 is not from 0 to 2147483647",
      "move: {pages: a, to: 0, bad: everything} | (move), bad: 'everything' should be one of pages, nodes, status",
      "query: {pages: a, to: 0} | (query), to: there is no such field here, only pages, process, uid, bad",
      "migrate: {from: [0]} | (migrate), to: is missing",
      "migrate: {from: [0], to: [-1]} | (migrate), to: -1 is not from 0 to 4095",
      "cpuset: {} | (cpuset), mems: is missing",
      "protect: {pages: a} | (protect), prot: is missing",
      "protect: {pages: a, prot: w} | (protect), prot: 'w' should be one of none, r, rw",
      "advise: {pages: a, advice: willneed} | (advise), advice: 'willneed' should be one of dontneed, mergeable",
      "bind: {pages: a, nodes: [0]} | (bind), mode: is missing",
      "bind: {pages: a, mode: local} | (bind), mode: 'local' should be one of bind, preferred, interleave, default",
      "bind: {pages: a, mode: bind, flags: [bogus]} | (bind), flags: 'bogus' should be one of strict, move, all",
      // Selectors.
      "query: {pages: A} | (query), pages: 'A' is no page selector like a, a[3], a[0-3], a[2]+100, hole or null",
      "query: {pages: \"a[1\"} | (query), pages: 'a[1' is no page selector like a, a[3], a[0-3], a[2]+100, hole or null",
      "query: {pages: \"a[-1]\"} | (query), pages: 'a[-1]' is no page selector like a, a[3], a[0-3], a[2]+100, hole or null",
      "query: {pages: 3} | (query), pages: '3' is no page selector like a, a[3], a[0-3], a[2]+100, hole or null",
      "query: {pages: [[a]]} | (query), pages: a page selector should be a text, not a list",
      "query: {pages: b} | (query), pages: there is no region 'b' at this step",
      "query: {pages: \"a[4]\"} | (query), pages: 'a[4]' is beyond region 'a', whose last page is 3",
      "query: {pages: \"a[2-4]\"} | (query), pages: 'a[2-4]' is beyond region 'a', whose last page is 3",
      "query: {pages: \"a[3-2]\"} | (query), pages: 'a[3-2]' ends before it begins",
      "query: {pages: \"a[0]+4096\"} | (query), pages: 'a[0]+4096' points beyond the page: offsets end at 4095",
      "query: {pages: \"hole[1]\"} | (query), pages: 'hole' is one address and has no pages to choose from",
      "bind: {pages: [\"a[0]\", \"a[2]\"], mode: default} | (bind), pages: should be one contiguous run of pages",
      "bind: {pages: [\"a[1]\", \"a[0]\"], mode: default} | (bind), pages: should be one contiguous run of pages",
      "bind: {pages: [a, p], mode: default} | (bind), pages: should be one contiguous run of pages",
      "bind: {pages: [a, hole], mode: default} | (bind), pages: should be one contiguous run of pages",
      "bind: {pages: [], mode: default} | (bind), pages: should be one contiguous run of pages",
      // Regions.
      "map: {pages: 1} | (map), as: is missing",
      "map: {as: B, pages: 1} | (map), as: 'B' should be a name of the form [a-z][a-z0-9_]*",
      "map: {as: a, pages: 1} | (map), as: region 'a' is there already",
      "map: {as: hole, pages: 1} | (map), as: 'hole' is a selector of its own and cannot name a region",
      "map: {as: b} | (map), pages: is missing",
      "map: {as: b, pages: 0} | (map), pages: 0 is not from 1 to 16777216",
      "map: {as: b, pages: four} | (map), pages: should be an integer, not 'four'",
      "map: {as: b, pages: 1, backing: xfs} | (map), backing: 'xfs' should be one of anon, tmpfs, ramfs, ext4, vfat, "
          + "device, hugetlb",
      "map: {as: b, pages: 100, backing: hugetlb} | (map), pages: should be a multiple of 512 for huge pages, not 100",
      "map: {as: b, pages: 1, backing: device, sharing: private} | (map), sharing: a device's mapping is always shared",
      "map: {as: b, of: x} | (map), of: there is no region 'x' at this step",
      "map: {as: b, of: a} | (map), of: region 'a' is neither a file nor shared anonymous memory: it cannot be mapped twice",
      "map: {as: b, of: d} | (map), of: region 'd' is neither a file nor shared anonymous memory: it cannot be mapped twice",
      "map: {as: b, of: h} | (map), of: region 'h' is neither a file nor shared anonymous memory: it cannot be mapped twice",
      "map: {as: b, of: f, pages: 5} | (map), pages: should be 4, the size of the region that is mapped again, or left out",
      "map: {as: b, of: f, backing: ext4} | (map), backing: has no place beside 'of', which says what is behind the region",
      "map: {as: b, of: s, sharing: private} | (map), sharing: shared anonymous memory cannot be mapped again as private",
      "sync: {region: a} | (sync), region: region 'a' is not of a file",
      "sync: {region: x} | (sync), region: there is no region 'x' at this step",
      // Processes.
      "move: {pages: a, to: 0, process: nobody} | (move), process: there is no process 'nobody' at this step",
      "fork: {as: c} | (fork), as: child 'c' is there already",
      "fork: {as: self} | (fork), as: 'self' is a process of its own and cannot name a child",
      "exit: {process: self} | (exit), process: there is no process 'self' at this step",
      "exit: {process: x} | (exit), process: there is no process 'x' at this step",
  })
  void aWrongStepIsNamedWithLineAndField(String step, String message) {
    String number = message.startsWith(":") ? "10: step 8" : "10: step 8 ";
    assertRefused(HEAD + "  - " + step + "\n", number + message);
  }

  @Test
  void aChildThatHasExitedIsNoProcessAnyMore() {
    assertRefused(HEAD + "  - exit: {process: c}\n  - query: {pages: a, process: c}\n",
        "11: step 9 (query), process: process 'c' has exited before this step");
  }

  @Test
  void aRegionCannotBeUsedBeforeItsMap() {
    assertRefused("workload: w\nsteps:\n  - query: {pages: a}\n  - map: {as: a, pages: 1}\n",
        "3: step 1 (query), pages: there is no region 'a' at this step");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "steps: [fork: {as: c}] | 1: workload: is missing",
      "{workload: W, steps: [fork: {as: c}]} | 1: workload: 'W' should be a name of the form [a-z0-9-]+",
      "{workload: [w], steps: [fork: {as: c}]} | 1: workload: should be a text, not a list",
      "{workload: w} | 1: steps: is missing",
      "{workload: w, steps: []} | 1: steps: has no step",
      "{workload: w, steps: {fork: {as: c}}} | 1: steps: should be a list of steps, not a mapping",
      "{workload: w, nodes: 0, steps: [fork: {as: c}]} | 1: nodes: 0 is not from 1 to 1024",
      "{workload: w, nodes: many, steps: [fork: {as: c}]} | 1: nodes: should be an integer, not 'many'",
      "{workload: w, needs: [luck], steps: [fork: {as: c}]} | 1: needs: 'luck' should be one of root, ksm, cpuset, ext4, vfat, "
          + "ramfs, tmpfs, swap, device, hugetlb, thp",
      "{workload: w, node: 2, steps: [fork: {as: c}]} | 1: node: there is no such field here, only workload, about, nodes, "
          + "needs, steps",
      "{workload: w, workload: x, steps: [fork: {as: c}]} | 1: workload: stands twice in one mapping",
      "{workload: w, steps: [fork: {as: c, as: d}]} | 1: as: stands twice in one mapping",
      "{workload: w, steps: [query: *nowhere]} | 1: *nowhere names no anchor before it",
      "[1, 2] | 1: should be a mapping, not a list",
  })
  void aWrongHeadIsNamed(String text, String firstMessage) {
    assertThatThrownBy(() -> WorkloadReader.parse("f.yaml", text))
        .isInstanceOf(BadInputException.class)
        .extracting(e -> e.getMessage().split("\n")[0])
        .isEqualTo("f.yaml:" + firstMessage);
  }

  @Test
  void anEmptyFileHasNoWorkload() {
    assertRefused("# nothing\n", " has no workload in it");
  }

  @Test
  void aNameThatStandsTwiceInAStreamIsRefused() {
    String one = "---\nworkload: w\nsteps:\n  - fork: {as: c}\n";
    assertRefused(one + one, "6: workload: 'w' stands in line 2 already");
  }

  @Test
  void whatIsNotYamlIsNamedWithItsLine() {
    assertRefused("workload: w\nsteps:\n  - map: {as: a, pages: [\n", "4: not YAML: expected the node content, but found '<stream end>'");
    assertRefused("workload: w\n\tabout: x\n", "2: not YAML: found character '\\t(TAB)' that cannot start any token. "
        + "(Do not use \\t(TAB) for indentation)");
    assertRefused("workload: w\nabout: \u0000\n", "2: the control character U+0000 has no place in a text file");
  }

  @Test
  void deepNestingEndsInAnErrorNotInAnOverflow() {
    assertThatThrownBy(() -> WorkloadReader.parse("f.yaml", "steps: " + "[".repeat(200_000)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void allMistakesOfAFileAreNamedAtOnce() {
    assertRefused("workload: W\nnodes: x\nsteps:\n  - fly: {}\n  - touch: {pages: b}\n", """
        1: workload: 'W' should be a name of the form [a-z0-9-]+
        f.yaml:2: nodes: should be an integer, not 'x'
        f.yaml:4: step 1: there is no step 'fly', only map, touch, move, query, migrate, bind, lock, unlock, protect, \
        unmap, advise, sync, pin, unpin, fork, exit, cpuset
        f.yaml:5: step 2 (touch), pages: there is no region 'b' at this step""");
  }

  @Test
  void aRegionWhoseMapIsWrongCausesNoFurtherMistakes() {
    assertRefused("workload: w\nsteps:\n  - map: {as: a, pages: x}\n  - touch: {pages: \"a[7]\"}\n"
        + "  - bind: {pages: [a, \"a[1]\"], mode: default}\n", "3: step 1 (map), pages: should be an integer, not 'x'");
  }
}
