package io.github.pageferry.it.host;

/** What the pages of a shared or file mapping belong to: a file, or anonymous memory that mappings can share. */
final class PageSource {

  /** As {@link #fd}: there is no file. */
  static final int ANONYMOUS = -1;

  /** The open file, or {@link #ANONYMOUS}. */
  final int fd;
  /** What was last written to each page. */
  final long[] patterns;

  PageSource(int fd, int pages) {
    this.fd = fd;
    patterns = new long[pages];
  }

  void close() {
    if (fd != ANONYMOUS) {
      Libc.close(fd);
    }
  }
}
