/**
 * The lab: real kernels with several NUMA nodes, in virtual machines under software emulation.
 *
 * <p>Kernels, and tools that are missing, come as Debian packages through an apt state of the lab's own. They are checked,
 * unpacked into a cache and never installed. A guest is a kernel, a minimal Java runtime, this project's jars and a shell
 * that starts them; it answers workloads over its second serial port until it is closed or dies.
 */
@NullMarked
package io.github.pageferry.it.lab;

import org.jspecify.annotations.NullMarked;
