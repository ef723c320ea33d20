package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/** {@code struct vm_operations_struct}: what a kind of mapping does by itself. */
public interface VmOperations {

  /** {@code VM_FAULT_OOM}. */
  int FAULT_OOM = 0x1;
  /** {@code VM_FAULT_SIGBUS}. */
  int FAULT_SIGBUS = 0x2;
  /** {@code VM_FAULT_WRITE}: copy-on-write was broken. */
  int FAULT_WRITE = 0x8;
  /** {@code VM_FAULT_NOPAGE}: the entry is installed already. */
  int FAULT_NOPAGE = 0x100;
  /** {@code VM_FAULT_LOCKED}: the page is returned locked. */
  int FAULT_LOCKED = 0x200;
  /** {@code VM_FAULT_ERROR}. */
  int FAULT_ERROR = FAULT_OOM | FAULT_SIGBUS;

  /** {@code struct vm_fault}: what is wanted and what came of it. */
  final class Fault {
    /** {@code pgoff}: the offset in the file, in pages. */
    public final long pgoff;
    /** Whether the access writes. */
    public final boolean write;
    /** {@code page}: the page found, with a reference; 0 while there is none. */
    public int page;

    public Fault(long pgoff, boolean write) {
      this.pgoff = pgoff;
      this.write = write;
    }
  }

  /** {@code fault}: finds the page; returns bits of {@code FAULT_*}. */
  int fault(Vma vma, Fault fault);

  /** Whether {@link #pageMkwrite} is there. */
  default boolean hasPageMkwrite() {
    return false;
  }

  /** {@code page_mkwrite}: a page of a shared mapping is about to become writable; returns bits of {@code FAULT_*}. */
  default int pageMkwrite(Vma vma, Fault fault) {
    throw new KernelBug("no page_mkwrite");
  }

  /** Whether the mapping keeps policies of its own: {@code set_policy} and {@code get_policy}. */
  default boolean hasPolicy() {
    return false;
  }

  /** {@code set_policy}: of the VMA's whole range; 0 or an errno negated. */
  default int setPolicy(Vma vma, @Nullable Policy policy) {
    throw new KernelBug("no set_policy");
  }

  /** {@code get_policy}: null for the default. */
  default @Nullable Policy getPolicy(Vma vma, long address) {
    throw new KernelBug("no get_policy");
  }

  /** Whether {@link #migrate} is there. */
  default boolean hasMigrate() {
    return false;
  }

  /**
   * {@code migrate}: of mappings without pages, whose memory the driver moves by itself.
   *
   * @param flags {@code MPOL_MF_MOVE} or {@code MPOL_MF_MOVE_ALL}
   * @return 0 or an errno negated
   */
  default int migrate(Vma vma, NodeMask to, NodeMask from, int flags) {
    throw new KernelBug("no migrate");
  }
}
