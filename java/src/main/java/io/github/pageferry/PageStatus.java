package io.github.pageferry;

import java.util.Optional;

/**
 * What the kernel says of one page: an {@code int} as in the status array of move_pages(2), read through these
 * functions.
 *
 * <p>A value from 0 up is the node that the page is on; a negative one is an {@link Errno}, negated;
 * {@link #NOT_ATTEMPTED} is neither and marks an entry that the call never wrote.
 */
public final class PageStatus {

  /**
   * Stands in an entry before a call and, where the call stopped early (a positive return, since Linux 4.17), after it.
   * No errno has this number: errors end at 4095, and Linux uses none above 133 in a status.
   */
  public static final int NOT_ATTEMPTED = -999;

  private PageStatus() {}

  /** Whether the status is a node number. */
  public static boolean isNode(int status) {
    return status >= 0;
  }

  /** Whether the status is an error of this page. */
  public static boolean isError(int status) {
    return status < 0 && status != NOT_ATTEMPTED;
  }

  /** The page's error; empty for a node, for {@link #NOT_ATTEMPTED} and for a number that Linux has no name for. */
  public static Optional<Errno> errno(int status) {
    return isError(status) ? Errno.find(-status) : Optional.empty();
  }

  /** The status that stands for this error. */
  public static int of(Errno errno) {
    return -errno.number();
  }

  /** {@code "node 1"}, {@code "EBUSY"}, {@code "not attempted"} or, for an unnamed error, {@code "errno 515"}. */
  public static String describe(int status) {
    if (isNode(status)) {
      return "node " + status;
    }
    if (status == NOT_ATTEMPTED) {
      return "not attempted";
    }
    return errno(status).map(Errno::name).orElse("errno " + -(long) status);
  }
}
