package io.github.pageferry;

import java.time.Duration;
import java.util.Locale;

/** Numbers of pages, bytes and seconds as people read them. */
final class Quantities {

  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Quantities() {}

  /** For example {@code "1 page"} or {@code "512 pages"}. */
  static String pages(long count) {
    return count == 1 ? "1 page" : count + " pages";
  }

  /** For example {@code "512 pages (2 MiB)"}. */
  static String pages(long count, long pageBytes) {
    return pages(count) + " (" + bytes((double) count * pageBytes) + ")";
  }

  /** For example {@code "1.5 GiB"}: a number below 1024, with one decimal where it is not whole. */
  static String bytes(double bytes) {
    double number = bytes;
    int unit = 0;
    while (number >= 1024 && unit < UNITS.length - 1) {
      number /= 1024;
      unit++;
    }
    boolean whole = Math.abs(number - Math.rint(number)) < 0.05;
    return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", number, UNITS[unit]);
  }

  /** For example {@code "12.5 ms"}. */
  static String time(Duration time) {
    double millis = time.toNanos() / 1e6;
    return millis < 1000
        ? String.format(Locale.ROOT, "%.1f ms", millis)
        : String.format(Locale.ROOT, "%.2f s", millis / 1000);
  }
}
