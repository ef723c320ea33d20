package io.github.pageferry.linux;

import com.sun.jna.Native;
import io.github.pageferry.SystemCall;

/** The calls made for real, through libc's {@code syscall}: so that neither libnuma nor a new libc is needed. */
final class KernelSystemCalls implements SystemCalls {

  private final int movePages;
  private final int migratePages;
  private final int mbind;
  private final int setMempolicy;
  private final int getMempolicy;
  private final int setMempolicyHomeNode;
  private final int getcpu;

  KernelSystemCalls(Architecture architecture) {
    movePages = architecture.number(SystemCall.MOVE_PAGES);
    migratePages = architecture.number(SystemCall.MIGRATE_PAGES);
    mbind = architecture.number(SystemCall.MBIND);
    setMempolicy = architecture.number(SystemCall.SET_MEMPOLICY);
    getMempolicy = architecture.number(SystemCall.GET_MEMPOLICY);
    setMempolicyHomeNode = architecture.number(SystemCall.SET_MEMPOLICY_HOME_NODE);
    getcpu = architecture.number(SystemCall.GETCPU);
  }

  @Override
  public long movePages(int pid, long count, long pages, long nodes, long status, int flags) {
    return result(LibC.syscall(movePages, pid, count, pages, nodes, status, flags));
  }

  @Override
  public long migratePages(int pid, long maxnode, long oldNodes, long newNodes) {
    return result(LibC.syscall(migratePages, pid, maxnode, oldNodes, newNodes, 0, 0));
  }

  @Override
  public long mbind(long address, long length, int mode, long nodemask, long maxnode, int flags) {
    return result(LibC.syscall(mbind, address, length, mode, nodemask, maxnode, flags));
  }

  @Override
  public long setMempolicy(int mode, long nodemask, long maxnode) {
    return result(LibC.syscall(setMempolicy, mode, nodemask, maxnode, 0, 0, 0));
  }

  @Override
  public long getMempolicy(long mode, long nodemask, long maxnode, long address, int flags) {
    return result(LibC.syscall(getMempolicy, mode, nodemask, maxnode, address, flags, 0));
  }

  @Override
  public long setMempolicyHomeNode(long start, long length, long homeNode, long flags) {
    return result(LibC.syscall(setMempolicyHomeNode, start, length, homeNode, flags, 0, 0));
  }

  @Override
  public long getcpu(long cpu, long node) {
    return result(LibC.syscall(getcpu, cpu, node, 0, 0, 0, 0));
  }

  /**
   * What {@code syscall} returned, with errno in place of −1. JNA's stub saves errno for the thread before it returns
   * to the JVM, so neither the JVM's own calls nor other threads can change it in between.
   */
  private static long result(long returned) {
    return returned == -1 ? -Native.getLastError() : returned;
  }
}
