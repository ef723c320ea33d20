package io.github.pageferry.it.cli;

import io.github.pageferry.Capabilities;
import io.github.pageferry.Capabilities.Support;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.SystemCall;
import io.github.pageferry.Topology;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Another process's memory as if it were the caller's own, so that a {@link io.github.pageferry.BufferPinner} can work
 * on it: move_pages(2) and migrate_pages(2) take a pid; policies do not, and are refused.
 */
final class ProcessMigrator implements MemoryMigrator {

  private static final Support OWN_ONLY = new Support(false, "works on the memory of the calling process alone");
  private static final Set<SystemCall> FOR_ALL =
      EnumSet.of(SystemCall.MOVE_PAGES, SystemCall.MIGRATE_PAGES, SystemCall.GETCPU);

  private final MemoryMigrator migrator;
  private final int pid;

  /**
   * @param migrator stays the caller's to close
   * @param pid stands in for {@link MemoryMigrator#SELF}
   */
  ProcessMigrator(MemoryMigrator migrator, int pid) {
    this.migrator = migrator;
    this.pid = pid;
  }

  @Override
  public String description() {
    return migrator.description();
  }

  @Override
  public Topology topology() {
    return migrator.topology();
  }

  @Override
  public Capabilities capabilities() {
    Map<SystemCall, Support> calls = new EnumMap<>(migrator.capabilities().calls());
    calls.replaceAll((call, support) -> FOR_ALL.contains(call) ? support : OWN_ONLY);
    return new Capabilities(calls);
  }

  @Override
  public long movePages(int ignored, PageBatch batch, Set<MoveFlag> flags) {
    return migrator.movePages(pid, batch, flags);
  }

  @Override
  public void queryPages(int ignored, PageBatch batch) {
    migrator.queryPages(pid, batch);
  }

  @Override
  public long migratePages(int ignored, NodeSet from, NodeSet to) {
    return migrator.migratePages(pid, from, to);
  }

  @Override
  public void bind(long address, long length, MemoryPolicy policy, Set<MoveFlag> flags) {
    throw ownOnly();
  }

  @Override
  public void setPolicy(MemoryPolicy policy) {
    throw ownOnly();
  }

  @Override
  public MemoryPolicy getPolicy() {
    throw ownOnly();
  }

  @Override
  public MemoryPolicy getPolicyAt(long address) {
    throw ownOnly();
  }

  @Override
  public int nodeAt(long address) {
    throw ownOnly();
  }

  @Override
  public int nextInterleaveNode() {
    throw ownOnly();
  }

  @Override
  public NodeSet allowedNodes() {
    throw ownOnly();
  }

  @Override
  public void setHomeNode(long address, long length, int node) {
    throw ownOnly();
  }

  @Override
  public CurrentCpu currentNode() {
    return migrator.currentNode();
  }

  /** Does nothing: the migrator is not this one's to close. */
  @Override
  public void close() {}

  private static UnsupportedOperationException ownOnly() {
    return new UnsupportedOperationException(OWN_ONLY.reason());
  }
}
