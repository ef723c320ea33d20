package io.github.pageferry.sim.mm;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code struct inode}: a file, as far as its pages and its memory policy go. */
public final class Inode {

  /** What a page of a file on disk holds that has no place there. */
  public static final long HOLE = Long.MIN_VALUE;

  private final FileOperations fop;
  private final @Nullable SuperBlock sb;
  private @Nullable AddressSpace mapping;
  /** {@code SHMEM_I(inode)->policy}: the policies of a file of shared memory, null for other files. */
  private final @Nullable SharedPolicy sharedPolicy;
  /** {@code i_mutex}. */
  public final KernelLock mutex = new KernelLock("inode->i_mutex");
  /** {@code i_ino}. */
  public long ino;
  /** {@code resv_map} of a file of huge pages: how many pages shared mappings were promised and have not taken. */
  public long hugeReserved;
  /** {@code i_size}, in pages. */
  public long pages;
  /** {@code i_count} and {@code i_nlink} together: open files, mappings and the name. */
  public int references = 1;

  /** {@code SHMEM_I(inode)->i_direct} and on: the swap entry of each page of a file of shared memory that is in swap space. */
  private final SortedMap<Long, Integer> swapped = new TreeMap<>();

  /** What stands on disk, a pattern a page. */
  private long[] disk = {};

  /**
   * Makes a file.
   *
   * @param sb the file system that it is on, null where that is memory's
   * @param sharedPolicy of shared memory's files, else null
   */
  public Inode(FileOperations fop, @Nullable SuperBlock sb, @Nullable SharedPolicy sharedPolicy) {
    this.fop = fop;
    this.sb = sb;
    this.sharedPolicy = sharedPolicy;
  }

  /** {@code shmem_swp_entry()}: by the page's index. */
  public SortedMap<Long, Integer> swapped() {
    return swapped;
  }

  /** {@code i_fop}. */
  public FileOperations fop() {
    return fop;
  }

  /** {@code i_sb} of a file on disk. */
  public SuperBlock sb() {
    if (sb == null) {
      throw new KernelBug("the file is on no disk");
    }
    return sb;
  }

  /** Whether the file is on a disk. */
  public boolean onDisk() {
    return sb != null;
  }

  /** What the disk holds for a page of the file, {@link #HOLE} where no block of it has been allocated. */
  public long disk(long index) {
    return index < disk.length ? disk[(int) index] : HOLE;
  }

  /** Allocates and writes the blocks of a page. */
  public void disk(long index, long content) {
    if (index >= disk.length) {
      int old = disk.length;
      disk = Arrays.copyOf(disk, (int) Math.max(index + 1, 2L * old));
      Arrays.fill(disk, old, disk.length, HOLE);
    }
    disk[(int) index] = content;
  }

  /** Frees all blocks on disk. */
  public void freeBlocks() {
    disk = new long[0];
  }

  void mapping(AddressSpace space) {
    mapping = space;
  }

  /** {@code i_mapping}. */
  public AddressSpace mapping() {
    if (mapping == null) {
      throw new KernelBug("inode without i_mapping");
    }
    return mapping;
  }

  public @Nullable SharedPolicy sharedPolicy() {
    return sharedPolicy;
  }
}
