package io.github.pageferry.sim.kernel;

/**
 * The one place that asks which release it is: it chooses, function by function, the class that does it as that release
 * does.
 */
final class KernelFactory {

  private final Kernel k;

  KernelFactory(Kernel k) {
    this.k = k;
  }

  Migrate migrate() {
    return new Migrate(k);
  }

  MovePages movePages() {
    return new MovePages(k);
  }

  Mempolicy mempolicy() {
    return new Mempolicy(k);
  }

  Mbind mbind() {
    return new Mbind(k);
  }
}
