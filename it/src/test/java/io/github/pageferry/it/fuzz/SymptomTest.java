package io.github.pageferry.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.lab.FakeEmulator;
import io.github.pageferry.it.lab.LabBackend;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SymptomTest {

  private final List<String> notes = new ArrayList<>();

  @TempDir
  private Path marks;

  private static String failed(String failure) {
    return Symptom.of(new Trial(Optional.empty(), Optional.empty(), List.of(), "lab:6.1", Optional.of(failure))).text();
  }

  @ParameterizedTest
  @ValueSource(strings = {FakeEmulator.PANIC_THEN_CUT, FakeEmulator.CUT_THEN_PANIC, FakeEmulator.PANIC_AND_STAY})
  void oneCrashIsOneSymptomHoweverItIsNoticed(String how) {
    Workload workload = WorkloadReader.parse("a test", """
        workload: fuzz-7-%d
        about: "%s"
        steps:
          - fork: {as: c}
        """.formatted(how.length(), how)).get(0);
    try (LabBackend lab = FakeEmulator.backend(marks, 1, notes)) {
      Trial trial = Trial.run(lab, lab, workload);
      assertThat(Symptom.of(trial).text()).isEqualTo("lab:fake broke: the guest broke (BUG: kernel NULL pointer dereference,"
          + " address: N in move_pages_and_store_status) while it ran it");
      assertThat(trial.failure().orElseThrow()).contains("\nThe end of its console:\n", "Oops: 0000 [#1]");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "BUG: Bad page state in process java  pfn:3ab12  | BUG: Bad page state in process java pfn:N",
      "BUG: unable to handle page fault for address: ffffea0000123440 | BUG: unable to handle page fault for address: N",
      "Oops: 0002 [#1] PREEMPT SMP NOPTI               | Oops: N [#N] PREEMPT SMP NOPTI",
      "general protection fault for 0xdead000000000100: 0000 | general protection fault for N: N",
      "kernel BUG at mm/migrate.c:662!                 | kernel BUG at mm/migrate.c:662!",
      "while it ran fuzz-12-3456                       | while it ran it",
  })
  void numbersThatChangeAreLeftOut(String text, String symptom) {
    assertThat(failed(text + "\nand more")).isEqualTo("lab:6.1 broke: " + symptom);
  }

  @Test
  void aHangIsNoCrash() {
    assertThat(failed("the guest did not answer in time while it ran fuzz-1-2"))
        .isNotEqualTo(failed("the guest ended while it ran fuzz-1-2"));
  }
}
