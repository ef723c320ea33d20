package io.github.pageferry.linux;

/**
 * The NUMA system calls as the kernel has them: pointers are addresses, masks are arrays of 64-bit words, and each
 * returns a value from 0 up or an errno negated. Nothing is checked: a pointer of the caller's that is wrong corrupts memory.
 *
 * <p>Beware of {@code maxnode}: {@code get_nodes()} in {@code mm/mempolicy.c} decrements it, so that mbind, set_mempolicy
 * and migrate_pages look at {@code maxnode - 1} bits; get_mempolicy does not, and refuses a mask of fewer bits than the
 * kernel has node ids.
 */
interface SystemCalls {

  /** move_pages(2). */
  long movePages(int pid, long count, long pages, long nodes, long status, int flags);

  /** migrate_pages(2). */
  long migratePages(int pid, long maxnode, long oldNodes, long newNodes);

  /** mbind(2). */
  long mbind(long address, long length, int mode, long nodemask, long maxnode, int flags);

  /** set_mempolicy(2). */
  long setMempolicy(int mode, long nodemask, long maxnode);

  /** get_mempolicy(2). */
  long getMempolicy(long mode, long nodemask, long maxnode, long address, int flags);

  /** set_mempolicy_home_node(2). */
  long setMempolicyHomeNode(long start, long length, long homeNode, long flags);

  /** getcpu(2). */
  long getcpu(long cpu, long node);
}
