package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Pagevec;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Zone;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A count of every pointer to a page, taken from the structures that hold them: page tables, page trees, pagevecs, pipes
 * and buffers; and the references that an isolation left for good.
 */
final class Census {

  /** Pages with a reference or a mapping that something accounts for or not. */
  final Set<Integer> pages = new LinkedHashSet<>();
  private final Map<Integer, Integer> ptes = new HashMap<>();
  private final Map<Integer, Integer> references = new HashMap<>();
  private final Set<Integer> dirtyInPte = new HashSet<>();

  private Census() {}

  static Census of(Kernel k) {
    Census census = new Census();
    for (Mm mm : mms(k)) {
      mm.pageTable().forEach((address, pte) -> {
        // The entry of a huge page is one reference, and maps each base page unless it is hugetlb's.
        if (Pte.present(pte) && !Pte.special(pte)) {
          int pages = Pte.huge(pte) ? k.frames.nrPages(Pte.pfn(pte)) : 1;
          for (int i = 0; i < pages; i++) {
            census.ptes.merge(Pte.pfn(pte) + i, 1, Integer::sum);
          }
          census.reference(k.frames.compoundHead(Pte.pfn(pte)));
          if (Pte.dirty(pte)) {
            census.dirtyInPte.add(Pte.pfn(pte));
          }
        }
      });
    }
    for (AddressSpace space : k.mappings.spaces()) {
      for (long i = space.pageTree().nextIndex(0); i >= 0; i = space.pageTree().nextIndex(i + 1)) {
        census.reference(space.pageTree().get(i));
      }
    }
    for (int cpu = 0; cpu < k.swap.cpus(); cpu++) {
      for (int lru = 0; lru < Lru.LISTS; lru++) {
        Pagevec vec = k.swap.lruAddPvec(cpu, lru);
        for (int i = 0; i < vec.count(); i++) {
          census.reference(vec.page(i));
        }
      }
    }
    // A pipe may hold the zero page, which is on no list and never freed.
    k.splice.pages().stream().filter(page -> page != PageFrames.ZERO_PAGE).map(k.frames::compoundHead).forEach(census::reference);
    k.defects.neverPutBack().forEach(census::reference);
    census.addLivePages(k);
    return census;
  }

  /** The address spaces of all processes, each once. */
  static Set<Mm> mms(Kernel k) {
    return new LinkedHashSet<>(k.mmlist());
  }

  private void addLivePages(Kernel k) {
    PageFrames frames = k.frames;
    for (int node = k.nodes.withMemory().first(); node >= 0; node = k.nodes.withMemory().next(node)) {
      Zone zone = k.nodes.zone(node);
      for (int place = 0; place < zone.touchedEnd(); place++) {
        int page = zone.frame(place);
        if (frames.count(page) != 0 || frames.mapcount(page) != 0) {
          pages.add(page);
          if (frames.has(page, PageFlag.PRIVATE)) {
            reference(page);
          }
        }
      }
    }
  }

  private void reference(int page) {
    pages.add(page);
    references.merge(page, 1, Integer::sum);
  }

  /** How many references on the page are accounted for. */
  int references(int page) {
    return references.getOrDefault(page, 0);
  }

  /** Whether a page table entry says that the page is dirty. */
  boolean isDirtyInPte(int page) {
    return dirtyInPte.contains(page);
  }

  /** How many page table entries map the page. */
  int ptes(int page) {
    return ptes.getOrDefault(page, 0);
  }
}
