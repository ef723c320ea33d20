package io.github.pageferry.sim.sched;

/** What only tasks that run at the same time come to; a campaign tells which of these it has seen. */
public enum Branch {
  LOCK_CONTENTION("a page to be moved is locked by another task: later"),
  FORCED("after three passes the lock is waited for"),
  TEN_PASSES("a page is given up after ten passes"),
  FREED("a page is freed while it waits to be moved"),
  TRUNCATED("a page is truncated while it waits to be moved"),
  UNMAPPED("an anonymous page is unmapped while it waits to be moved"),
  WRITEBACK_LATER("a page to be moved is under writeback: later"),
  WRITEBACK_WAITED("after three passes its writeback is waited for"),
  FREEZE_FAILED("somebody else's reference keeps a page from being moved"),
  FROZEN_MET("a lookup meets a page whose references are frozen"),
  ENTRY_WAITED("a fault waits for the end of a migration"),
  ENTRY_GONE("a fault meets a migration that is over before it can wait"),
  EXIT_LEFT_TO_MOVER("a process ends while its pages are moved, and its memory is left to the mover to free"),
  MOVE_EAGAIN("move_pages: EAGAIN, or pages that stayed"),
  MOVE_EBUSY("move_pages: EBUSY"),
  MOVE_ENOMEM("move_pages: ENOMEM"),
  MOVE_ESRCH("the process whose pages were to be moved is gone"),
  SYNC_WAITED("msync waits for a page's writeback"),
  SEMAPHORE_WAITED("mmap_sem is waited for"),
  RMAP_WAITED("somebody waits until a reverse map has been walked");

  private final String text;

  Branch(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
