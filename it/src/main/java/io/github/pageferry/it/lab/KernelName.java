package io.github.pageferry.it.lab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel that can be had or is here.
 *
 * @param release as {@code uname -r} says it, for example {@code 6.12.117+deb12-cloud-amd64}
 * @param version of the package; empty where it is not known
 */
record KernelName(String release, String version) {

  /** Of kernels for virtual machines, which have all that guests need and are the smallest. */
  private static final String CLOUD = "-cloud-amd64";

  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /** The newest first; of one version, one for the earlier release of Debian. */
  static final Comparator<KernelName> NEWEST_FIRST = (a, b) -> {
    int byVersion = compare(numbers(upstream(b)), numbers(upstream(a)));
    int byRelease = byVersion != 0 ? byVersion : compare(numbers(abi(b)), numbers(abi(a)));
    return byRelease != 0 ? byRelease : a.release.compareTo(b.release);
  };

  /** Whether a user who writes {@code 6.12}, {@code 6.12.117} or the whole release may mean this one. */
  boolean isMeantBy(String text) {
    if (release.equals(text)) {
      return true;
    }
    return release.startsWith(text) && isCloud() && "+-.".indexOf(release.charAt(text.length())) >= 0;
  }

  /** Whether it is made for virtual machines. */
  boolean isCloud() {
    return release.endsWith(CLOUD);
  }

  /** The first two numbers of the release: {@code 6.12}. */
  String series() {
    Matcher matcher = Pattern.compile("[0-9]+\\.[0-9]+").matcher(release);
    return matcher.lookingAt() ? matcher.group() : release;
  }

  /** A package's version without the revision that Debian adds. */
  private static String upstream(KernelName kernel) {
    return kernel.version.replaceAll("-.*", "");
  }

  /** What of a release counts, without the flavour and the release of Debian. */
  private static String abi(KernelName kernel) {
    return kernel.release.replaceAll("\\+deb[0-9]+|-[a-z].*", "");
  }

  private static List<Long> numbers(String text) {
    List<Long> numbers = new ArrayList<>();
    NUMBER.matcher(text).results().forEach(number -> numbers.add(Long.valueOf(number.group())));
    return numbers;
  }

  private static int compare(List<Long> a, List<Long> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int byNumber = Long.compare(a.get(i), b.get(i));
      if (byNumber != 0) {
        return byNumber;
      }
    }
    return Integer.compare(a.size(), b.size());
  }
}
