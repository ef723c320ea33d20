package io.github.pageferry.it.host;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.NodeSet;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.testbed.Testbed;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.linux.LinuxMigrator;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Runs workloads on this host's kernel, in this JVM.
 *
 * <p>Nothing is left behind: neither after {@link #close} nor after a signal that lets the JVM shut down (SIGINT,
 * SIGTERM, SIGHUP). Children, files and mounts go even where the JVM is killed (SIGKILL); what stays then is an empty
 * cgroup, which the next run removes, and such settings of KSM, huge pages and NUMA balancing as a run that needs them
 * had changed.
 *
 * <p>Directories for files can be given by the system properties {@code pageferry.host.tmpfs}, {@code .ramfs},
 * {@code .ext4} and {@code .vfat}; without them the testbed mounts file systems of its own, which takes CAP_SYS_ADMIN.
 *
 * <p>May be used by several threads. One session is open at a time in a JVM, and the next waits for its end: they would
 * share one address space, where a fork or the migration of all pages reaches what belongs to others. Sessions of other
 * JVMs are waited for where both need KSM or huge pages.
 */
public final class HostTestbed implements Testbed {

  private static final Path NUMA_BALANCING = Path.of("/proc/sys/kernel/numa_balancing");

  private final MemoryMigrator migrator;
  private final FileSystems fileSystems = new FileSystems();
  private final Optional<Cpusets> cpusets;
  private final Requirements requirements;
  private final KernelSettings settings = new KernelSettings();
  private final Set<HostSession> sessions = new LinkedHashSet<>();
  private final Thread shutdownHook = new Thread(this::undoEverything, "pageferry-cleanup");
  private boolean closed;

  private HostTestbed(MemoryMigrator migrator) {
    this.migrator = migrator;
    cpusets = Cpusets.find(migrator);
    requirements = new Requirements(migrator, fileSystems, cpusets);
  }

  /**
   * Opens this host's kernel.
   *
   * @throws IllegalStateException where it cannot be called from this JVM, with the reason and a remedy
   */
  public static HostTestbed open() {
    Libc.load();
    HostTestbed testbed = new HostTestbed(LinuxMigrator.open());
    PageCalls.rehearse(testbed.migrator);
    Runtime.getRuntime().addShutdownHook(testbed.shutdownHook);
    if (testbed.migrator.topology().nodesWithMemory().size() > 1) {
      // it moves pages by itself
      testbed.settings.set(NUMA_BALANCING, "0");
    }
    return testbed;
  }

  /** The kernel's release, as uname(2) has it: {@code 6.1.0-56-amd64}. */
  @Override
  public String kernel() {
    return System.getProperty("os.version");
  }

  @Override
  public String description() {
    NodeSet nodes = migrator.topology().nodesWithMemory();
    return "Linux " + kernel() + " on " + System.getProperty("os.arch") + ", "
        + (nodes.size() == 1 ? "1 node" : nodes.size() + " nodes") + " with memory (" + nodes + ")";
  }

  @Override
  public Map<String, String> facts() {
    return HostFacts.of(migrator);
  }

  @Override
  public OptionalInt nodes() {
    return OptionalInt.of(Math.max(1, Requirements.nodesInARow(migrator.topology().nodesWithMemory())));
  }

  @Override
  public Optional<String> lacks(Workload workload) {
    return requirements.lacks(workload);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException where the workload cannot run here ({@link #lacks} says why), where another session
   *     does not end, or after {@link #close}
   */
  @Override
  public Session open(Workload workload) {
    int cpu = Requirements.cpu().orElseThrow(() -> new IllegalStateException("no CPU of node 0 to run on"));
    HostSession session = start(cpu);
    try {
      session.prepare(Requirements.needs(workload), workload.nodes());
      return session;
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /** A session that is known before it changes anything, so that whatever happens it is closed. */
  private HostSession start(int cpu) {
    RunSlot slot = RunSlot.take(this::isClosed);
    try {
      synchronized (sessions) {
        if (closed) {
          throw new IllegalStateException("the host testbed is closed");
        }
        HostSession session = new HostSession(this, cpu, slot);
        sessions.add(session);
        return session;
      }
    } catch (RuntimeException | Error e) {
      slot.close();
      throw e;
    }
  }

  MemoryMigrator migrator() {
    return migrator;
  }

  FileSystems fileSystems() {
    return fileSystems;
  }

  Cpusets cpusets() {
    return cpusets.orElseThrow(() -> new IllegalStateException("no cpusets here"));
  }

  /** Whether what waits had better stop. */
  boolean isClosed() {
    synchronized (sessions) {
      return closed;
    }
  }

  void closed(HostSession session) {
    synchronized (sessions) {
      sessions.remove(session);
    }
  }

  /** Closes the sessions that are still open, each after its present step, and puts the machine's settings back. */
  @Override
  public void close() {
    undoEverything();
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // the JVM is shutting down: the hook runs, and finds nothing to do
      return;
    }
  }

  private void undoEverything() {
    List<HostSession> open;
    synchronized (sessions) {
      closed = true;
      open = List.copyOf(sessions);
    }
    try (Cleanup cleanup = new Cleanup()) {
      cleanup.add(migrator::close);
      cleanup.add(settings::close);
      cleanup.add(fileSystems::close);
      open.forEach(session -> cleanup.add(session::close));
    }
  }
}
