/**
 * Moving memory between NUMA nodes: the system calls as {@link io.github.pageferry.MemoryMigrator}, and what is built
 * on them.
 *
 * <p>A call that fails throws {@link io.github.pageferry.MemoryCallException}; a page that fails has a
 * {@link io.github.pageferry.PageStatus}. Never both.
 */
@NullMarked
package io.github.pageferry;

import org.jspecify.annotations.NullMarked;
