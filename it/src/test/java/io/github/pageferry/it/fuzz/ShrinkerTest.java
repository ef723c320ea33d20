package io.github.pageferry.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.run.Divergence;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.it.workload.WorkloadWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

  private static final Workload LARGE = WorkloadReader.parse("large", """
      workload: large
      nodes: 4
      needs: [root, tmpfs, ext4]
      steps:
        - map:     {as: a, pages: 40, backing: ext4}
        - map:     {as: b, pages: 200, sharing: shared, prot: r}
        - touch:   {pages: a, write: true, node: 3}
        - fork:    {as: childx}
        - map:     {as: c, of: a, sharing: private}
        - protect: {pages: "b[3-90]", prot: none}
        - move:    {pages: ["b[7]", hole, "a[2-5]", "a[9]+100"], to: [1, 2, 3, 3, 1, 0, 2], flags: [all], process: childx, uid: 1000}
        - query:   {pages: a, bad: status}
        - exit:    {process: childx}
        - migrate: {from: [0, 1, 3], to: [2]}
      """).get(0);

  private int runs;
  private boolean ended;

  /** What a bench shows of a workload in which a step is of this kind. */
  private static Trial diverged(Step step, String field) {
    Divergence divergence = new Divergence(1, WorkloadWriter.format(step), field, "", "0", "ENOENT");
    return new Trial(Optional.empty(), Optional.empty(), List.of(divergence), "", Optional.empty());
  }

  private static final Trial EQUAL =
      new Trial(Optional.empty(), Optional.empty(), List.of(), "", Optional.empty());

  private static final Trial DEAD =
      new Trial(Optional.empty(), Optional.empty(), List.of(), "lab", Optional.of("the guest has died\nat its end"));

  private Trial trial(Workload workload, Predicate<Step> planted) {
    runs++;
    return workload.steps().stream().filter(planted).findFirst().map(step -> diverged(step, "returned")).orElse(EQUAL);
  }

  private String shrunk(Trial.Bench bench, int tries) {
    Shrinker shrinker = new Shrinker(bench, LARGE, bench.run(LARGE), tries, () -> false);
    ended = shrinker.shrink();
    assertThat(Symptom.of(shrinker.trial())).isEqualTo(Symptom.of(bench.run(shrinker.best())));
    return WorkloadWriter.format(shrinker.best());
  }

  @Test
  void onlyTheStepThatDivergesAndWhatItNeedsAreLeft() {
    Predicate<Step> planted = step -> step instanceof Step.Move move
        && move.pages().stream().anyMatch(part -> part instanceof PageSelector.Pages pages && pages.region().equals("a"));
    assertThat(shrunk(workload -> trial(workload, planted), 1000)).isEqualTo("""
        workload: large
        nodes: 1
        steps:
          - map: {as: a, pages: 1}
          - move: {pages: a, to: 0}
        """);
    assertThat(ended).isTrue();
  }

  @Test
  void fieldsThatMatterStay() {
    Predicate<Step> planted = step -> step instanceof Step.Move move
        && move.flags().contains(Step.CallFlag.ALL) && move.to().contains(2) && move.process().equals("childx");
    assertThat(shrunk(workload -> trial(workload, planted), 1000)).isEqualTo("""
        workload: large
        nodes: 3
        needs: [root]
        steps:
          - fork: {as: childx}
          - move: {pages: hole, to: 2, flags: [all], process: childx}
        """);
  }

  @Test
  void backingsAndSizesThatMatterStay() {
    Trial.Bench bench = workload -> {
      boolean large = workload.steps().stream()
          .anyMatch(s -> s instanceof Step.Map map && map.backing() == Step.Backing.EXT4 && map.pages() >= 15);
      return large ? trial(workload, step -> step instanceof Step.Map map && !map.of().isEmpty()) : EQUAL;
    };
    assertThat(shrunk(bench, 1000)).isEqualTo("""
        workload: large
        nodes: 1
        needs: [ext4]
        steps:
          - map: {as: a, pages: 15, backing: ext4}
          - map: {as: c, of: a}
        """);
  }

  @Test
  void anotherSymptomIsNotTaken() {
    Trial.Bench bench = workload -> {
      runs++;
      if (workload.steps().stream().anyMatch(step -> step instanceof Step.Query query && !query.bad().isEmpty())) {
        return diverged(new Step.Sync("a"), "returned");
      }
      return workload.steps().size() % 2 == 0 ? diverged(new Step.Sync("a"), "status") : DEAD;
    };
    assertThat(shrunk(bench, 2000)).contains("bad: ").contains("query").doesNotContain("move", "touch", "fork");
  }

  @Test
  void aFailureIsReducedLikeADivergence() {
    Trial.Bench bench = workload -> workload.steps().stream().anyMatch(step -> step instanceof Step.Migrate) ? DEAD : EQUAL;
    assertThat(shrunk(bench, 5000)).contains("steps:\n  - migrate: {from: [0], to: [0]}\n");
  }

  @Test
  void theNumberOfTriesIsBounded() {
    shrunk(workload -> trial(workload, step -> step instanceof Step.Move), 7);
    assertThat(ended).isFalse();
    assertThat(runs).as("the tries, the one before them and the one after").isLessThanOrEqualTo(9);
  }

  @Test
  void theEndMayComeBeforeTheTriesAreUsedUp() {
    Trial.Bench bench = workload -> trial(workload, step -> step instanceof Step.Move);
    Shrinker shrinker = new Shrinker(bench, LARGE, bench.run(LARGE), 1000, () -> runs >= 5);
    assertThat(shrinker.shrink()).isFalse();
    assertThat(runs).isEqualTo(5);
  }

  @Test
  void whatBreaksABackendCostsMoreTries() {
    int[] deaths = {0};
    Shrinker shrinker = new Shrinker(workload -> {
      deaths[0]++;
      return DEAD;
    }, LARGE, diverged(LARGE.steps().get(0), "returned"), 100, () -> false);
    assertThat(shrinker.shrink()).isFalse();
    assertThat(deaths[0]).isEqualTo(10);
    assertThat(shrinker.best()).isEqualTo(LARGE);
  }
}
