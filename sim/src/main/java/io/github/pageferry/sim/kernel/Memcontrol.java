package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageCgroups;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/memcontrol.c}: memory cgroups' charges. A process without a group is in the root group, which nothing is charged
 * to. A group that is over its limit is reclaimed from; where that does not help, a fault fails, and nobody is killed.
 */
public class Memcontrol {

  /** {@code enum charge_type}, of what is given back: on which conditions. */
  enum Uncharge {
    /** Nobody maps it any longer. */
    MAPPED,
    /** It has left its file. */
    CACHE,
    /** It has left the swap cache, and its place in swap space is still in use. */
    SWAPOUT,
    /** It has left the swap cache, and its place there is free. */
    DROP,
    /** In any case. */
    FORCE
  }

  /** {@code MEM_CGROUP_RECLAIM_RETRIES}. */
  private static final int RECLAIM_RETRIES = 5;

  protected final Kernel k;
  private final PageFrames frames;
  private final PageCgroups pages;
  private final List<MemCgroup> groups = new ArrayList<>();
  /** {@code mem_cgroup_disabled()}, negated: whether there is any group but the root. */
  private boolean enabled;

  protected Memcontrol(Kernel k) {
    this.k = k;
    frames = k.frames;
    pages = new PageCgroups(frames.segments());
  }

  /**
   * {@code mem_cgroup_create()}, with a limit in pages.
   *
   * @throws NotModelledException where the kernel has no memory cgroups yet
   */
  public MemCgroup create(long limit) {
    if (!k.profile.has(Feature.MEMORY_CGROUPS)) {
      throw new NotModelledException("memory cgroups, which came with " + Feature.MEMORY_CGROUPS.since());
    }
    MemCgroup group = new MemCgroup(groups.size() + 1, limit);
    groups.add(group);
    enabled = true;
    return group;
  }

  /** All groups but the root. */
  public List<MemCgroup> groups() {
    return List.copyOf(groups);
  }

  /** {@code page_cgroup}s. */
  public PageCgroups pages() {
    return pages;
  }

  /** The group that a page is charged to, null where it is to none. */
  public @Nullable MemCgroup groupOf(int page) {
    return enabled && pages.used(page) ? groups.get(pages.group(page) - 1) : null;
  }

  /**
   * {@code __mem_cgroup_try_charge()}: 0, or -ENOMEM where the group is at its limit and reclaim frees nothing. Charges are not taken
   * ahead in batches ({@code memcg_stock}), which a limit that is reached takes back anyway.
   *
   * @param oom whether to try some times more before a process would be killed
   */
  private int tryCharge(@Nullable MemCgroup group, boolean oom) {
    if (group == null) {
      return 0;
    }
    int retries = oom ? RECLAIM_RETRIES : 0;
    while (group.usage >= group.limit) {
      int reclaimed = k.vmscanReclaim.tryToFreeMemCgroupPages(group);
      if (reclaimed == 0 && group.usage >= group.limit && retries-- == 0) {
        return -Err.ENOMEM;
      }
    }
    group.usage++;
    return 0;
  }

  /** {@code __mem_cgroup_commit_charge()}: a page that is charged already is not charged again. */
  private void commitCharge(@Nullable MemCgroup group, int page) {
    if (group == null) {
      return;
    }
    if (pages.used(page)) {
      group.usage--;
    } else {
      pages.charge(page, group.id());
    }
  }

  private int charge(Mm mm, int page) {
    int error = tryCharge(mm.memcg, true);
    if (error == 0) {
      commitCharge(mm.memcg, page);
    }
    return error;
  }

  /** {@code mem_cgroup_newpage_charge()}: a new page of a process; 0 or -ENOMEM. */
  int newpageCharge(int page, Mm mm) {
    return charge(mm, page);
  }

  /**
   * {@code mem_cgroup_cache_charge()}: a page comes into a file's cache, on the current task's account, unless it has been charged
   * already; 0 or -ENOMEM.
   */
  int cacheCharge(int page) {
    Mm mm = k.current.mm;
    return !enabled || mm == null || pages.used(page) ? 0 : charge(mm, page);
  }

  /** {@code mem_cgroup_try_charge_swapin()}: for a page that a process will get from swap; 0 or -ENOMEM. */
  int tryChargeSwapin(Mm mm) {
    return tryCharge(mm.memcg, true);
  }

  /** {@code mem_cgroup_commit_charge_swapin()}: the process has got it. */
  void commitChargeSwapin(int page, Mm mm) {
    commitCharge(mm.memcg, page);
  }

  /** {@code mem_cgroup_cancel_charge_swapin()}: it has not. */
  void cancelChargeSwapin(Mm mm) {
    if (mm.memcg != null) {
      mm.memcg.usage--;
    }
  }

  /** {@code __mem_cgroup_uncharge_common()}. */
  void uncharge(int page, Uncharge type) {
    if (!enabled || frames.has(page, PageFlag.SWAPCACHE) || !pages.used(page)) {
      return;
    }
    boolean keep = switch (type) {
      case MAPPED, DROP -> frames.mapped(page) || pages.migration(page);
      case SWAPOUT -> frames.anon(page) ? frames.mapped(page)
          : frames.mapping(page) != 0 && frames.has(page, PageFlag.SWAPBACKED);
      default -> false;
    };
    if (!keep) {
      groups.get(pages.group(page) - 1).usage--;
      pages.uncharge(page);
    }
  }

  /** {@code mem_cgroup_uncharge_page()}: an anonymous page that nobody maps any longer. */
  void unchargePage(int page) {
    if (enabled && !frames.mapped(page) && (frames.mapping(page) == 0 || frames.anon(page))) {
      uncharge(page, Uncharge.MAPPED);
    }
  }

  /**
   * {@code mem_cgroup_prepare_migration()}: charges the new page to the old one's group, too.
   *
   * @param group {@link #groupOf} the old page
   * @return 0, or -ENOMEM where the group has no room for another page
   */
  int prepareMigration(MemCgroup group, int page, int newpage) {
    if (frames.anon(page)) {
      pages.migration(page, true);
    }
    int error = tryCharge(group, false);
    if (error == 0) {
      commitCharge(group, newpage);
    } else if (frames.anon(page)) {
      pages.migration(page, false);
      unchargePage(page);
    }
    return error;
  }

  /** {@code mem_cgroup_end_migration()}: the page that is not used gives its charge back. */
  void endMigration(MemCgroup group, int oldpage, int newpage) {
    boolean moved = frames.mapping(oldpage) == 0;
    pages.migration(oldpage, false);
    uncharge(moved ? oldpage : newpage, Uncharge.FORCE);
    int used = moved ? newpage : oldpage;
    if (frames.anon(used)) {
      unchargePage(used);
    }
  }
}
