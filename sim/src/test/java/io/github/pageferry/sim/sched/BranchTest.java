package io.github.pageferry.sim.sched;

import static io.github.pageferry.sim.sched.Programs.again;
import static io.github.pageferry.sim.sched.Programs.moves;
import static io.github.pageferry.sim.sched.Programs.op;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.sched.Op.Kind;
import io.github.pageferry.sim.sched.Op.Region;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each branch that wants tasks at the same time is come to under some schedule of a program made for it. */
class BranchTest {

  private static final int SCHEDULES = 3000;

  private static final Map<Branch, Program> PROGRAMS = new EnumMap<>(Branch.class);

  private static void put(Branch branch, FileSystem on, List<Op> one, List<Op> other) {
    PROGRAMS.put(branch, Programs.of(on, one, other));
  }

  static {
    FileSystem tmpfs = FileSystem.TMPFS;
    put(Branch.LOCK_CONTENTION, tmpfs, moves(Region.SHARED), again(Kind.HOLD_LOCK, Region.SHARED));
    put(Branch.FORCED, tmpfs, moves(Region.SHARED), again(Kind.HOLD_LOCK, Region.SHARED));
    put(Branch.TEN_PASSES, tmpfs, moves(Region.ANON), again(Kind.HOLD_REFERENCE, Region.ANON));
    put(Branch.FREED, tmpfs, moves(Region.ANON), again(Kind.DONTNEED, Region.ANON));
    put(Branch.TRUNCATED, FileSystem.EXT4, moves(Region.FILE), again(Kind.TRUNCATE, Region.FILE));
    PROGRAMS.put(Branch.UNMAPPED, Programs.of(
        tmpfs, moves(Region.ANON), List.of(op(Kind.DONTNEED, Region.ANON, 0)), again(Kind.HOLD_REFERENCE, Region.ANON)));
    PROGRAMS.put(Branch.WRITEBACK_LATER, Programs.of(
        FileSystem.EXT4, moves(Region.FILE), again(Kind.WRITE, Region.FILE), again(Kind.MSYNC, Region.FILE)));
    PROGRAMS.put(Branch.WRITEBACK_WAITED, PROGRAMS.get(Branch.WRITEBACK_LATER));
    PROGRAMS.put(Branch.SYNC_WAITED, PROGRAMS.get(Branch.WRITEBACK_LATER));
    put(Branch.FREEZE_FAILED, tmpfs, moves(Region.SHARED), again(Kind.HOLD_REFERENCE, Region.SHARED));
    put(Branch.FROZEN_MET, tmpfs, moves(Region.SHARED), again(Kind.HOLD_REFERENCE, Region.SHARED));
    put(Branch.ENTRY_WAITED, tmpfs, moves(Region.ANON), again(Kind.WRITE, Region.ANON));
    put(Branch.ENTRY_GONE, tmpfs, moves(Region.ANON), again(Kind.WRITE, Region.ANON));
    put(Branch.MOVE_EAGAIN, tmpfs, moves(Region.ANON), again(Kind.HOLD_REFERENCE, Region.ANON));
    put(Branch.MOVE_EBUSY, tmpfs, moves(Region.ANON), moves(Region.ANON));
    PROGRAMS.put(Branch.MOVE_ENOMEM, Programs.of(tmpfs, 1, moves(Region.ANON), again(Kind.READ, Region.ANON)));
    put(Branch.SEMAPHORE_WAITED, tmpfs, moves(Region.ANON), again(Kind.MPROTECT, Region.ANON));
    put(Branch.RMAP_WAITED, tmpfs, moves(Region.ANON), again(Kind.FORK, Region.ANON));
    Op exit = op(Kind.EXIT, Region.ANON, 0);
    Op moveOther = new Op(Kind.MOVE, Region.ANON, 0, Region.PAGES, 1, 1, true, 0);
    Program ofTwo = new Program(2, tmpfs, Program.AMPLE, List.of(
        new Program.Actor(0, 0, List.of(moveOther), List.of(0)), new Program.Actor(1, 1, List.of(exit), List.of(0))));
    PROGRAMS.put(Branch.EXIT_LEFT_TO_MOVER, ofTwo);
    PROGRAMS.put(Branch.MOVE_ESRCH, ofTwo);
  }

  @ParameterizedTest
  @EnumSource(Branch.class)
  void isComeTo(Branch branch) {
    assertThat(firstSchedule("2.6.36", branch)).as("schedule that comes to: %s", branch).isNotNegative();
  }

  @ParameterizedTest
  @CsvSource({"5.10", "6.12", "7.3"})
  void laterReleasesFreeWaitAndGiveUpToo(String release) {
    for (Branch branch : List.of(Branch.FREED, Branch.FORCED, Branch.TEN_PASSES, Branch.ENTRY_WAITED, Branch.FREEZE_FAILED)) {
      assertThat(firstSchedule(release, branch)).as("schedule that comes to: %s", branch).isNotNegative();
    }
  }

  private static long firstSchedule(String release, Branch branch) {
    try (Exploration exploration = new Exploration(release)) {
      for (long schedule = 0; schedule < SCHEDULES; schedule++) {
        Outcome outcome = exploration.run(new Trial(1, schedule, null), PROGRAMS.get(branch), false);
        assertThat(outcome.failure()).as("schedule %s", schedule).isNull();
        if (outcome.branches().contains(branch)) {
          return schedule;
        }
      }
    }
    return -1;
  }
}
