package io.github.pageferry.it.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Children of this process that share its memory copy-on-write and sleep.
 *
 * <p>A child is made with clone(2), libc's own {@code pause} being its function: it never runs Java, and where a signal
 * ends the pause it exits. It shares the table of open files, so that what is closed here is closed. It is traced
 * ({@code PTRACE_O_EXITKILL}), so that it ends with the thread that made it, however that one ends.
 */
final class Children implements AutoCloseable {

  private static final int STACK = 64 * 1024;
  /** About a second of looking, which gives way to the child each time. */
  private static final int LOOKS = 100_000;

  private final long pause = Libc.addressOf("pause");
  private final Map<String, Integer> pids = new LinkedHashMap<>();
  private long stack;

  /** Makes a child and waits until it sleeps. Returns 0 or an errno negated. */
  long fork(String name) {
    if (pids.containsKey(name)) {
      throw new IllegalArgumentException("there is a process " + name + " already");
    }
    if (stack == 0) {
      // each child writes to its own copy
      stack = Libc.must("mmap of a stack", Libc.mmap(
          0, STACK, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0));
    }
    long pid = Libc.result(Libc.clone(pause, stack + STACK, Libc.SIGCHLD | Libc.CLONE_FILES, 0));
    if (pid < 0) {
      return pid;
    }
    pids.put(name, (int) pid);
    // refused where something else traces it already (strace -f): it then ends by close() alone
    Libc.ptrace(Libc.PTRACE_SEIZE, (int) pid, 0, Libc.PTRACE_O_EXITKILL);
    awaitSleep((int) pid);
    return 0;
  }

  /** A child that has not yet reached its pause could still write to the pages that it shares. */
  private static void awaitSleep(int pid) {
    Path stat = Path.of("/proc/" + pid + "/stat");
    for (int i = 0; i < LOOKS; i++) {
      String text = KernelFile.read(stat)
          .orElseThrow(() -> new IllegalStateException("child " + pid + " has vanished"));
      char state = text.charAt(text.lastIndexOf(')') + 2);
      if (state == 'S' || state == 't' || state == 'T') {
        return;
      }
      if (state == 'Z' || state == 'X') {
        throw new IllegalStateException("child " + pid + " has ended by itself");
      }
      Thread.yield();
    }
    throw new IllegalStateException("child " + pid + " does not come to rest");
  }

  /**
   * The pid of the child of this name.
   *
   * @throws IllegalArgumentException where there is none
   */
  int pid(String name) {
    Integer pid = pids.get(name);
    if (pid == null) {
      throw new IllegalArgumentException("there is no process " + name);
    }
    return pid;
  }

  /** Ends a child and reaps it. Returns 0. */
  long exit(String name) {
    int pid = pid(name);
    end(pid);
    pids.remove(name);
    return 0;
  }

  private static void end(int pid) {
    Libc.kill(pid, Libc.SIGKILL);
    ByteBuffer status = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
    boolean stopped;
    do {
      long reaped = Libc.result(Libc.waitpid(pid, Libc.addressOf(status), 0));
      // a traced child may still have a stop to report before its end
      stopped = reaped == Errnos.EINTR || reaped == pid && (status.getInt(0) & 0xff) == 0x7f;
    } while (stopped);
  }

  /** Ends all of them. */
  @Override
  public void close() {
    pids.values().forEach(Children::end);
    pids.clear();
    if (stack != 0) {
      Libc.munmap(stack, STACK);
      stack = 0;
    }
  }
}
