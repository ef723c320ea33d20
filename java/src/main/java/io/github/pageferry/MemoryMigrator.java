package io.github.pageferry;

import java.util.Set;

/**
 * Linux's NUMA system calls, typed, and no more: a kernel behind JNA, or a model of one.
 *
 * <p>Addresses are absolute virtual addresses, lengths are bytes. A process is named by its pid, {@link #SELF} being
 * the caller's. Policies set here apply to the calling thread. Implementations may be used by any number of threads at
 * once, but a {@link PageBatch} by one at a time.
 *
 * <p>Every call throws {@link MemoryCallException} where it fails as a whole, {@link NullPointerException} for a null
 * argument and {@link IllegalStateException} after {@link #close()}.
 */
public interface MemoryMigrator extends AutoCloseable {

  /** The process that makes the call. */
  int SELF = 0;

  /** What answers: a release, for example {@code "linux 6.18.44"} or {@code "sim:2.6.36"}. */
  String description();

  /** The nodes as they are now. */
  Topology topology();

  /** What this process may do here; probed once. */
  Capabilities capabilities();

  /**
   * move_pages(2) with a node array: moves each page of the batch to its node and writes its status.
   *
   * <p>Statuses are set to {@link PageStatus#NOT_ATTEMPTED} first, and remain so where the call did not get that far.
   *
   * @param pid whose pages, or {@link #SELF}
   * @param batch addresses and target nodes in, statuses out
   * @param flags {@link MoveFlag#MOVE}, {@link MoveFlag#MOVE_ALL}, both or none
   * @return 0, or since Linux 4.17 how many pages did not move: the call has stopped early then
   */
  long movePages(int pid, PageBatch batch, Set<MoveFlag> flags);

  /**
   * move_pages(2) without a node array: writes each page's node, or why it has none, to its status.
   *
   * @param pid whose pages, or {@link #SELF}
   * @param batch addresses in, statuses out
   */
  void queryPages(int pid, PageBatch batch);

  /**
   * migrate_pages(2): moves all pages of a process that are on {@code from} to {@code to}.
   *
   * @return how many pages could not be moved
   */
  long migratePages(int pid, NodeSet from, NodeSet to);

  /**
   * mbind(2): sets the policy of a range and, with flags, moves the pages that break it.
   *
   * @param address the first byte, a multiple of the page size
   * @param length in bytes, rounded up to whole pages by the kernel
   */
  void bind(long address, long length, MemoryPolicy policy, Set<MoveFlag> flags);

  /** set_mempolicy(2): the policy of the calling thread. */
  void setPolicy(MemoryPolicy policy);

  /** get_mempolicy(2) without flags: the policy of the calling thread. */
  MemoryPolicy getPolicy();

  /** get_mempolicy(2) with {@code MPOL_F_ADDR}: the policy that governs this address. */
  MemoryPolicy getPolicyAt(long address);

  /**
   * get_mempolicy(2) with {@code MPOL_F_NODE | MPOL_F_ADDR}: the node of the page at this address, which is brought in
   * where it is not.
   */
  int nodeAt(long address);

  /**
   * get_mempolicy(2) with {@code MPOL_F_NODE}: the node that the calling thread's interleaving comes to next.
   * EINVAL where its policy does not interleave.
   */
  int nextInterleaveNode();

  /** get_mempolicy(2) with {@code MPOL_F_MEMS_ALLOWED}: the nodes that policies of the calling thread may name. */
  NodeSet allowedNodes();

  /**
   * set_mempolicy_home_node(2), Linux 5.17: the node to allocate from first within a range's BIND or PREFERRED_MANY
   * policy.
   *
   * @param address the first byte, a multiple of the page size
   * @param length in bytes
   */
  void setHomeNode(long address, long length, int node);

  /** getcpu(2): where the calling thread runs at this moment. */
  CurrentCpu currentNode();

  /** Frees what the backend holds. Calls that are under way end first. Closing again does nothing. */
  @Override
  void close();

  /**
   * Where a thread runs.
   *
   * @param cpu the CPU's number
   * @param node the number of its node
   */
  record CurrentCpu(int cpu, int node) {}
}
