package io.github.pageferry;

import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link MemoryCallEvent} of each system call of the migrator that it passes it on to. Where no recording wants
 * one it does nothing else.
 */
final class RecordingMigrator implements MemoryMigrator {

  private final MemoryMigrator migrator;

  RecordingMigrator(MemoryMigrator migrator) {
    this.migrator = Objects.requireNonNull(migrator, "migrator");
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
    return migrator.capabilities();
  }

  @Override
  public long movePages(int pid, PageBatch batch, Set<MoveFlag> flags) {
    MemoryCallEvent event = begin(SystemCall.MOVE_PAGES);
    if (event == null) {
      return migrator.movePages(pid, batch, flags);
    }
    event.pid = pid;
    event.pages = batch.size();
    event.argument = String.valueOf(flags);
    return record(event, () -> migrator.movePages(pid, batch, flags));
  }

  @Override
  public void queryPages(int pid, PageBatch batch) {
    MemoryCallEvent event = begin(SystemCall.MOVE_PAGES);
    if (event == null) {
      migrator.queryPages(pid, batch);
      return;
    }
    event.pid = pid;
    event.pages = batch.size();
    event.argument = "query";
    record(event, () -> {
      migrator.queryPages(pid, batch);
      return 0;
    });
  }

  @Override
  public long migratePages(int pid, NodeSet from, NodeSet to) {
    MemoryCallEvent event = begin(SystemCall.MIGRATE_PAGES);
    if (event == null) {
      return migrator.migratePages(pid, from, to);
    }
    event.pid = pid;
    event.argument = from + " to " + to;
    return record(event, () -> migrator.migratePages(pid, from, to));
  }

  @Override
  public void bind(long address, long length, MemoryPolicy policy, Set<MoveFlag> flags) {
    MemoryCallEvent event = begin(SystemCall.MBIND);
    if (event == null) {
      migrator.bind(address, length, policy, flags);
      return;
    }
    event.address = address;
    event.length = length;
    event.argument = policy + " " + flags;
    record(event, () -> {
      migrator.bind(address, length, policy, flags);
      return 0;
    });
  }

  @Override
  public void setPolicy(MemoryPolicy policy) {
    MemoryCallEvent event = begin(SystemCall.SET_MEMPOLICY);
    if (event == null) {
      migrator.setPolicy(policy);
      return;
    }
    event.argument = String.valueOf(policy);
    record(event, () -> {
      migrator.setPolicy(policy);
      return 0;
    });
  }

  @Override
  public MemoryPolicy getPolicy() {
    MemoryCallEvent event = begin(SystemCall.GET_MEMPOLICY);
    if (event == null) {
      return migrator.getPolicy();
    }
    return recordAnswer(event, () -> migrator.getPolicy());
  }

  @Override
  public MemoryPolicy getPolicyAt(long address) {
    MemoryCallEvent event = begin(SystemCall.GET_MEMPOLICY);
    if (event == null) {
      return migrator.getPolicyAt(address);
    }
    event.address = address;
    return recordAnswer(event, () -> migrator.getPolicyAt(address));
  }

  @Override
  public int nodeAt(long address) {
    MemoryCallEvent event = begin(SystemCall.GET_MEMPOLICY);
    if (event == null) {
      return migrator.nodeAt(address);
    }
    event.address = address;
    event.argument = "node at";
    return (int) record(event, () -> migrator.nodeAt(address));
  }

  @Override
  public int nextInterleaveNode() {
    MemoryCallEvent event = begin(SystemCall.GET_MEMPOLICY);
    if (event == null) {
      return migrator.nextInterleaveNode();
    }
    event.argument = "next interleave node";
    return (int) record(event, () -> migrator.nextInterleaveNode());
  }

  @Override
  public NodeSet allowedNodes() {
    MemoryCallEvent event = begin(SystemCall.GET_MEMPOLICY);
    if (event == null) {
      return migrator.allowedNodes();
    }
    return recordAnswer(event, () -> migrator.allowedNodes());
  }

  @Override
  public void setHomeNode(long address, long length, int node) {
    MemoryCallEvent event = begin(SystemCall.SET_MEMPOLICY_HOME_NODE);
    if (event == null) {
      migrator.setHomeNode(address, length, node);
      return;
    }
    event.address = address;
    event.length = length;
    event.argument = "node " + node;
    record(event, () -> {
      migrator.setHomeNode(address, length, node);
      return 0;
    });
  }

  @Override
  public CurrentCpu currentNode() {
    MemoryCallEvent event = begin(SystemCall.GETCPU);
    if (event == null) {
      return migrator.currentNode();
    }
    return recordAnswer(event, () -> migrator.currentNode());
  }

  @Override
  public void close() {
    migrator.close();
  }

  @Override
  public String toString() {
    return migrator.toString();
  }

  /** An event, or null where no recording wants one. */
  private static @Nullable MemoryCallEvent begin(SystemCall call) {
    MemoryCallEvent event = new MemoryCallEvent();
    if (!event.isEnabled()) {
      return null;
    }
    event.call = call.kernelName();
    return event;
  }

  private static long record(MemoryCallEvent event, LongSupplier call) {
    event.begin();
    try {
      event.returned = call.getAsLong();
      return event.returned;
    } catch (RuntimeException | Error e) {
      event.returned = -1;
      event.error = e instanceof MemoryCallException failed ? failed.errno().name() : e.toString();
      throw e;
    } finally {
      event.commit();
    }
  }

  private static <T> T recordAnswer(MemoryCallEvent event, Supplier<T> call) {
    Object[] answer = new Object[1];
    record(event, () -> {
      answer[0] = call.get();
      event.argument = String.valueOf(answer[0]);
      return 0;
    });
    @SuppressWarnings("unchecked")
    T typed = (T) answer[0];
    return typed;
  }
}
