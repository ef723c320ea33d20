package io.github.pageferry.it.host;

import io.github.pageferry.Errno;

/** Errnos negated, as {@link Libc#result} gives them. */
final class Errnos {

  static final long EPERM = -Errno.EPERM.number();
  static final long ENOENT = -Errno.ENOENT.number();
  static final long EINTR = -Errno.EINTR.number();
  static final long ENOMEM = -Errno.ENOMEM.number();
  static final long EFAULT = -Errno.EFAULT.number();
  static final long EEXIST = -Errno.EEXIST.number();
  static final long EBUSY = -Errno.EBUSY.number();
  static final long ENOSPC = -Errno.ENOSPC.number();
  static final long ETIMEDOUT = -Errno.ETIMEDOUT.number();

  private Errnos() {}

  /** The name of an errno negated, for messages. */
  static String name(long negated) {
    return Errno.find((int) -negated).map(Errno::name).orElse("errno " + -negated);
  }
}
