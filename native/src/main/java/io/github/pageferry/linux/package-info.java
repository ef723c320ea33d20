/**
 * The kernel backend: Linux's NUMA system calls behind {@link io.github.pageferry.MemoryMigrator}, and what a host says
 * of itself in sysfs and /proc.
 *
 * <p>{@link io.github.pageferry.linux.LinuxMigrator} is the way in. Below it, {@code SystemCalls} transcribes the calls
 * (a result from 0 up, or an errno negated; no logic), and readers of kernel files are parted into reading
 * ({@code HostFiles}) and parsing (everything else), so that parsers run on captured text. No JNA type leaves this
 * package.
 */
@NullMarked
package io.github.pageferry.linux;

import org.jspecify.annotations.NullMarked;
