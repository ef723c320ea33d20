package io.github.pageferry;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A migrator whose pages and troubles a test sets up: what Linux since 4.17 answers, in as much of it as the code under
 * test can tell apart, or with {@link #classic} what it answered before.
 *
 * <p>As do_pages_move() does it: entries are taken one by one, runs with the same target are moved together, a lookup
 * that fails ends the run and writes that entry's status, and a run of which a page stays ends the call with a positive
 * value and leaves its statuses and all later ones unwritten.
 */
class ScriptedMigrator implements MemoryMigrator {

  static final int PAGE = 4096;
  static final int HUGE = 512;

  /** One line for each call, in order: {@code "move_pages 3 [MOVE]"}. */
  final List<String> calls = new ArrayList<>();
  /** System calls that fail whatever their arguments, as under a seccomp filter. */
  final Map<SystemCall, Errno> refused = new EnumMap<>(SystemCall.class);
  /** Refused ones that {@link #capabilities()} does not know of. */
  final Set<SystemCall> refusedUnforeseen = new HashSet<>();
  /** Pages with how many attempts they are busy for. */
  final Map<Long, Integer> busy = new HashMap<>();
  /** Pages that never move. */
  final Set<Long> pinned = new HashSet<>();
  /** Pages that only {@link MoveFlag#MOVE_ALL} moves. */
  final Set<Long> shared = new HashSet<>();
  /** Nodes that have room for so many pages more. */
  final Map<Integer, Integer> room = new HashMap<>();
  /** The policy of each page that has one. */
  final TreeMap<Long, MemoryPolicy> policies = new TreeMap<>();
  /** Huge pages, by the number of their first base page. */
  final Set<Long> huge = new HashSet<>();
  NodeSet allowed;
  boolean classic;
  /** Says with what the next move_pages fails, null for not at all. */
  Supplier<Errno> failMove = () -> null;
  /** Runs before each call, outside the lock. */
  Runnable beforeCall = () -> {};

  /** Mapped pages with their node, or ABSENT. */
  private final TreeMap<Long, Integer> pages = new TreeMap<>();
  private final Topology topology;
  private boolean closed;

  static final int ABSENT = -1;

  ScriptedMigrator(int... nodesWithMemory) {
    topology = Topologies.of(nodesWithMemory);
    allowed = NodeSet.of(nodesWithMemory);
  }

  /** Maps {@code count} pages from this address on, on this node or ABSENT. */
  synchronized ScriptedMigrator map(long address, int count, int node) {
    for (long page = address / PAGE; page < address / PAGE + count; page++) {
      pages.put(page, node);
    }
    return this;
  }

  /** Maps one huge page. */
  synchronized void mapHuge(long address, int node) {
    map(address, HUGE, node);
    huge.add(address / PAGE);
  }

  synchronized int nodeOf(long address) {
    return pages.get(address / PAGE);
  }

  /** How many mapped pages are on this node. */
  synchronized long countOn(int node) {
    return pages.values().stream().filter(n -> n == node).count();
  }

  synchronized long count(String call) {
    return calls.stream().filter(line -> line.startsWith(call)).count();
  }

  @Override
  public String description() {
    return "scripted";
  }

  @Override
  public Topology topology() {
    requireOpen();
    return topology;
  }

  @Override
  public Capabilities capabilities() {
    requireOpen();
    Map<SystemCall, Capabilities.Support> support = new EnumMap<>(SystemCall.class);
    for (SystemCall call : SystemCall.values()) {
      boolean works = !refused.containsKey(call) || refusedUnforeseen.contains(call);
      support.put(call, new Capabilities.Support(works, works ? "it works" : "a filter refuses " + call.kernelName()));
    }
    return new Capabilities(support);
  }

  @Override
  public long movePages(int pid, PageBatch batch, Set<MoveFlag> flags) {
    enter(SystemCall.MOVE_PAGES, "move_pages " + batch.size() + " " + flags);
    synchronized (this) {
      batch.resetStatuses();
      if (failMove.get() != null) {
        throw new MemoryCallException(SystemCall.MOVE_PAGES, failMove.get(), "scripted");
      }
      boolean all = flags.contains(MoveFlag.MOVE_ALL);
      return classic ? moveClassic(batch, all) : move(batch, all);
    }
  }

  private long move(PageBatch batch, boolean all) {
    Set<Long> run = new LinkedHashSet<>();
    int start = -1;
    for (int i = 0; i < batch.size(); i++) {
      int node = batch.node(i);
      if (!topology.nodesWithMemory().contains(node)) {
        flush(batch, run, start, i);
        throw new MemoryCallException(SystemCall.MOVE_PAGES, Errno.ENODEV, "scripted");
      }
      if (start >= 0 && node != batch.node(start)) {
        long failed = flush(batch, run, start, i);
        if (failed > 0) {
          return failed + batch.size() - i;
        }
        start = -1;
      }
      start = start < 0 ? i : start;
      int status = lookUp(batch.address(i) / PAGE, node, all, run);
      if (status == QUEUED) {
        continue;
      }
      batch.status(i, status);
      long failed = flush(batch, run, start, i);
      if (failed > 0) {
        return failed + batch.size() - i - 1;
      }
      start = -1;
    }
    return start < 0 ? 0 : flush(batch, run, start, batch.size());
  }

  private static final int QUEUED = Integer.MIN_VALUE;

  private int lookUp(long page, int node, boolean all, Set<Long> run) {
    Integer on = pages.get(page);
    if (on == null) {
      return PageStatus.of(Errno.EFAULT);
    }
    if (on == ABSENT) {
      return PageStatus.of(Errno.ENOENT);
    }
    if (on == node) {
      return node;
    }
    if (shared.contains(page) && !all) {
      return PageStatus.of(Errno.EACCES);
    }
    if (isBusy(page) || !run.add(folio(page))) {
      return PageStatus.of(Errno.EBUSY);
    }
    return QUEUED;
  }

  private boolean isBusy(long page) {
    int left = busy.getOrDefault(page, 0);
    if (left > 0) {
      busy.put(page, left - 1);
    }
    return left > 0;
  }

  private long flush(PageBatch batch, Set<Long> run, int start, int end) {
    if (run.isEmpty()) {
      return 0;
    }
    int node = batch.node(start);
    long failed = 0;
    for (long folio : run) {
      failed += moveFolio(folio, node) ? 0 : 1;
    }
    run.clear();
    for (int i = start; i < end && failed == 0; i++) {
      batch.status(i, node);
    }
    return failed;
  }

  private long moveClassic(PageBatch batch, boolean all) {
    for (int i = 0; i < batch.size(); i++) {
      int status = lookUp(batch.address(i) / PAGE, batch.node(i), all, new HashSet<>());
      if (status == QUEUED) {
        boolean moved = moveFolio(folio(batch.address(i) / PAGE), batch.node(i));
        status = moved ? batch.node(i) : PageStatus.of(Errno.EAGAIN);
      }
      batch.status(i, status);
    }
    return 0;
  }

  private long folio(long page) {
    long head = page / HUGE * HUGE;
    return huge.contains(head) ? head : page;
  }

  private boolean moveFolio(long folio, int node) {
    if (pinned.contains(folio)) {
      return false;
    }
    int count = huge.contains(folio) ? HUGE : 1;
    if (room.containsKey(node)) {
      if (room.get(node) < count) {
        throw new MemoryCallException(SystemCall.MOVE_PAGES, Errno.ENOMEM, "scripted");
      }
      room.merge(node, -count, Integer::sum);
    }
    for (long page = folio; page < folio + count; page++) {
      pages.computeIfPresent(page, (key, old) -> node);
    }
    return true;
  }

  @Override
  public void queryPages(int pid, PageBatch batch) {
    enter(SystemCall.MOVE_PAGES, "query " + batch.size());
    synchronized (this) {
      for (int i = 0; i < batch.size(); i++) {
        Integer on = pages.get(batch.address(i) / PAGE);
        batch.status(i, on == null ? PageStatus.of(Errno.EFAULT) : on == ABSENT ? PageStatus.of(Errno.ENOENT) : on);
      }
    }
  }

  @Override
  public long migratePages(int pid, NodeSet from, NodeSet to) {
    enter(SystemCall.MIGRATE_PAGES, "migrate_pages " + from + " " + to);
    return 0;
  }

  @Override
  public void bind(long address, long length, MemoryPolicy policy, Set<MoveFlag> flags) {
    enter(SystemCall.MBIND, "mbind " + address / PAGE + "+" + length / PAGE + " " + policy.mode() + " " + policy.nodes()
        + " " + flags);
    if (address % PAGE != 0) {
      throw new MemoryCallException(SystemCall.MBIND, Errno.EINVAL, "scripted");
    }
    synchronized (this) {
      long end = (address + length + PAGE - 1) / PAGE;
      for (long page = address / PAGE; page < end; page++) {
        if (!pages.containsKey(page)) {
          throw new MemoryCallException(SystemCall.MBIND, Errno.EFAULT, "scripted");
        }
      }
      boolean stayed = false;
      for (long page = address / PAGE; page < end; page++) {
        if (policy.mode() == PolicyMode.DEFAULT) {
          policies.remove(page);
        } else {
          policies.put(page, policy);
          stayed |= !conform(page, policy.nodes(), flags);
        }
      }
      if (stayed && flags.contains(MoveFlag.STRICT)) {
        throw new MemoryCallException(SystemCall.MBIND, Errno.EIO, "scripted");
      }
    }
  }

  private boolean conform(long page, NodeSet nodes, Set<MoveFlag> flags) {
    int on = pages.get(page);
    if (on == ABSENT || nodes.contains(on)) {
      return true;
    }
    boolean all = flags.contains(MoveFlag.MOVE_ALL);
    if (!all && !flags.contains(MoveFlag.MOVE) || shared.contains(page) && !all || isBusy(page)) {
      return false;
    }
    int node = nodes.first();
    int count = huge.contains(folio(page)) ? HUGE : 1;
    // mbind leaves a page where it is when the node is full, and says so to nobody.
    return room.getOrDefault(node, Integer.MAX_VALUE) >= count && moveFolio(folio(page), node);
  }

  @Override
  public void setPolicy(MemoryPolicy policy) {
    enter(SystemCall.SET_MEMPOLICY, "set_mempolicy");
  }

  @Override
  public MemoryPolicy getPolicy() {
    enter(SystemCall.GET_MEMPOLICY, "get_mempolicy");
    return MemoryPolicy.DEFAULT;
  }

  @Override
  public MemoryPolicy getPolicyAt(long address) {
    enter(SystemCall.GET_MEMPOLICY, "get_mempolicy policy at " + address / PAGE);
    synchronized (this) {
      return policies.getOrDefault(address / PAGE, MemoryPolicy.DEFAULT);
    }
  }

  @Override
  public int nodeAt(long address) {
    enter(SystemCall.GET_MEMPOLICY, "get_mempolicy node at " + address / PAGE);
    synchronized (this) {
      Integer on = pages.get(address / PAGE);
      if (on == null) {
        throw new MemoryCallException(SystemCall.GET_MEMPOLICY, Errno.EFAULT, "scripted");
      }
      if (on == ABSENT) {
        pages.put(address / PAGE, topology.nodesWithMemory().first());
      }
      return pages.get(address / PAGE);
    }
  }

  @Override
  public int nextInterleaveNode() {
    enter(SystemCall.GET_MEMPOLICY, "get_mempolicy next");
    throw new MemoryCallException(SystemCall.GET_MEMPOLICY, Errno.EINVAL, "scripted");
  }

  @Override
  public NodeSet allowedNodes() {
    enter(SystemCall.GET_MEMPOLICY, "get_mempolicy allowed");
    return allowed;
  }

  @Override
  public void setHomeNode(long address, long length, int node) {
    enter(SystemCall.SET_MEMPOLICY_HOME_NODE, "set_mempolicy_home_node");
  }

  @Override
  public CurrentCpu currentNode() {
    enter(SystemCall.GETCPU, "getcpu");
    return new CurrentCpu(0, topology.nodesWithMemory().first());
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
  }

  private void enter(SystemCall call, String line) {
    beforeCall.run();
    synchronized (this) {
      requireOpen();
      calls.add(line);
      Errno errno = refused.get(call);
      if (errno != null) {
        throw new MemoryCallException(call, errno, "a filter refuses it");
      }
    }
  }
}
