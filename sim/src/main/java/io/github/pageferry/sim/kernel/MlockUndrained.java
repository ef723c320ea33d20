package io.github.pageferry.sim.kernel;

/** {@code mm/mlock.c} since 72b03fcd5d51 (4.15): {@code mlock(2)} leaves the pages that wait in pagevecs there. */
class MlockUndrained extends MlockPopulating {

  MlockUndrained(Kernel k) {
    super(k);
  }

  @Override
  protected void drainPagevecs() {}
}
