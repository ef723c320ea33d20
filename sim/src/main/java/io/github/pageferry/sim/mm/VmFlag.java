package io.github.pageferry.sim.mm;

/** The bits of {@code vma->vm_flags} ({@code include/linux/mm.h} of 2.6.36). */
public final class VmFlag {

  public static final long READ = 0x1;
  public static final long WRITE = 0x2;
  public static final long EXEC = 0x4;
  public static final long SHARED = 0x8;
  public static final long MAYREAD = 0x10;
  public static final long MAYWRITE = 0x20;
  public static final long MAYEXEC = 0x40;
  public static final long MAYSHARE = 0x80;
  public static final long GROWSDOWN = 0x100;
  public static final long PFNMAP = 0x400;
  public static final long LOCKED = 0x2000;
  public static final long IO = 0x4000;
  public static final long DONTCOPY = 0x20000;
  public static final long DONTEXPAND = 0x40000;
  public static final long RESERVED = 0x80000;
  public static final long ACCOUNT = 0x100000;
  public static final long NORESERVE = 0x200000;
  public static final long HUGETLB = 0x400000;
  public static final long NONLINEAR = 0x800000;
  public static final long INSERTPAGE = 0x2000000;
  public static final long MIXEDMAP = 0x10000000;
  public static final long HUGEPAGE = 0x20000000;
  public static final long MERGEABLE = 0x80000000L;

  /** {@code VM_SPECIAL}: mappings that are neither merged nor locked. */
  public static final long SPECIAL = IO | DONTEXPAND | RESERVED | PFNMAP;
  /** What mprotect changes. */
  public static final long ACCESS = READ | WRITE | EXEC;

  private VmFlag() {}

  /** {@code is_cow_mapping()}: private, and may become writable. */
  public static boolean isCow(long flags) {
    return (flags & (SHARED | MAYWRITE)) == MAYWRITE;
  }

  /** {@code vm_get_page_prot()}: a private mapping's pages are never writable at first. */
  public static long pageProt(long flags) {
    if ((flags & ACCESS) == 0) {
      return Pte.PAGE_NONE;
    }
    return (flags & (WRITE | SHARED)) == (WRITE | SHARED) ? Pte.PAGE_SHARED : Pte.PAGE_READONLY;
  }
}
