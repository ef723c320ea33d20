package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/** {@code struct anon_vma_chain}: one VMA's link to one anon_vma. */
public final class AnonVmaChain {

  private final Vma vma;
  private final AnonVma anonVma;
  @Nullable AnonVmaChain nextSameAnonVma;
  @Nullable AnonVmaChain prevSameAnonVma;

  private AnonVmaChain(Vma vma, AnonVma anonVma) {
    this.vma = vma;
    this.anonVma = anonVma;
  }

  /** {@code anon_vma_chain_link()}. */
  public static void link(Vma vma, AnonVma anonVma) {
    AnonVmaChain link = new AnonVmaChain(vma, anonVma);
    vma.anonVmaChain.add(link);
    anonVma.addLast(link);
  }

  /** Takes the link off its anon_vma's list; the VMA's list is the caller's. */
  public void unlink() {
    anonVma.remove(this);
  }

  public Vma vma() {
    return vma;
  }

  public AnonVma anonVma() {
    return anonVma;
  }

  /** The next VMA of the same anon_vma. */
  public @Nullable AnonVmaChain next() {
    return nextSameAnonVma;
  }
}
