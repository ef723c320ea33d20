package io.github.pageferry.it.cli;

import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.it.cli.WhereCommand.Placed;
import io.github.pageferry.linux.LinuxMigrator;
import io.github.pageferry.linux.Mapping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks the kernel where each page of a process is. */
final class PageQuery {

  /** Pages asked for in one call: an array that fits a processor's cache. */
  private static final int BATCH = 1 << 14;

  private PageQuery() {}

  /**
   * Queries every page of these mappings, but of those that nobody may access: a JVM reserves terabytes of such.
   *
   * @throws IllegalStateException where the kernel cannot be called
   * @throws io.github.pageferry.MemoryCallException where the process may not be looked at
   */
  static List<Placed> ask(int pid, List<Mapping> mappings, Console console) {
    List<Placed> placed = new ArrayList<>();
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      int pageBytes = migrator.topology().pageBytes();
      PageBatch batch = PageBatch.ofCapacity(BATCH);
      for (Mapping mapping : mappings) {
        if (mapping.permissions().startsWith("---")) {
          continue;
        }
        console.progress(WhereCommand.range(mapping) + " " + Bytes.format(mapping.bytes()));
        Map<Integer, Long> pages = new HashMap<>();
        for (long address = mapping.start(); address != mapping.end(); ) {
          batch.clear();
          for (; batch.size() < BATCH && address != mapping.end(); address += pageBytes) {
            batch.add(address);
          }
          migrator.queryPages(pid, batch);
          for (int i = 0; i < batch.size(); i++) {
            pages.merge(batch.status(i), 1L, Long::sum);
          }
        }
        Map<String, Long> bytes = new TreeMap<>();
        pages.forEach((status, count) -> bytes.put(
            PageStatus.isNode(status) ? "" + status : PageStatus.describe(status), count * pageBytes));
        placed.add(new Placed(WhereCommand.range(mapping), mapping.name(), "", bytes));
      }
    }
    return placed;
  }
}
