/** What can run a workload: the interface that the host, the simulator and recorded traces stand behind. */
@NullMarked
package io.github.pageferry.it.testbed;

import org.jspecify.annotations.NullMarked;
