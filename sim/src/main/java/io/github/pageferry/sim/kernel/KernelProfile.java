package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.VmFlag;
import java.util.List;

/**
 * What differs between releases by a value; what differs by an algorithm is a subclass that {@link KernelFactory} chooses, and what
 * a release may lack as a whole is a {@link Feature}. A commit is named by its hash or by its title.
 *
 * @param release the release
 * @param maxNumnodes {@code MAX_NUMNODES}: nodes that a mask can name. A matter of configuration ({@code NODES_SHIFT}): 64 in
 *     the recorded 2.6.18 and 2.6.36, 1024 in Debian's kernels.
 * @param pagevecSize {@code PAGEVEC_SIZE}: 14; 15 since "mm: get 7% more pages in a pagevec" (4.16); 31 since 9cecde80aae0
 *     (6.10)
 * @param nodeIssetTrue what {@code node_isset()} of a set bit is: on x86 -1 ({@code sbb}) until 117780eef774 (4.8) made the
 *     bit operations return bool
 * @param mpolMax {@code MPOL_MAX}: how many modes a policy can have; {@code MPOL_LOCAL} came with 479e2802d09f (3.8),
 *     {@code MPOL_PREFERRED_MANY} with b27abaccf8e8 (5.15), {@code MPOL_WEIGHTED_INTERLEAVE} with fa3bea4e1f82 (6.9)
 * @param shmemInterleavesByInode whether the inode number is added to the index by which a file of shared memory interleaves
 *     (09c231cb8bfd, 3.6)
 * @param lruCacheDisable whether LRU pagevecs are switched off while pages migrate, so that a page that has moved can be
 *     isolated again at once (d479960e44f2, 5.13)
 * @param untriedCountedExactly whether a positive return of {@code move_pages} counts the pages that were not tried
 *     rightly (a7504ed14f9b, 6.1); since 5984fabb6e82 (5.6) it counts one too few
 * @param protnoneUnseen whether {@code follow_page()} passes over entries without access (474098edac26, 6.1; mended by
 *     d74943a2f3cd, 6.5)
 * @param mbindWalkStops whether {@code mbind} with {@code MPOL_MF_STRICT} ends its walk with the page table in which it met a
 *     page that it could not isolate (d883544515aa, 5.3; mended by 24526268f4e3, 6.6, and in 6.1.y)
 * @param thisnodePassesCpuset whether {@code __GFP_THISNODE} allocations pass every cpuset, since 9b819d204cf6 (2.6.19) and until
 *     "kernel, cpuset: remove exception for __GFP_THISNODE" (4.1)
 * @param ksmMovable whether KSM's pages are moved like any others (b79bc0a0c79e, 3.9)
 * @param ksmMaxPageSharing {@code max_page_sharing}: how many addresses share one of KSM's pages at most (2c653d0ee2ae, 4.13)
 * @param hugetlbMovable whether huge pages can be moved (e632a938d914, 74060e4d7879, 3.12)
 * @param hugetlbByHead whether {@code move_pages} moves a huge page only by its first address, until b426ed7889be (6.7)
 * @param hugetlbDontneed whether {@code MADV_DONTNEED} takes huge pages (90e7e7f5ef3f, 5.18)
 * @param hugetlbUnmapRestores whether what is unmapped of a private mapping of huge pages is promised to it again
 *     (df7a6d1f6405, 6.10)
 * @param huge what differs about transparent huge pages
 * @param forkSkips kinds of mappings whose entries fork does not copy unless there are anonymous pages in them: huge pages
 *     (bcd51a3c679d, 6.0)
 * @param cpusetMigrates whether the pages of a task follow its cpuset. Not a matter of the release alone: cgroup v2 does it
 *     (ee9707e8593d, 5.15), and Debian's kernels have no other cpusets since 6.12.
 * @param tracksSharedDirty whether the first write through a shared mapping of a file is noticed (d08b3851da41, 2.6.19)
 * @param rssCountsMigrating whether a process's counters of its pages know of migration entries that are unmapped or copied
 *     (9f9f1acd713d, 3.3)
 * @param journalledWritepageLooksAgain whether {@code __ext4_journalled_writepage()}, which lets go of the page's lock, looks whether
 *     the page was truncated meanwhile (bdf96838aea6, 4.2)
 * @param fileCountersFollow whether a file's page that moves is counted in {@code NR_FILE_PAGES} where it is from then on
 *     (0e8c7d0fd5b4, 2.6.21)
 * @param swapCacheMovesAsShmem whether a page of the swap cache that moves is taken for shared memory in {@code NR_SHMEM}, which it
 *     was never counted in (since that counter came, 4b02108ac1b3, 2.6.32; until 99a15e21d96f, 3.0)
 * @param clonedVmasStayApart whether a VMA that fork has copied shares no anon_vma with a neighbour that has none, so that they do
 *     not merge (965f55dea0e3, 3.0)
 * @param untouchedNeighboursMerge whether a VMA with an anon_vma merges into a neighbour without one, which the commit before
 *     prevented, too (879bca0a2c4f, 6.16)
 * @param splicesFast whether {@code vmsplice(2)} takes a page that is mapped without looking at its VMA and without counting it
 *     as accessed (bc40d73c950c, 2.6.27)
 * @param fatMovesBuffers whether vfat's pages move with their buffers, so that none is written first (ee649af0d9a6, 6.2)
 * @param cpusetsGiveUpNodes whether nodes can be taken from tasks of a cgroup v2 altogether, which have those of the group above then
 *     (272bd8183376, 7.0)
 * @param freedNeedNoPage whether nothing is allocated for a page that was freed meanwhile ("mm: migrate: handle freed page at the first
 *     place", 5.5)
 */
public record KernelProfile(
    Release release,
    int maxNumnodes,
    int pagevecSize,
    int nodeIssetTrue,
    int mpolMax,
    boolean shmemInterleavesByInode,
    boolean lruCacheDisable,
    boolean untriedCountedExactly,
    boolean protnoneUnseen,
    boolean mbindWalkStops,
    boolean thisnodePassesCpuset,
    boolean ksmMovable,
    int ksmMaxPageSharing,
    boolean hugetlbMovable,
    boolean hugetlbByHead,
    boolean hugetlbDontneed,
    boolean hugetlbUnmapRestores,
    HugeProfile huge,
    long forkSkips,
    boolean cpusetMigrates,
    boolean tracksSharedDirty,
    boolean rssCountsMigrating,
    boolean journalledWritepageLooksAgain,
    boolean fileCountersFollow,
    boolean swapCacheMovesAsShmem,
    boolean clonedVmasStayApart,
    boolean untouchedNeighboursMerge,
    boolean splicesFast,
    boolean fatMovesBuffers,
    boolean cpusetsGiveUpNodes,
    boolean freedNeedNoPage) {

  /** Releases whose recorded traces have confirmed the model. */
  public static final List<String> RECORDED = List.of("2.6.18", "2.6.36", "5.10", "6.1", "6.12", "6.18", "7.3");

  /** Whether the release has it. */
  public boolean has(Feature feature) {
    return release.has(feature.since());
  }

  /** What this profile does that no recorded trace confirms, each with its commit's hash or title. */
  public List<String> unconfirmed() {
    return Unconfirmed.of(release);
  }

  /** The profile of a release. */
  public static KernelProfile of(Release release) {
    return new KernelProfile(
        release,
        release.has("2.6.37") ? 1024 : 64,
        release.has("6.10") ? 31 : release.has("4.16") ? 15 : 14,
        release.has("4.8") ? 1 : -1,
        release.has("6.9") ? 7 : release.has("5.15") ? 6 : release.has("3.8") ? 5 : 4,
        release.has("3.6"),
        release.has("5.13"),
        release.has("6.1"),
        release.has("6.1") && !release.has("6.5"),
        release.has("5.3") && !release.has("6.1"),
        release.has("2.6.19") && !release.has("4.1"),
        release.has("3.9"),
        release.has("4.13") ? 256 : Integer.MAX_VALUE,
        release.has("3.12"),
        !release.has("6.7"),
        release.has("5.18"),
        release.has("6.10"),
        HugeProfile.of(release),
        release.has("6.0") ? VmFlag.HUGETLB : 0,
        release.has("6.12"),
        release.has("2.6.19"),
        release.has("3.3"),
        release.has("4.2"),
        release.has("2.6.21"),
        release.has("2.6.32") && !release.has("3.0"),
        release.has("3.0"),
        !release.has("3.0") || release.has("6.16"),
        release.has("2.6.27"),
        release.has("6.2"),
        release.has("7.0"),
        release.has("5.5"));
  }
}
