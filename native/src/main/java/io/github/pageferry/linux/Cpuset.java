package io.github.pageferry.linux;

import java.util.Objects;
import java.util.Optional;

/**
 * The control group that confines the process to CPUs and memory nodes, cpuset(7). Which nodes it allows is said by
 * {@link TaskStatus#allowedNodes()}.
 *
 * @param version of the hierarchy: 1 or 2
 * @param group its path within the hierarchy, {@code /} being the root that confines nothing
 * @param memsFile the file to write a list of nodes to in order to change it, as seen from here; empty where no hierarchy
 *     with such a file is mounted
 */
public record Cpuset(int version, String group, Optional<String> memsFile) {

  public Cpuset {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(memsFile, "memsFile");
  }
}
