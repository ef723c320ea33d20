package io.github.pageferry;

import java.util.Optional;

/**
 * The error numbers of Linux, as system calls return them (negated) and as a page's status carries them (negated).
 *
 * <p>The numbers are those of {@code asm-generic/errno-base.h} and {@code asm-generic/errno.h}, which x86-64, aarch64,
 * riscv64, ppc64le and s390x share up to number 34 and for every name that memory migration uses.
 */
public enum Errno {
  EPERM(1, "the caller lacks the right (or a seccomp filter refuses the call)"),
  ENOENT(2, "no page there, or no such thing"),
  ESRCH(3, "no such process"),
  EINTR(4, "interrupted by a signal"),
  EIO(5, "input or output failed, or pages break a strict policy"),
  ENXIO(6),
  E2BIG(7, "too much was asked at once"),
  ENOEXEC(8),
  EBADF(9, "not an open file descriptor"),
  ECHILD(10),
  EAGAIN(11, "busy or pinned; may work later"),
  ENOMEM(12, "out of memory, on that node perhaps"),
  EACCES(13, "shared with another process: only MPOL_MF_MOVE_ALL moves it"),
  EFAULT(14, "an address that is not mapped or not accessible"),
  ENOTBLK(15),
  EBUSY(16, "in use by the kernel at the moment"),
  EEXIST(17, "exists already"),
  EXDEV(18),
  ENODEV(19, "no such node with memory"),
  ENOTDIR(20),
  EISDIR(21),
  EINVAL(22, "an argument is not valid"),
  ENFILE(23),
  EMFILE(24),
  ENOTTY(25),
  ETXTBSY(26),
  EFBIG(27),
  ENOSPC(28, "no space left"),
  ESPIPE(29),
  EROFS(30),
  EMLINK(31),
  EPIPE(32),
  EDOM(33),
  ERANGE(34),
  EDEADLK(35),
  ENAMETOOLONG(36),
  ENOLCK(37),
  ENOSYS(38, "the kernel does not have this system call"),
  ENOTEMPTY(39),
  ELOOP(40),
  ENOMSG(42),
  EIDRM(43),
  ECHRNG(44),
  EL2NSYNC(45),
  EL3HLT(46),
  EL3RST(47),
  ELNRNG(48),
  EUNATCH(49),
  ENOCSI(50),
  EL2HLT(51),
  EBADE(52),
  EBADR(53),
  EXFULL(54),
  ENOANO(55),
  EBADRQC(56),
  EBADSLT(57),
  EBFONT(59),
  ENOSTR(60),
  ENODATA(61),
  ETIME(62),
  ENOSR(63),
  ENONET(64),
  ENOPKG(65),
  EREMOTE(66),
  ENOLINK(67),
  EADV(68),
  ESRMNT(69),
  ECOMM(70),
  EPROTO(71),
  EMULTIHOP(72),
  EDOTDOT(73),
  EBADMSG(74),
  EOVERFLOW(75),
  ENOTUNIQ(76),
  EBADFD(77),
  EREMCHG(78),
  ELIBACC(79),
  ELIBBAD(80),
  ELIBSCN(81),
  ELIBMAX(82),
  ELIBEXEC(83),
  EILSEQ(84),
  ERESTART(85),
  ESTRPIPE(86),
  EUSERS(87),
  ENOTSOCK(88),
  EDESTADDRREQ(89),
  EMSGSIZE(90),
  EPROTOTYPE(91),
  ENOPROTOOPT(92),
  EPROTONOSUPPORT(93),
  ESOCKTNOSUPPORT(94),
  EOPNOTSUPP(95, "not supported here"),
  EPFNOSUPPORT(96),
  EAFNOSUPPORT(97),
  EADDRINUSE(98),
  EADDRNOTAVAIL(99),
  ENETDOWN(100),
  ENETUNREACH(101),
  ENETRESET(102),
  ECONNABORTED(103),
  ECONNRESET(104),
  ENOBUFS(105),
  EISCONN(106),
  ENOTCONN(107),
  ESHUTDOWN(108),
  ETOOMANYREFS(109),
  ETIMEDOUT(110, "timed out"),
  ECONNREFUSED(111),
  EHOSTDOWN(112),
  EHOSTUNREACH(113),
  EALREADY(114),
  EINPROGRESS(115),
  ESTALE(116),
  EUCLEAN(117),
  ENOTNAM(118),
  ENAVAIL(119),
  EISNAM(120),
  EREMOTEIO(121),
  EDQUOT(122),
  ENOMEDIUM(123),
  EMEDIUMTYPE(124),
  ECANCELED(125),
  ENOKEY(126),
  EKEYEXPIRED(127),
  EKEYREVOKED(128),
  EKEYREJECTED(129),
  EOWNERDEAD(130),
  ENOTRECOVERABLE(131),
  ERFKILL(132),
  EHWPOISON(133, "the page has a memory error");

  private static final Errno[] BY_NUMBER = new Errno[256];

  static {
    for (Errno errno : values()) {
      BY_NUMBER[errno.number] = errno;
    }
  }

  private final int number;
  private final String meaning;

  Errno(int number) {
    this(number, "see errno(3)");
  }

  Errno(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** The positive number, for example 14 for {@link #EFAULT}. */
  public int number() {
    return number;
  }

  /** What it means for a call or a page of memory migration, in a few words. */
  public String meaning() {
    return meaning;
  }

  /**
   * The error with this number.
   *
   * @param number positive, as in {@code errno}
   * @throws IllegalArgumentException where Linux has no such error
   */
  public static Errno of(int number) {
    return find(number).orElseThrow(() -> new IllegalArgumentException("no errno has the number " + number));
  }

  /** The error with this positive number, or empty where Linux has none. */
  public static Optional<Errno> find(int number) {
    return number > 0 && number < BY_NUMBER.length ? Optional.ofNullable(BY_NUMBER[number]) : Optional.empty();
  }
}
