package io.github.pageferry.it.trace;

import io.github.pageferry.Errno;
import io.github.pageferry.PageStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Return values and statuses as traces write them: a number, an errno's name, {@code untouched}, {@code some}. */
public final class Codes {

  private static final String UNTOUCHED = "untouched";
  private static final String SOME = "some";

  private static final Map<String, Integer> BY_NAME = byName();

  private Codes() {}

  private static Map<String, Integer> byName() {
    Map<String, Integer> codes = new HashMap<>();
    for (Errno errno : Errno.values()) {
      codes.put(errno.name(), -errno.number());
    }
    // Other names of the same numbers.
    codes.put("EWOULDBLOCK", -Errno.EAGAIN.number());
    codes.put("ENOTSUP", -Errno.EOPNOTSUPP.number());
    return codes;
  }

  /** An entry of a status array or a page's place. */
  public static String status(int code) {
    return code == PageStatus.NOT_ATTEMPTED ? UNTOUCHED : number(code);
  }

  /** What a call returned. */
  public static String returned(long code) {
    return code == Outcome.SOME ? SOME : number(code);
  }

  private static String number(long code) {
    return code >= 0 || code < -4095
        ? Long.toString(code)
        : Errno.find((int) -code).map(Errno::name).orElseGet(() -> Long.toString(code));
  }

  /** The code of an entry of a status array, or empty where the text is none. */
  static Optional<Integer> parseStatus(String text) {
    return text.equals(UNTOUCHED) ? Optional.of(PageStatus.NOT_ATTEMPTED) : Optional.ofNullable(BY_NAME.get(text));
  }

  /** The code of a return value that is no number, or empty where the text is none. */
  static Optional<Long> parseReturned(String text) {
    return text.equals(SOME) ? Optional.of(Outcome.SOME) : Optional.ofNullable(BY_NAME.get(text)).map(Integer::longValue);
  }
}
