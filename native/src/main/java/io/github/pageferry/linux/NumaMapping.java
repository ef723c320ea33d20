package io.github.pageferry.linux;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A line of {@code /proc/PID/numa_maps}, numa(7).
 *
 * @param start the address of its first byte; its end is in {@code maps}
 * @param policy as the kernel writes it, for example {@code default}, {@code bind:0-1}, {@code prefer (many):0,2}
 * @param pagesByNode how many pages are on each node that has any
 * @param pageBytes the size of one of these pages in bytes ({@code kernelpagesize_kB}); 0 where the kernel does not say
 * @param file the file that is mapped; empty where there is none
 * @param counts the other counts of pages: {@code anon}, {@code dirty}, {@code mapped}, {@code mapmax} and so on
 * @param marks words without a count: {@code heap}, {@code stack}, {@code huge}
 */
public record NumaMapping(
    long start,
    String policy,
    SortedMap<Integer, Long> pagesByNode,
    long pageBytes,
    Optional<String> file,
    Map<String, Long> counts,
    Set<String> marks) {

  public NumaMapping {
    pagesByNode = Collections.unmodifiableSortedMap(new TreeMap<>(pagesByNode));
    counts = Map.copyOf(counts);
    marks = Set.copyOf(marks);
  }

  /** How many pages it has on all nodes together. */
  public long pages() {
    return pagesByNode.values().stream().mapToLong(Long::longValue).sum();
  }
}
