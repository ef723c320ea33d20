package io.github.pageferry.it.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A cgroup for single threads, which can be confined to memory nodes.
 *
 * <p>The thread joins it while the group still has all of its parent's nodes, and these are taken away afterwards: a
 * change of {@code mems} reaches the policies of the process's mappings ({@code cpuset_change_task_nodemask},
 * {@code mpol_rebind_mm}), the arrival of a thread that does not lead its process would not.
 */
final class CpusetGroup implements AutoCloseable {

  /** Ten seconds: a group is busy for a moment after its last process has ended. */
  private static final int ATTEMPTS = 1_000;

  private static final int MILLIS = 10;

  private static final String CONTROL = "cgroup.subtree_control";

  private final Path parent;
  private final Path directory;
  private final boolean unified;
  /** What the names of the files begin with; nothing where the hierarchy is an old cpuset file system. */
  private final String prefix;
  /** Groups that the controller was not enabled below, the lowest first. */
  private final Deque<Path> enabled = new ArrayDeque<>();

  CpusetGroup(CgroupMount mount, String name) {
    parent = mount.ownGroup();
    directory = parent.resolve(name);
    unified = mount.unified();
    prefix = unified || Files.exists(parent.resolve("cpuset.mems")) ? "cpuset." : "";
    must("make the cgroup " + directory, Libc.result(Libc.mkdir(directory.toString(), 0755)));
    try {
      if (unified) {
        prepareUnified(mount.mountPoint());
      } else {
        inherit("cpus");
        inherit("mems");
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Makes the group a threaded one first: its parent has processes, and could not enable a controller otherwise. */
  private void prepareUnified(Path top) {
    write("make the cgroup a threaded one", directory.resolve("cgroup.type"), "threaded");
    Path group = top;
    enableBelow(group);
    for (Path name : top.relativize(parent)) {
      if (!name.toString().isEmpty()) {
        group = group.resolve(name);
        enableBelow(group);
      }
    }
  }

  private void enableBelow(Path group) {
    Path control = group.resolve(CONTROL);
    if (!Cpusets.words(control).contains("cpuset")) {
      write("enable cpusets", control, "+cpuset");
      enabled.push(group);
    }
  }

  private void inherit(String file) {
    Path from = parent.resolve(prefix + file);
    String value = KernelFile.read(from).orElseThrow(() -> new IllegalStateException("cannot read " + from));
    write("set " + file, directory.resolve(prefix + file), value);
  }

  /** Takes the calling thread in. */
  void join() {
    write("join the cgroup " + directory, threadsOf(directory), callingThread());
  }

  /** Takes in the thread that leads this process. */
  void joinLeader() {
    write("join the cgroup " + directory, threadsOf(directory), Long.toString(ProcessHandle.current().pid()));
  }

  private static String callingThread() {
    return Long.toString(Libc.must("gettid", Libc.syscall(CallNumbers.here().gettid(), 0, 0, 0)));
  }

  private Path threadsOf(Path group) {
    return group.resolve(unified ? "cgroup.threads" : "tasks");
  }

  /** Lets the group have these nodes alone. Returns 0 or an errno negated. */
  long confine(String nodes) {
    return KernelFile.write(directory.resolve(prefix + "mems"), nodes);
  }

  private static void write(String what, Path file, String text) {
    must(what + " (" + file + ")", KernelFile.write(file, text));
  }

  private static void must(String what, long result) {
    if (result < 0) {
      throw new IllegalStateException("cannot " + what + ": " + Errnos.name(result));
    }
  }

  /**
   * Sends all threads back to the parent and removes the group.
   *
   * @throws IllegalStateException where it cannot be removed
   */
  @Override
  public void close() {
    long removed = Errnos.EBUSY;
    for (int i = 0; i < ATTEMPTS && removed == Errnos.EBUSY; i++) {
      for (String thread : Cpusets.words(threadsOf(directory))) {
        if (!thread.isEmpty()) {
          KernelFile.write(threadsOf(parent), thread);
        }
      }
      removed = Libc.result(Libc.rmdir(directory.toString()));
      if (removed == Errnos.EBUSY) {
        Pause.millis(MILLIS);
      }
    }
    must("remove the cgroup " + directory, removed);
    if (Cpusets.groupsIn(parent).isEmpty()) {
      enabled.forEach(group -> KernelFile.write(group.resolve(CONTROL), "-cpuset"));
    }
  }
}
