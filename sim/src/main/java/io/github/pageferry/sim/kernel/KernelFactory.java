package io.github.pageferry.sim.kernel;

/**
 * The one place that asks which release it is: it chooses, function by function, the class that does it as that release
 * does.
 */
final class KernelFactory {

  private final Kernel k;
  private final Release release;

  KernelFactory(Kernel k) {
    this.k = k;
    release = k.profile.release();
  }

  Swap swap(int cpus) {
    return release.has("3.11") ? new SwapOnePagevec(k, cpus) : new Swap(k, cpus);
  }

  Rmap rmap() {
    return release.has("5.19") ? new RmapExclusive(k) : new Rmap(k);
  }

  Memory memory() {
    return release.has("5.19") ? new MemoryExclusive(k) : new Memory(k);
  }

  MemoryFaults memoryFaults() {
    if (release.has("5.19")) {
      return new FaultsExclusive(k);
    }
    if (release.has("5.9")) {
      return new FaultsByCount(k);
    }
    return release.has("3.15") ? new FaultsAround(k) : new MemoryFaults(k);
  }

  Mlock mlock() {
    return release.has("2.6.38") ? new MlockPopulating(k) : new Mlock(k);
  }

  Mprotect mprotect() {
    return release.has("4.2") ? new MprotectPopulating(k) : new Mprotect(k);
  }

  Cpuset cpuset() {
    return k.profile.cpusetMigrates() ? new CpusetMigrating(k) : new Cpuset(k);
  }

  Mempolicy mempolicy() {
    if (release.has("6.7")) {
      return new MempolicyByIndex(k);
    }
    return release.has("5.14") ? new MempolicyOneMask(k) : new Mempolicy(k);
  }

  Mbind mbind() {
    if (release.has("6.7")) {
      return new MbindByFolio(k);
    }
    return release.has("5.5") ? new MbindQueueing(k) : new Mbind(k);
  }

  Migrate migrate() {
    if (release.has("5.19")) {
      return new MigrateExclusive(k);
    }
    return release.has("4.6") ? new MigrateFreeingAtOnce(k) : new Migrate(k);
  }

  MovePages movePages() {
    if (release.has("6.12")) {
      return new MovePagesByFolioWalk(k);
    }
    return release.has("4.17") ? new MovePagesByEntry(k) : new MovePages(k);
  }
}
