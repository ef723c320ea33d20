package io.github.pageferry.it.workload;

import java.util.Locale;

/** What a workload may need beside nodes; without it the workload is skipped. */
public enum Need {
  /** CAP_SYS_NICE and CAP_SYS_ADMIN. */
  ROOT,
  KSM,
  CPUSET,
  EXT4,
  VFAT,
  RAMFS,
  TMPFS,
  SWAP,
  DEVICE,
  HUGETLB,
  THP;

  /** As written in a workload file. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
