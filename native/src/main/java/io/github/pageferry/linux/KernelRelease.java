package io.github.pageferry.linux;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel's release.
 *
 * @param text as uname(2) gives it, for example {@code 6.1.0-18-amd64}; {@code unknown} where it cannot be read
 * @param major 6 of it; 0 where the text does not begin with two numbers
 * @param minor 1 of it
 */
record KernelRelease(String text, int major, int minor) {

  private static final Pattern BEGINNING = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

  static KernelRelease of(HostFiles files) {
    return parse(files.tryRead("/proc/sys/kernel/osrelease").orElse("unknown"));
  }

  static KernelRelease parse(String text) {
    String release = text.strip();
    Matcher numbers = BEGINNING.matcher(release);
    return numbers.matches()
        ? new KernelRelease(release, Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)))
        : new KernelRelease(release, 0, 0);
  }

  boolean isAtLeast(int wantedMajor, int wantedMinor) {
    return major > wantedMajor || major == wantedMajor && minor >= wantedMinor;
  }
}
