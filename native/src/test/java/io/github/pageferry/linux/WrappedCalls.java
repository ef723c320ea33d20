package io.github.pageferry.linux;

/** Hands every call on; for tests that change one. */
class WrappedCalls implements SystemCalls {

  private final SystemCalls calls;

  WrappedCalls(SystemCalls calls) {
    this.calls = calls;
  }

  @Override
  public long movePages(int pid, long count, long pages, long nodes, long status, int flags) {
    return calls.movePages(pid, count, pages, nodes, status, flags);
  }

  @Override
  public long migratePages(int pid, long maxnode, long oldNodes, long newNodes) {
    return calls.migratePages(pid, maxnode, oldNodes, newNodes);
  }

  @Override
  public long mbind(long address, long length, int mode, long nodemask, long maxnode, int flags) {
    return calls.mbind(address, length, mode, nodemask, maxnode, flags);
  }

  @Override
  public long setMempolicy(int mode, long nodemask, long maxnode) {
    return calls.setMempolicy(mode, nodemask, maxnode);
  }

  @Override
  public long getMempolicy(long mode, long nodemask, long maxnode, long address, int flags) {
    return calls.getMempolicy(mode, nodemask, maxnode, address, flags);
  }

  @Override
  public long setMempolicyHomeNode(long start, long length, long homeNode, long flags) {
    return calls.setMempolicyHomeNode(start, length, homeNode, flags);
  }

  @Override
  public long getcpu(long cpu, long node) {
    return calls.getcpu(cpu, node);
  }
}
