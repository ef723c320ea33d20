package io.github.pageferry.sim.sched;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Profiles;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.kernel.PlantedKernels;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeds decide what happens, and nothing else does; what they find holds, unless a mistake was planted. */
class ExplorationTest {

  static Stream<String> profiles() {
    return Profiles.names().stream();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void everySeedKeepsToTheInvariants(String profile) {
    try (Exploration exploration = new Exploration(profile)) {
      for (long seed = 1; seed <= 40; seed++) {
        Outcome outcome = exploration.run(Trial.of(seed));
        assertThat(outcome.failure()).as("./pageferry explore --profile %s --seed %s", profile, seed).isNull();
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameSchedule() {
    try (Exploration one = new Exploration("2.6.36"); Exploration other = new Exploration("2.6.36")) {
      for (long seed = 1; seed <= 30; seed++) {
        Outcome first = one.run(Trial.of(seed), true);
        Outcome second = other.run(Trial.of(seed), true);
        assertThat(second.log()).isEqualTo(first.log()).isNotEmpty();
        assertThat(second.hash()).isEqualTo(first.hash());
        assertThat(second.points()).isEqualTo(first.points()).isPositive();
      }
    }
  }

  @Test
  void anotherScheduleIsAnotherRunOfTheSameProgram() {
    try (Exploration exploration = new Exploration("6.18")) {
      Trial trial = Trial.of(4);
      assertThat(Stream.of(5, 6, 7, 8).map(schedule -> exploration.run(trial.scheduled(schedule)).hash()).distinct())
          .hasSizeGreaterThan(1);
      assertThat(trial.scheduled(5).describe()).isEqualTo(trial.describe());
    }
  }

  static Stream<Arguments> planted() {
    return Stream.of(
        Arguments.of("forgets failed moves", PlantedKernels.forgettingFailedMoves(), "migration entry"),
        Arguments.of("skips get_page()", PlantedKernels.skippingGetPage(), ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("planted")
  void aPlantedMistakeIsFoundReplayedAndShrunk(String name, SimulatedMachine.KernelImage image, String message) {
    try (Exploration exploration = new Exploration("2.6.36", image)) {
      Outcome found = Stream.iterate(1L, seed -> seed + 1).limit(2000).map(seed -> exploration.run(Trial.of(seed)))
          .filter(outcome -> !outcome.isWell()).findFirst().orElseThrow();
      assertThat(found.message()).contains(message);

      Outcome replayed = exploration.run(found.trial());
      assertThat(replayed.message()).isEqualTo(found.message());
      assertThat(replayed.hash()).isEqualTo(found.hash());

      Outcome least = new Shrinker(exploration).shrink(found);
      assertThat(least.isWell()).isFalse();
      assertThat(Objects.requireNonNull(least.trial().keep())).hasSizeLessThanOrEqualTo(3);
      assertThat(exploration.run(least.trial()).message()).isEqualTo(least.message());
      try (Exploration sound = new Exploration("2.6.36")) {
        assertThat(sound.run(least.trial()).failure()).isNull();
      }
    }
  }

  @Test
  void theRaceThatOldKernelsHaveIsAFindingAndNotInLaterOnes() {
    Program program = Programs.of(FileSystem.TMPFS,
        Programs.moves(Op.Region.ANON), Programs.again(Op.Kind.DONTNEED, Op.Region.ANON));
    assertThat(found("2.6.36", program)).isPositive();
    assertThat(found("6.1", program)).isZero();
  }

  private static long found(String release, Program program) {
    long found = 0;
    try (Exploration exploration = new Exploration(release)) {
      for (long schedule = 0; schedule < 500; schedule++) {
        Outcome outcome = exploration.run(new Trial(1, schedule, null), program, false);
        assertThat(outcome.failure()).isNull();
        found += outcome.findings().contains(KnownDefect.MIGRATING_UNCOUNTED) ? 1 : 0;
      }
    }
    return found;
  }
}
