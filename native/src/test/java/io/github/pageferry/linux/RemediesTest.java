package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table of hints, against the ERRORS sections of the manual pages. */
class RemediesTest {

  /** Man-pages 6.9; ENOMEM of move_pages, EPERM by MOVE_ALL and the like are there as the kernel gives them. */
  private static final Map<SystemCall, List<Errno>> MANUAL = Map.of(
      SystemCall.MOVE_PAGES, List.of(Errno.E2BIG, Errno.EACCES, Errno.EFAULT, Errno.EINVAL, Errno.ENODEV, Errno.ENOENT,
          Errno.EPERM, Errno.ESRCH),
      SystemCall.MIGRATE_PAGES, List.of(Errno.EFAULT, Errno.EINVAL, Errno.EPERM, Errno.ESRCH),
      SystemCall.MBIND, List.of(Errno.EFAULT, Errno.EINVAL, Errno.EIO, Errno.ENOMEM, Errno.EPERM),
      SystemCall.SET_MEMPOLICY, List.of(Errno.EFAULT, Errno.EINVAL, Errno.ENOMEM),
      SystemCall.GET_MEMPOLICY, List.of(Errno.EFAULT, Errno.EINVAL),
      SystemCall.SET_MEMPOLICY_HOME_NODE, List.of(Errno.EINVAL, Errno.ENOENT, Errno.ENOMEM, Errno.EOPNOTSUPP),
      SystemCall.GETCPU, List.of(Errno.EFAULT));

  @Test
  void everyErrorOfTheManualHasAHintOfItsOwn() {
    MANUAL.forEach((call, errors) -> errors.forEach(errno -> assertThat(Remedies.hint(call, errno))
        .as(call + " " + errno).doesNotContain("no error that the manual page").doesNotEndWith(".")));
  }

  @Test
  void anErrorThatTheManualDoesNotListIsSaidToBeOne() {
    assertThat(Remedies.hint(SystemCall.GETCPU, Errno.EIO)).contains("getcpu(2)");
  }
}
