package io.github.pageferry;

/**
 * What becomes of the memory policy of a range whose pages {@link BufferPinner} moves: it decides where pages go that
 * come into being later (touched for the first time, swapped in), and whether the kernel's NUMA balancing may move
 * pages away again.
 *
 * <p>A policy is set only on whole pages of a range, and only where there is 1 MiB of them in a row: smaller buffers
 * lie side by side with others of the C heap, would hand their policy on to whatever is allocated there after them, and
 * would each cost the process two of its mappings ({@code vm.max_map_count}). It ends when the memory is unmapped.
 *
 * <p>Files: the page cache of a file system on disk knows no policies of ranges, so that pages that are read later come
 * to the node of the thread that reads them first. Of files in memory (tmpfs, memfd, hugetlbfs) that are mapped shared
 * the policy belongs to the file: other processes get it, too, and it lasts as long as the file.
 */
public enum FuturePages {
  /**
   * They go to the node while it has room and elsewhere when it is full ({@code MPOL_PREFERRED}); where there are
   * several nodes, page by page over them ({@code MPOL_INTERLEAVE}). NUMA balancing leaves the range alone.
   */
  PREFER,
  /**
   * They go to the node or nowhere ({@code MPOL_BIND}): who touches a new page when the node is full is killed by the
   * kernel. With several nodes as {@link #PREFER}. NUMA balancing leaves the range alone.
   */
  BIND,
  /**
   * The policy stays as it is: pages are moved once. NUMA balancing, where it is on, may move them away again.
   */
  UNCHANGED
}
