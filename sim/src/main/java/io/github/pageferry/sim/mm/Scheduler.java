package io.github.pageferry.sim.mm;

import java.util.function.BooleanSupplier;

/**
 * {@code kernel/sched.c}, as the primitives know it: where another task may run, and where a task sleeps. A machine whose system
 * calls come one after the other has none.
 */
public interface Scheduler {

  /** The primitives at which tasks can be parted. */
  enum At {
    LOCK_PAGE("lock_page()"),
    TRYLOCK_PAGE("trylock_page()"),
    UNLOCK_PAGE("unlock_page()"),
    WAIT_ON_PAGE_LOCKED("wait_on_page_locked()"),
    WAIT_ON_PAGE_WRITEBACK("wait_on_page_writeback()"),
    FREEZE_REFS("page_freeze_refs()"),
    GET_SPECULATIVE("page_cache_get_speculative()"),
    ALLOC_PAGES("alloc_pages()"),
    FREE_PAGE("free_hot_cold_page()"),
    LRU_ADD_DRAIN("lru_add_drain()"),
    ISOLATE_LRU_PAGE("isolate_lru_page()"),
    PUTBACK_LRU_PAGE("putback_lru_page()"),
    MIGRATION_ENTRY_WAIT("migration_entry_wait()"),
    PAGE_TABLE_LOCK("pte_offset_map_lock()"),
    MMAP_SEM("mmap_sem"),
    RMAP_LOCK("the reverse map's lock"),
    KSM_MUTEX("ksm_thread_mutex"),
    JOURNAL("jbd2_journal_commit_transaction()"),
    I_MUTEX("inode->i_mutex"),
    USER("user space");

    private final String text;

    At(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Other tasks may run before this returns. No spinlock is held but those that {@link #waitUntil} knows of.
   *
   * @param page the page that the primitive is about, 0 where it is about none
   */
  void point(At at, int page);

  /**
   * Sleeps until the condition holds; other tasks may run even where it does at once. When this returns it holds, and no other
   * task has run since.
   *
   * @param page the page that is waited for, 0 where it is none
   * @param what what is waited for, as a task that waits for ever says it
   */
  void waitUntil(At at, int page, BooleanSupplier condition, Object what);

  /** {@code preempt_disable()}: a spinlock is taken under which primitives are called; until {@link #preemptEnable} none parts. */
  void preemptDisable();

  /** {@code preempt_enable()}. */
  void preemptEnable();

  /** What came of a primitive: for an observer, no task runs. */
  void outcome(At at, int page, boolean success);
}
