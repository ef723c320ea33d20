package io.github.pageferry.it.workload;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A small program of memory steps, as a workload file holds it.
 *
 * @param name unique, of {@code [a-z0-9-]+}
 * @param about what it checks; may be empty
 * @param nodes how many nodes with memory it needs, numbered from 0
 * @param needs what else must be there
 * @param steps in order
 */
public record Workload(String name, String about, int nodes, Set<Need> needs, List<Step> steps) {

  public Workload {
    needs = Collections.unmodifiableSet(new LinkedHashSet<>(needs));
    steps = List.copyOf(steps);
  }
}
