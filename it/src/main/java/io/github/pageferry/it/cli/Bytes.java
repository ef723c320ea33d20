package io.github.pageferry.it.cli;

import java.util.Locale;

/** Amounts of memory for people. */
final class Bytes {

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Bytes() {}

  /** In the unit that leaves one to four digits before the point: {@code 4 KiB}, {@code 15.6 GiB}. */
  static String format(long bytes) {
    int unit = 0;
    double amount = bytes;
    while (amount >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    String number = amount == Math.rint(amount)
        ? Long.toString((long) amount)
        : String.format(Locale.ROOT, "%.1f", amount);
    return number + " " + UNITS[unit];
  }
}
