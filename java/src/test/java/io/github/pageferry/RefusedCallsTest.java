package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Seccomp filters, old kernels and other reasons for which one system call works and another does not. */
class RefusedCallsTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final int PAGES = 300;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1);

  private MoveReport pin(PinOptions.Builder options, long address, long bytes) {
    return BufferPinner.on(migrator, options.ticker(new FakeTicker()).build()).pin(address, bytes, 1);
  }

  @Test
  void mbindTakesThePlaceOfMovePagesAndAStrictOneConfirms() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, PAGES, 0);
    MoveReport report = pin(PinOptions.builder(), BASE, (long) PAGES * PAGE);

    assertThat(migrator.countOn(1)).isEqualTo(PAGES);
    assertThat(migrator.calls).as("what is known to be refused is not tried")
        .noneMatch(call -> call.startsWith("query") || call.startsWith("move_pages"));
    assertThat(migrator.calls).contains("mbind " + BASE / PAGE + "+300 BIND 1 [STRICT]");
    assertThat(report.calls()).containsExactly(SystemCall.MBIND);
    assertThat(report.complete()).isTrue();
    assertThat(report.before().unknown()).isEqualTo(PAGES);
    assertThat(report.after()).hasToString("unknown: 300 pages");
    assertThat(report.notes()).singleElement().asString()
        .isEqualTo("mbind moved the pages, since move_pages may not be called: a filter refuses move_pages");
    assertThat(report.summary()).contains("moved:  unknown, by mbind; a strict mbind found all that are there in place");
  }

  @Test
  void aRefusalThatNobodyForesawIsFoundOnTheWay() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.ENOSYS);
    migrator.refusedUnforeseen.add(SystemCall.MOVE_PAGES);
    migrator.map(BASE, PAGES, 0);
    MoveReport report = pin(PinOptions.builder(), BASE, (long) PAGES * PAGE);

    assertThat(migrator.countOn(1)).isEqualTo(PAGES);
    assertThat(migrator.count("query")).isEqualTo(1);
    assertThat(report.notes()).singleElement().asString().contains("move_pages failed with ENOSYS");
  }

  @Test
  void aStrictMbindFindsThePagesThatStayed() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, PAGES, 0);
    migrator.shared.add(BASE / PAGE + 17);
    migrator.pinned.add(BASE / PAGE + 200);
    MoveReport report = pin(PinOptions.builder(), BASE, (long) PAGES * PAGE);

    assertThat(report.stayed()).containsExactly(entry(Errno.EIO, 2L));
    assertThat(report.summary()).contains("unknown, by mbind; a strict mbind found some in other places");
    assertThat(report.complete()).isFalse();
    assertThat(migrator.policies.values()).containsOnly(MemoryPolicy.preferred(1));
  }

  @Test
  void placesThatCannotBeFoundInAFewChecksCountAsStayed() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, PAGES, 0);
    for (int i = 0; i < PAGES; i += 2) {
      migrator.pinned.add(BASE / PAGE + i);
    }
    MoveReport report = pin(PinOptions.builder(), BASE, (long) PAGES * PAGE);

    assertThat(report.stayed().get(Errno.EIO)).isBetween(150L, (long) PAGES);
    assertThat(migrator.count("mbind")).isLessThan(140);
  }

  @Test
  void whereMbindIsAllThereIsAPolicyThatIsNotWantedIsTakenBack() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, PAGES, 0);
    MemoryPolicy own = MemoryPolicy.interleave(0, 1);
    for (int i = 0; i < PAGES; i++) {
      migrator.policies.put(BASE / PAGE + i, own);
    }
    MoveReport unchanged = pin(PinOptions.builder().futurePages(FuturePages.UNCHANGED), BASE, (long) PAGES * PAGE);

    assertThat(unchanged.complete()).isTrue();
    assertThat(migrator.countOn(1)).isEqualTo(PAGES);
    assertThat(migrator.policies.values()).hasSize(PAGES).containsOnly(own);
  }

  @Test
  void theEndsOfARangeKeepTheirPolicyWhereMbindIsAllThereIs() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, PAGES, 0);
    pin(PinOptions.builder(), BASE + 1, (long) PAGES * PAGE - 2);

    assertThat(migrator.countOn(1)).isEqualTo(PAGES);
    assertThat(migrator.policies).hasSize(PAGES - 2).doesNotContainKeys(BASE / PAGE, BASE / PAGE + PAGES - 1);
  }

  @Test
  void aPolicyIsTakenBackEvenWhereTheMoveFails() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.refused.put(SystemCall.GET_MEMPOLICY, Errno.EPERM);
    migrator.map(BASE, 4, 0).map(BASE + 5 * PAGE, 4, 0);

    assertThatThrownBy(() -> pin(PinOptions.builder(), BASE, 9L * PAGE))
        .as("a hole in the range").isInstanceOf(MemoryCallException.class).hasMessageContaining("EFAULT");
    assertThat(migrator.policies).isEmpty();
  }

  @Test
  void getMempolicySaysWherePagesAreWhereThatIsAllowed() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, PAGES, 0).map(BASE + PAGES * PAGE, 2, ScriptedMigrator.ABSENT);
    MoveReport report = pin(PinOptions.builder().queryByFault(true), BASE, (PAGES + 2L) * PAGE);

    assertThat(report.before().byStatus()).as("it brings pages in").containsExactly(entry(0, PAGES + 2L));
    assertThat(report.after().byStatus()).containsExactly(entry(1, PAGES + 2L));
    assertThat(report.movedPages()).isEqualTo(PAGES + 2);
    assertThat(report.notes()).hasSize(2).anyMatch(note -> note.contains("brings in pages"));
  }

  @Test
  void pagesThatMbindLeavesWithoutAWordAreUnexplained() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, PAGES, 0);
    migrator.shared.add(BASE / PAGE + 17);
    MoveReport report = pin(PinOptions.builder().queryByFault(true), BASE, (long) PAGES * PAGE);

    assertThat(report.stayedUnexplained()).isEqualTo(1);
    assertThat(report.stayed()).isEmpty();
  }

  @Test
  void movePagesTakesThePlaceOfMbind() {
    migrator.refused.put(SystemCall.MBIND, Errno.EPERM);
    migrator.map(BASE, PAGES, 0);
    MoveReport report = pin(PinOptions.builder(), BASE, (long) PAGES * PAGE);

    assertThat(migrator.countOn(1)).isEqualTo(PAGES);
    assertThat(report.calls()).containsExactly(SystemCall.MOVE_PAGES);
    assertThat(report.complete()).isTrue();
    assertThat(report.notes()).singleElement().asString()
        .isEqualTo("move_pages moved the pages, and no policy is set for those to come, since mbind may not be called:"
            + " a filter refuses mbind");
    assertThat(migrator.count("mbind")).isZero();
  }

  @Test
  void aRefusalOfMbindThatNobodyForesawIsFoundOnTheWayAndOnce() {
    migrator.refused.put(SystemCall.MBIND, Errno.EPERM);
    migrator.refusedUnforeseen.add(SystemCall.MBIND);
    migrator.map(BASE, 10_000, 0);
    MoveReport report = pin(PinOptions.builder().batchBytes(2 << 20).threads(1), BASE, 10_000L * PAGE);

    assertThat(report.complete()).isTrue();
    assertThat(report.notes()).singleElement().asString().contains("mbind failed with EPERM");
    assertThat(migrator.count("mbind")).as("the move and the policy of the first batch").isLessThanOrEqualTo(2);
  }

  @Test
  void aFailureOfMbindThatIsNoRefusalLeavesTheWorkToMovePages() {
    migrator.map(BASE, PAGES, 0).map(BASE + (PAGES + 1) * PAGE, 20, 0);
    MoveReport report = pin(PinOptions.builder(), BASE, (PAGES + 21L) * PAGE);

    assertThat(migrator.countOn(1)).isEqualTo(PAGES + 20);
    assertThat(report.after().withError(Errno.EFAULT)).isEqualTo(1);
    assertThat(report.notes()).singleElement().asString().contains("mbind failed", "EFAULT");
    assertThat(report.calls()).containsExactly(SystemCall.MOVE_PAGES);
  }

  @Test
  void nothingIsDoneWhereNeitherWorks() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.refused.put(SystemCall.MBIND, Errno.ENOSYS);
    migrator.map(BASE, PAGES, 0);

    assertThatThrownBy(() -> pin(PinOptions.builder(), BASE, PAGE)).isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll("a filter refuses move_pages", "a filter refuses mbind");
    assertThat(migrator.calls).containsExactly("get_mempolicy allowed");
  }

  @Test
  void nothingIsDoneWhereTheOneThatSeemedToWorkDoesNot() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.refusedUnforeseen.add(SystemCall.MOVE_PAGES);
    migrator.refused.put(SystemCall.MBIND, Errno.EPERM);
    migrator.map(BASE, PAGES, 0);
    assertThatThrownBy(() -> pin(PinOptions.builder(), BASE, PAGE)).isInstanceOf(UnsupportedOperationException.class);

    migrator.refusedUnforeseen.add(SystemCall.MBIND);
    assertThatThrownBy(() -> pin(PinOptions.builder(), BASE, PAGE))
        .isInstanceOf(MemoryCallException.class).hasMessageContaining("mbind failed with EPERM");
  }

  @Test
  void aRightThatIsMissingIsTheCallersToKnow() {
    ScriptedMigrator strict = new ScriptedMigrator(0, 1) {
      @Override
      public long movePages(int pid, PageBatch batch, Set<MoveFlag> flags) {
        requireRight(SystemCall.MOVE_PAGES, flags);
        return super.movePages(pid, batch, flags);
      }

      @Override
      public void bind(long address, long length, MemoryPolicy policy, Set<MoveFlag> flags) {
        requireRight(SystemCall.MBIND, flags);
        super.bind(address, length, policy, flags);
      }

      private void requireRight(SystemCall call, Set<MoveFlag> flags) {
        if (flags.contains(MoveFlag.MOVE_ALL)) {
          throw new MemoryCallException(call, Errno.EPERM, "MPOL_MF_MOVE_ALL needs CAP_SYS_NICE");
        }
      }
    };
    strict.map(BASE, PAGES, 0);
    BufferPinner pinner = BufferPinner.on(strict, PinOptions.builder().sharedPages(true).build());

    assertThatThrownBy(() -> pinner.pin(BASE, (long) PAGES * PAGE, 1))
        .isInstanceOf(MemoryCallException.class).hasMessageContaining("CAP_SYS_NICE");
    assertThat(strict.countOn(0)).isEqualTo(PAGES);
  }

  @Test
  void locateSaysWhatAllowsItToAnswerAnotherWay() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, 4, 1);

    assertThatThrownBy(() -> BufferPinner.on(migrator).locate(BASE, 4L * PAGE))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll("a filter refuses move_pages", "queryByFault");
    LocateReport report = BufferPinner.on(migrator, PinOptions.builder().queryByFault(true).build()).locate(BASE, 5L * PAGE);
    assertThat(report.counts().byStatus()).containsOnly(entry(1, 4L), entry(-14, 1L));
  }
}
