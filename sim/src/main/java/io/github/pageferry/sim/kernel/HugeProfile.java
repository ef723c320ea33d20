package io.github.pageferry.sim.kernel;

/**
 * What differs between releases about transparent huge pages.
 *
 * @param modelled whether there are any. The kernel has them since 71e3aac0724f (2.6.38), but a page is mapped whole or in parts
 *     since 53f9263baba6 (4.5) only, and moves whole since 616b8371539a (4.14).
 * @param zeroGivesWay whether a write to the huge zero page brings in a huge page at once (1ced09e0331f, 6.13)
 * @param mbindSplitsZero whether the huge zero page falls into parts where {@code mbind} meets it (until e5947d23edd8, 5.14)
 * @param sharing how it is told whether processes share a page
 * @param partReuse when a part that is mapped by an entry of its own may be written although it is not marked as exclusive
 * @param splitsPartlyMapped whether a page of which parts are mapped nowhere any more is split to be moved (7262f208ca68, 6.10)
 * @param movedStaysPartlyMapped whether a page that has moved still counts as partly mapped, which it does already where its parts
 *     are mapped one by one, since each is unmapped in turn (a2e0c0668a34, after 7.0, and in 6.12.y and 7.0.y; not in the
 *     recorded 6.18)
 * @param partsNeedMemory whether a huge page without memory for it as a whole or for its parts makes the call ENOMEM; where not,
 *     it counts as one that was not moved (2ef7dbb26990, 6.3)
 * @param dontneedFreesTables whether {@code MADV_DONTNEED} frees page tables that are empty then (6375e95f381e, 6.14)
 * @param mlocksWholeOnly whether locking leaves out a page of which the range has only parts (dc68badcede4, 6.7)
 * @param splitMapsZeroPage whether parts that hold nothing but zeroes become the zero page when a page is split (b1f202060afe, 6.12)
 */
public record HugeProfile(
    boolean modelled,
    boolean zeroGivesWay,
    boolean mbindSplitsZero,
    Sharing sharing,
    PartReuse partReuse,
    boolean splitsPartlyMapped,
    boolean movedStaysPartlyMapped,
    boolean partsNeedMemory,
    boolean dontneedFreesTables,
    boolean mlocksWholeOnly,
    boolean splitMapsZeroPage) {

  /** Which entries make a page count as shared. */
  public enum Sharing {
    /** {@code page_mapcount()}: two that map the base page in question. */
    OF_PART,
    /** {@code folio_likely_mapped_shared()}: a guess from how many there are (ebb34f78d72c, 6.9). */
    LIKELY,
    /** Those of two processes (003fde4492c8, 6.15). */
    OF_PROCESSES
  }

  /** {@code wp_can_reuse_anon_folio()}. */
  public enum PartReuse {
    /** Where the part is the only thing that refers to the page. */
    LAST_REFERENCE,
    /** Never (dec078cc2181, 6.7). */
    NEVER,
    /** Where all references are entries of one process, more than one (1da190f4d0a6, 6.15). */
    ONE_PROCESS
  }

  /** The profile of a release. */
  static HugeProfile of(Release release) {
    return new HugeProfile(
        release.has("4.14"),
        release.has("6.13"),
        !release.has("5.14"),
        release.has("6.15") ? Sharing.OF_PROCESSES : release.has("6.9") ? Sharing.LIKELY : Sharing.OF_PART,
        release.has("6.15") ? PartReuse.ONE_PROCESS : release.has("6.7") ? PartReuse.NEVER : PartReuse.LAST_REFERENCE,
        release.has("6.10"),
        release.has("6.12") && !release.has("6.13") || release.has("7.0"),
        !release.has("6.3"),
        release.has("6.14"),
        release.has("6.7"),
        release.has("6.12"));
  }
}
