package io.github.pageferry.sim.kernel;

import java.util.List;

/**
 * What differs between releases by a value; what differs by an algorithm is a subclass that {@link KernelFactory} chooses.
 *
 * @param release the release
 * @param maxNumnodes {@code MAX_NUMNODES}: nodes that a mask can name. A matter of configuration ({@code NODES_SHIFT}): 64 in
 *     the recorded 2.6.18 and 2.6.36, 1024 in Debian's kernels.
 * @param pagevecSize {@code PAGEVEC_SIZE}: 14; 15 in the sources of 5.10 and 6.1, 31 in those of 6.12
 * @param nodeIssetTrue what {@code node_isset()} of a set bit is: on x86 -1 ({@code sbb}) until 117780eef774 (4.8) made the
 *     bit operations return bool
 */
public record KernelProfile(Release release, int maxNumnodes, int pagevecSize, int nodeIssetTrue) {

  /** Releases whose recorded traces have confirmed the model. */
  public static final List<String> RECORDED = List.of("2.6.36");

  /** The profile of a release. */
  public static KernelProfile of(Release release) {
    return new KernelProfile(
        release,
        release.has("2.6.37") ? 1024 : 64,
        release.has("6.10") ? 31 : release.has("4.16") ? 15 : 14,
        release.has("4.8") ? 1 : -1);
  }
}
