package io.github.pageferry.linux;

import io.github.pageferry.SystemCall;
import java.util.Optional;

/**
 * System call numbers, one line an architecture, from the tables of the Linux source (v6.1, unchanged since each call's
 * first release): {@code arch/x86/entry/syscalls/syscall_64.tbl}, {@code include/uapi/asm-generic/unistd.h},
 * {@code arch/powerpc/kernel/syscalls/syscall.tbl}, {@code arch/s390/kernel/syscalls/syscall.tbl}.
 */
enum Architecture {
  //              move migrate mbind set  get  home getcpu
  X86_64("amd64", 279, 256, 237, 238, 239, 450, 309),
  /** Takes the numbers of asm-generic. */
  AARCH64("aarch64", 239, 238, 235, 237, 236, 450, 168),
  /** Takes the numbers of asm-generic. */
  RISCV64("riscv64", 239, 238, 235, 237, 236, 450, 168),
  PPC64LE("ppc64le", 301, 258, 259, 261, 260, 450, 302),
  S390X("s390x", 310, 287, 268, 270, 269, 450, 311);

  private final String javaName;
  private final int movePages;
  private final int migratePages;
  private final int mbind;
  private final int setMempolicy;
  private final int getMempolicy;
  private final int setMempolicyHomeNode;
  private final int getcpu;

  Architecture(
      String javaName,
      int movePages,
      int migratePages,
      int mbind,
      int setMempolicy,
      int getMempolicy,
      int setMempolicyHomeNode,
      int getcpu) {
    this.javaName = javaName;
    this.movePages = movePages;
    this.migratePages = migratePages;
    this.mbind = mbind;
    this.setMempolicy = setMempolicy;
    this.getMempolicy = getMempolicy;
    this.setMempolicyHomeNode = setMempolicyHomeNode;
    this.getcpu = getcpu;
  }

  /** The architecture that the property {@code os.arch} names, or empty where its numbers are not known here. */
  static Optional<Architecture> named(String osArch) {
    for (Architecture architecture : values()) {
      if (architecture.javaName.equals(osArch)) {
        return Optional.of(architecture);
      }
    }
    return "x86_64".equals(osArch) ? Optional.of(X86_64) : Optional.empty();
  }

  /** The call's number, {@code __NR_*} in {@code asm/unistd.h}. */
  int number(SystemCall call) {
    return switch (call) {
      case MOVE_PAGES -> movePages;
      case MIGRATE_PAGES -> migratePages;
      case MBIND -> mbind;
      case SET_MEMPOLICY -> setMempolicy;
      case GET_MEMPOLICY -> getMempolicy;
      case SET_MEMPOLICY_HOME_NODE -> setMempolicyHomeNode;
      case GETCPU -> getcpu;
    };
  }
}
