package io.github.pageferry.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.StepWords;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.it.workload.WorkloadWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {

  private static List<Workload> workloads(long seed, int nodes, int count) {
    Generator generator = new Generator(seed, nodes);
    List<Workload> workloads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      workloads.add(generator.workload(i));
    }
    return workloads;
  }

  /**
   * A seed is a promise: who notes one down wants the same workloads from it on another machine and JVM. A change of the
   * generator breaks the promise for all seeds noted before, which is allowed, but not by accident.
   */
  @Test
  void aSeedStandsForTheSameWorkloadsEverywhere() throws NoSuchAlgorithmException {
    String all = WorkloadWriter.format(workloads(1, 4, 200));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo("884d40b6b086519ffab9fc93fb7a5b4cd1e71e2caf6b0627b5537b77b2b901dc");
  }

  @Test
  void aWorkloadDependsOnItsNumberAndOnNoneBefore() {
    assertThat(new Generator(9, 2).workload(57)).isEqualTo(workloads(9, 2, 58).get(57));
    assertThat(new Generator(9, 2).workload(57)).isNotEqualTo(new Generator(10, 2).workload(57));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void everyWorkloadIsValidAndReadsBackAsItIs(int nodes) {
    for (Workload workload : workloads(nodes, nodes, 500)) {
      assertThat(WorkloadReader.parse(workload.name(), WorkloadWriter.format(workload))).containsExactly(workload);
      assertThat(workload.nodes()).isBetween(1, nodes);
    }
  }

  @Test
  void everyStepOnEveryKindOfRegionComesUp() {
    Set<String> words = new HashSet<>();
    Set<String> onKinds = new HashSet<>();
    for (Workload workload : workloads(5, 4, 4000)) {
      RegionKinds kinds = new RegionKinds();
      for (Step step : workload.steps()) {
        words.add(step.word());
        if (step instanceof Step.Map map) {
          kinds.map(map);
        }
        StepPages.of(step).map(kinds::ofEach).ifPresent(each -> each.forEach(kind -> onKinds.add(step.word() + " " + kind)));
      }
    }
    assertThat(words).containsExactlyInAnyOrderElementsOf(StepWords.ALL);
    for (String word : List.of("touch", "move", "query", "bind", "lock", "unlock", "protect", "advise", "pin")) {
      for (String kind : RegionKinds.ALL) {
        assertThat(onKinds).contains(word + " " + kind);
      }
    }
    // Whether parts of a device's mapping can be unmapped is up to its driver.
    assertThat(onKinds).contains("unmap hole", "unmap null", "unmap hugetlb", "unmap thp").doesNotContain("unmap device");
  }

  @Test
  void everyFieldTakesEveryValue() {
    Set<Object> seen = new HashSet<>();
    for (Workload workload : workloads(6, 4, 3000)) {
      seen.addAll(workload.needs());
      for (Step step : workload.steps()) {
        collect(step, seen);
      }
    }
    assertThat(seen)
        .contains((Object[]) Step.Backing.values())
        .contains((Object[]) Step.Sharing.values())
        .contains((Object[]) Step.Prot.values())
        .contains((Object[]) Step.CallFlag.values())
        .contains((Object[]) Step.BadArray.values())
        .contains((Object[]) Step.BindMode.values())
        .contains((Object[]) Step.BindFlag.values())
        .contains((Object[]) Step.Advice.values())
        .contains("self", "kernel", "absent", "childx", "childz", "user", "of", "same", "huge", "odd address", "nothing selected");
    // No step brings pages to swap space.
    assertThat(seen).contains(Need.ROOT, Need.KSM, Need.CPUSET, Need.HUGETLB, Need.THP).doesNotContain(Need.SWAP);
  }

  private static void collect(Step step, Set<Object> seen) {
    StepPages.of(step).ifPresent(parts -> {
      if (parts.isEmpty()) {
        seen.add("nothing selected");
      }
      parts.stream().filter(part -> part.offset() > 0).forEach(part -> seen.add("odd address"));
    });
    if (step instanceof Step.Map map) {
      seen.addAll(List.of(map.backing(), map.sharing(), map.prot(), map.of().isEmpty() ? "new" : "of", map.huge() ? "huge" : ""));
    } else if (step instanceof Step.Touch touch) {
      seen.add(touch.same() ? "same" : "");
    } else if (step instanceof Step.Move move) {
      seen.addAll(move.flags());
      seen.addAll(move.bad());
      seen.add(move.process());
      seen.add(move.uid().isPresent() ? "user" : "");
    } else if (step instanceof Step.Bind bind) {
      seen.add(bind.mode());
      seen.addAll(bind.flags());
    } else if (step instanceof Step.Protect protect) {
      seen.add(protect.prot());
    } else if (step instanceof Step.Advise advise) {
      seen.add(advise.advice());
    }
  }

  /** How many pages wait there is chance, and shows: those of a JVM migrate, too, and what was write-protected is copied or not. */
  @ParameterizedTest
  @ValueSource(classes = {Step.Migrate.class, Step.Protect.class, Step.Fork.class})
  void isFollowedByACallThatEmptiesPagevecs(Class<? extends Step> kind) {
    int found = 0;
    for (Workload workload : workloads(8, 4, 500)) {
      for (int i = 0; i < workload.steps().size(); i++) {
        if (kind.isInstance(workload.steps().get(i))) {
          found++;
          assertThat(workload.steps().get(i + 1)).isInstanceOf(Step.Move.class);
        }
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void whatHangsOnAddressesAndInodesIsNotInterleaved() {
    for (Workload workload : workloads(7, 4, 1000)) {
      RegionKinds kinds = new RegionKinds();
      for (Step step : workload.steps()) {
        if (step instanceof Step.Map map) {
          kinds.map(map);
        } else if (step instanceof Step.Bind bind && bind.mode() == Step.BindMode.INTERLEAVE
            && bind.pages().get(0) instanceof PageSelector.Pages pages) {
          String kind = kinds.ofRegion(pages.region());
          if (kind.startsWith("tmpfs") || kind.equals("anon-shared")) {
            assertThat(bind.nodes()).hasSizeLessThanOrEqualTo(1);
          } else if (kind.equals("anon") || kind.equals("thp")) {
            assertThat(bind.nodes().size()).isIn(0, 1, 2, 4);
          }
        }
      }
    }
  }

  @Test
  void onlyOneToEightNodesAreTaken() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Generator(1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Generator(1, 9)).withMessageContaining("1 to 8");
  }
}
