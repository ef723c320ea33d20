package io.github.pageferry.sim;

import io.github.pageferry.sim.kernel.KernelProfile;
import io.github.pageferry.sim.kernel.Release;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The kernels that a simulated machine can run, by their releases. */
public final class Profiles {

  /** As kernels name themselves: numbers, and what their makers add after a sign. */
  private static final Pattern KERNEL = Pattern.compile("\\d++(\\.\\d++)*+([-+._~][\\w.+~-]*)?");

  private Profiles() {}

  /** All of them, the oldest first; each has been confirmed by traces that a kernel of its series recorded. */
  public static List<String> names() {
    return releases().stream().map(Release::toString).toList();
  }

  /**
   * What a profile does as the kernel's source says, although no recorded trace shows it, each with its commit's hash or title.
   *
   * @param name of a profile
   */
  public static List<String> unconfirmed(String name) {
    return KernelProfile.of(Release.parse(name)).unconfirmed();
  }

  private static List<Release> releases() {
    return KernelProfile.RECORDED.stream().map(Release::parse).sorted().toList();
  }

  /**
   * The profile that a text names: a series ({@code 6.18}) or a release of it ({@code 6.18.44-cloud-amd64}).
   *
   * @throws IllegalArgumentException where there is none, listing those that there are; also where more is said than a release, as in
   *     {@code 6.18,nodes:4}
   */
  public static String find(String text) {
    return Optional.of(text).filter(KERNEL.asMatchPredicate()).flatMap(Profiles::series).map(Release::toString)
        .orElseThrow(() -> new IllegalArgumentException(
            "there is no profile of Linux " + text + "; there are " + String.join(", ", names())));
  }

  /**
   * The profile of the series that a release belongs to, or else the newest one that is not newer than it; the oldest for what is
   * older than all.
   *
   * @param release as {@code uname -r} says it
   */
  public static String nearest(String release) {
    Optional<Release> wanted = parse(release);
    return series(release)
        .or(() -> wanted.flatMap(host -> releases().stream().filter(r -> r.compareTo(host) <= 0).max(Comparator.naturalOrder())))
        .or(() -> wanted.isPresent() ? releases().stream().findFirst() : Optional.empty())
        .map(Release::toString)
        .orElseGet(Profiles::newest);
  }

  /** The profile nearest to the kernel that this JVM runs on; the newest where that is no Linux. */
  public static String forThisHost() {
    return System.getProperty("os.name", "").equals("Linux") ? nearest(System.getProperty("os.version", "")) : newest();
  }

  private static String newest() {
    List<String> names = names();
    return names.get(names.size() - 1);
  }

  private static Optional<Release> parse(String text) {
    try {
      return Optional.of(Release.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Release> series(String text) {
    return parse(text).flatMap(release -> releases().stream().filter(series -> isOf(series.parts(), release.parts())).findFirst());
  }

  private static boolean isOf(int[] series, int[] release) {
    for (int i = 0; i < series.length; i++) {
      if (i >= release.length || series[i] != release[i]) {
        return false;
      }
    }
    return true;
  }
}
