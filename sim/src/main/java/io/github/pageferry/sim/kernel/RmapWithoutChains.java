package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AnonVmaChain;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Vma;

/**
 * The reverse map until 5beb49305251 (2.6.34): one anon_vma for each VMA, shared by all that descend from it through fork. It is
 * kept as a chain of one.
 */
class RmapWithoutChains extends Rmap {

  RmapWithoutChains(Kernel k) {
    super(k);
  }

  /** {@code anon_vma_link()}: a child's VMA joins its parent's anon_vma. */
  @Override
  public void anonVmaFork(Vma vma, Vma parent) {
    vma.anonVma = parent.anonVma;
    if (vma.anonVma != null) {
      AnonVmaChain.link(vma, vma.anonVma);
    }
  }

  /** A page that is a process's alone stays where it is until c44b674323f4 (2.6.34). */
  @Override
  public void pageMoveAnonRmap(int page, Vma vma) {}

  /**
   * {@code page_address_in_vma()}: stops the kernel where the VMA maps another part of the page's file, as {@code mbind(2)} makes
   * happen that moves pages of several VMAs of one file.
   */
  @Override
  long pageAddressInVma(int page, Vma vma) {
    long address = super.pageAddressInVma(page, vma);
    boolean sameFile = !k.frames.anon(page) && vma.mapping() != null && vma.mapping() == k.pageMapping(page);
    KernelBug.on(address == NO_ADDRESS && sameFile, "mm/rmap.c: vma_address() of page {} outside the VMA", page);
    return address;
  }

  /** Pages are not cleaned in the page tables until d08b3851da41 (2.6.19). */
  @Override
  public boolean pageMkclean(int page) {
    return false;
  }
}
