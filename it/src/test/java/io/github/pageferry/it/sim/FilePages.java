package io.github.pageferry.it.sim;

import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which pages of a recorded run were pages of files, shared anonymous memory among them, and where they were. */
final class FilePages {

  /** For each region that has pages of a file, those that are its process's own: of a private mapping, what was written. */
  private final Map<String, BitSet> own = new HashMap<>();
  private final Set<String> privates = new HashSet<>();
  /** Regions that could be written once: what is locked there is copied, too. */
  private final Set<String> writable = new HashSet<>();
  private final Map<String, Integer> sizes = new HashMap<>();
  private Map<String, int[]> before = Map.of();

  private FilePages() {}

  /** Whether a step that moves pages moved one of a file's to another node, by what the trace says of all pages' nodes. */
  static boolean moved(Workload workload, Trace trace) {
    FilePages pages = new FilePages();
    for (int i = 0; i < trace.outcomes().size(); i++) {
      Step step = workload.steps().get(i);
      pages.note(step);
      Map<String, int[]> placement = trace.outcomes().get(i).placement();
      if (placement != null) {
        boolean moves = step instanceof Step.Move || step instanceof Step.Bind || step instanceof Step.Migrate
            || step instanceof Step.Cpuset;
        if (moves && pages.moved(placement)) {
          return true;
        }
        pages.before = placement;
      }
    }
    return false;
  }

  private void note(Step step) {
    if (step instanceof Step.Map map) {
      note(map);
    } else if (step instanceof Step.Touch touch && touch.write()) {
      touch.pages().forEach(this::copied);
    } else if (step instanceof Step.Lock lock) {
      lock.pages().stream().filter(selector -> selector instanceof Pages pages && writable.contains(pages.region()))
          .forEach(this::copied);
    } else if (step instanceof Step.Protect protect && protect.prot() == Step.Prot.RW) {
      protect.pages().forEach(selector -> {
        if (selector instanceof Pages pages) {
          writable.add(pages.region());
        }
      });
    }
  }

  private void copied(PageSelector selector) {
    if (selector instanceof Pages pages && privates.contains(pages.region())) {
      int end = pages.last() == Pages.TO_THE_END ? sizes.get(pages.region()) : pages.last() + 1;
      own.get(pages.region()).set(pages.first(), end);
    }
  }

  private void note(Step.Map map) {
    if (map.prot() == Step.Prot.RW) {
      writable.add(map.as());
    }
    sizes.put(map.as(), map.of().isEmpty() ? map.pages() : sizes.get(map.of()));
    if (map.backing() != Step.Backing.ANON || map.sharing() == Step.Sharing.SHARED || !map.of().isEmpty()) {
      own.put(map.as(), new BitSet());
      if (map.sharing() == Step.Sharing.PRIVATE) {
        privates.add(map.as());
      }
    }
  }

  private boolean moved(Map<String, int[]> placement) {
    for (Map.Entry<String, BitSet> region : own.entrySet()) {
      int[] from = before.get(region.getKey());
      int[] to = placement.get(region.getKey());
      for (int page = 0; from != null && to != null && page < to.length; page++) {
        if (from[page] >= 0 && to[page] >= 0 && from[page] != to[page] && !region.getValue().get(page)) {
          return true;
        }
      }
    }
    return false;
  }
}
