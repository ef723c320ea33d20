package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/** {@code struct super_block}: a mounted file system on a disk. */
public final class SuperBlock {

  private final int blocksPerPage;
  private final @Nullable Journal journal;
  private final boolean journalsData;

  /**
   * Mounts one.
   *
   * @param blocksPerPage pages divided by {@code s_blocksize}
   * @param journal null where there is none
   * @param journalsData {@code data=journal}: file data goes through the journal, too
   */
  public SuperBlock(int blocksPerPage, @Nullable Journal journal, boolean journalsData) {
    this.blocksPerPage = blocksPerPage;
    this.journal = journal;
    this.journalsData = journalsData;
  }

  /** How many blocks a page has. */
  public int blocksPerPage() {
    return blocksPerPage;
  }

  /** {@code s_journal}, null where there is none. */
  public @Nullable Journal journal() {
    return journal;
  }

  /** {@code ext4_should_journal_data()}. */
  public boolean journalsData() {
    return journalsData;
  }
}
