package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/**
 * {@code struct anon_vma}: where the reverse map of an anonymous page begins. It leads, through its chain, to every VMA that
 * may map the page; {@code anon_vma_chain} came with 5beb49305251 (2.6.34).
 */
public final class AnonVma {

  private final int id;
  /** {@code root}: the anon_vma of the ancestor that all of a family of forks descends from. */
  public AnonVma root = this;
  /** {@code external_refcount}: users that are no VMA (migration, KSM, and a root's descendants). */
  public int externalRefcount;
  /** {@code lock}, of a root. */
  public final KernelLock lock = new KernelLock("anon_vma->root->lock");
  private @Nullable AnonVmaChain head;
  private @Nullable AnonVmaChain tail;

  AnonVma(int id) {
    this.id = id;
  }

  /** Its number among the machine's anon_vmas, from 1. */
  public int id() {
    return id;
  }

  /** {@code page->mapping} of a page that it leads to. */
  public int handle() {
    return id << 2 | PageFrames.MAPPING_ANON;
  }

  /** The first link, the oldest. */
  public @Nullable AnonVmaChain first() {
    return head;
  }

  public boolean isEmpty() {
    return head == null;
  }

  /** {@code list_add_tail(&avc->same_anon_vma, &anon_vma->head)}. */
  void addLast(AnonVmaChain link) {
    link.prevSameAnonVma = tail;
    if (tail == null) {
      head = link;
    } else {
      tail.nextSameAnonVma = link;
    }
    tail = link;
  }

  /** {@code list_del(&avc->same_anon_vma)}. */
  void remove(AnonVmaChain link) {
    if (link.prevSameAnonVma == null) {
      head = link.nextSameAnonVma;
    } else {
      link.prevSameAnonVma.nextSameAnonVma = link.nextSameAnonVma;
    }
    if (link.nextSameAnonVma == null) {
      tail = link.prevSameAnonVma;
    } else {
      link.nextSameAnonVma.prevSameAnonVma = link.prevSameAnonVma;
    }
  }
}
