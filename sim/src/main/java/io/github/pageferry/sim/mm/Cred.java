package io.github.pageferry.sim.mm;

/**
 * {@code struct cred}: whose rights a task has.
 *
 * @param uid real user
 * @param euid effective user
 * @param suid saved user
 * @param sysNice {@code CAP_SYS_NICE}
 * @param sysPtrace {@code CAP_SYS_PTRACE}
 */
public record Cred(int uid, int euid, int suid, boolean sysNice, boolean sysPtrace) {

  /** Root with all capabilities. */
  public static final Cred ROOT = new Cred(0, 0, 0, true, true);

  /** A user without capabilities. */
  public static Cred user(int uid) {
    return new Cred(uid, uid, uid, false, false);
  }
}
