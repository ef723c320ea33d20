package io.github.pageferry;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which calls can be made, as far as the threads of one operation have found, and what there is to say of it. */
final class Access {

  private final Set<String> notes = new LinkedHashSet<>();
  private final Set<SystemCall> used = EnumSet.noneOf(SystemCall.class);
  private volatile @Nullable String moveRefusal;
  private volatile @Nullable String bindRefusal;

  Access(Capabilities capabilities) {
    moveRefusal = refusal(capabilities, SystemCall.MOVE_PAGES);
    bindRefusal = refusal(capabilities, SystemCall.MBIND);
  }

  private static @Nullable String refusal(Capabilities capabilities, SystemCall call) {
    Capabilities.Support support = capabilities.of(call);
    return support.available() ? null : support.reason();
  }

  /**
   * Whether a call that failed so is refused to the process whatever its arguments: a seccomp filter, or no such call.
   */
  static boolean isRefusal(MemoryCallException failure) {
    return failure.errno() == Errno.EPERM || failure.errno() == Errno.ENOSYS;
  }

  boolean canMovePages() {
    return moveRefusal == null;
  }

  boolean canBind() {
    return bindRefusal == null;
  }

  /** Why move_pages may not be called, or null where it may. */
  @Nullable String moveRefusal() {
    return moveRefusal;
  }

  /** Why mbind may not be called, or null where it may. */
  @Nullable String bindRefusal() {
    return bindRefusal;
  }

  void refuseMovePages(MemoryCallException failure) {
    moveRefusal = failure.getMessage();
  }

  void refuseBind(MemoryCallException failure) {
    bindRefusal = failure.getMessage();
  }

  synchronized void note(String note) {
    notes.add(note);
  }

  synchronized Set<String> notes() {
    return new LinkedHashSet<>(notes);
  }

  synchronized void used(SystemCall call) {
    used.add(call);
  }

  synchronized Set<SystemCall> used() {
    return used.isEmpty() ? Set.of() : EnumSet.copyOf(used);
  }
}
