package io.github.pageferry.sim.mm;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * {@code journal_t} of jbd2, as far as it holds on to the buffers of file data: one running transaction. A commit is one
 * step here, so that none is ever seen committing.
 */
public final class Journal {

  /** Who commits: kjournald does one transaction after the other. */
  public final KernelLock commit = new KernelLock("journal commit");
  /** {@code j_running_transaction}: whether there is one. */
  public boolean running;
  /** {@code t_reserved_list}, {@code t_buffers} and {@code t_forget} of the running transaction, in order of filing. */
  public final Set<Integer> buffers = new LinkedHashSet<>();
  /** {@code t_checkpoint_list} of all transactions that were committed. */
  public final Set<Integer> checkpointed = new LinkedHashSet<>();
}
