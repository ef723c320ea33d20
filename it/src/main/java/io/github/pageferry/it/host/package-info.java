/**
 * The testbed on the running kernel: real mappings, locks, children, files and cgroups, inside this JVM.
 *
 * <p>Everything of a run happens on one thread of its own, which stays on one CPU of node 0 and ends with the run. User
 * memory is only ever reached through system calls, so that a bad address is EFAULT and never ends the JVM.
 */
@NullMarked
package io.github.pageferry.it.host;

import org.jspecify.annotations.NullMarked;
