package io.github.pageferry.sim.kernel;

/**
 * Beside the profiles the one place that asks which release it is: it chooses, function by function, the class that does it as
 * that release does.
 */
class KernelFactory {

  private final Kernel k;
  private final Release release;

  KernelFactory(Kernel k) {
    this.k = k;
    release = k.profile.release();
  }

  Swap swap(int cpus) {
    return release.has("3.11") ? new SwapOnePagevec(k, cpus) : new Swap(k, cpus);
  }

  Vmscan vmscan() {
    return release.has("2.6.28") ? new Vmscan(k) : new VmscanOneKindOfList(k);
  }

  Memcontrol memcontrol() {
    return release.has("3.17") ? new MemcontrolTransferring(k) : new Memcontrol(k);
  }

  Ext4 ext4() {
    return release.has("2.6.19") ? new Ext4(k) : new Ext3(k);
  }

  Shmem shmem() {
    return release.has("2.6.30") ? new Shmem(k) : new ShmemWrittenLater(k);
  }

  Msync msync() {
    return release.has("2.6.19") ? new Msync(k) : new MsyncOfPageTables(k);
  }

  Rmap rmap() {
    if (!release.has("2.6.34")) {
      return new RmapWithoutChains(k);
    }
    if (release.has("6.10")) {
      return new RmapPartlyMapped(k);
    }
    return release.has("5.19") ? new RmapExclusive(k) : new Rmap(k);
  }

  Memory memory() {
    if (!release.has("2.6.26")) {
      return new MemoryWithoutFrames(k);
    }
    return release.has("5.19") ? new MemoryExclusive(k) : new Memory(k);
  }

  MemoryFaults memoryFaults() {
    if (release.has("5.19")) {
      return new FaultsExclusive(k);
    }
    if (release.has("5.9")) {
      return new FaultsByCount(k);
    }
    if (release.has("3.15")) {
      return new FaultsAround(k);
    }
    return release.has("2.6.19") ? new MemoryFaults(k) : new FaultsUntracked(k);
  }

  Mlock mlock() {
    if (release.has("4.15")) {
      return new MlockUndrained(k);
    }
    if (release.has("2.6.38")) {
      return new MlockPopulating(k);
    }
    return release.has("2.6.28") ? new Mlock(k) : new MlockWithoutLists(k);
  }

  Mprotect mprotect() {
    return release.has("4.2") ? new MprotectPopulating(k) : new Mprotect(k);
  }

  Cpuset cpuset() {
    if (!release.has("2.6.24")) {
      return new CpusetOnline(k);
    }
    return k.profile.cpusetMigrates() ? new CpusetMigrating(k) : new Cpuset(k);
  }

  Mempolicy mempolicy() {
    if (release.has("6.7")) {
      return new MempolicyByIndex(k);
    }
    if (release.has("5.14")) {
      return new MempolicyOneMask(k);
    }
    if (release.has("4.13")) {
      return new MempolicyAfterLast(k);
    }
    return release.has("2.6.26") ? new Mempolicy(k) : new MempolicyByZonelist(k);
  }

  Mbind mbind() {
    if (release.has("6.7")) {
      return new MbindByFolio(k);
    }
    if (release.has("5.5")) {
      return new MbindQueueing(k);
    }
    return release.has("2.6.34") ? new Mbind(k) : new MbindWithoutMerging(k);
  }

  Migrate migrate() {
    if (release.has("6.1")) {
      return new MigrateInBatches(k);
    }
    if (release.has("5.19")) {
      return new MigrateExclusive(k);
    }
    if (release.has("4.8")) {
      return new MigrateFreeingAtOnce(k);
    }
    return release.has("2.6.28") ? new Migrate(k) : new MigrateDirtyingAll(k);
  }

  MovePages movePages() {
    if (release.has("6.12")) {
      return new MovePagesByFolioWalk(k);
    }
    if (release.has("4.17")) {
      return new MovePagesByEntry(k);
    }
    return release.has("2.6.29") ? new MovePages(k) : new MovePagesInOneTable(k);
  }
}
