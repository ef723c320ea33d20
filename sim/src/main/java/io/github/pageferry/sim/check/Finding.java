package io.github.pageferry.sim.check;

/**
 * Something wrong that the real kernel has wrong, too.
 *
 * @param defect why
 * @param what is wrong in this machine
 */
public record Finding(KnownDefect defect, String what) {

  @Override
  public String toString() {
    return what + ": " + defect;
  }
}
