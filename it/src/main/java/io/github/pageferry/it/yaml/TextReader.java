package io.github.pageferry.it.yaml;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Says in which line a control character stands, which YAML does not allow and its parser does not place. */
final class TextReader extends FilterReader {

  private int line = 1;

  TextReader(Reader in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    char[] one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(char[] to, int offset, int length) throws IOException {
    int count = super.read(to, offset, length);
    for (int i = offset; i < offset + count; i++) {
      char c = to[i];
      if (c == '\n') {
        line++;
      } else if (c < ' ' && c != '\t' && c != '\r' || c == 0x7f) {
        throw new ControlCharacterException(line, c);
      }
    }
    return count;
  }

  /** A control character and its place. */
  static final class ControlCharacterException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int line;

    ControlCharacterException(int line, char character) {
      super(String.format("the control character U+%04X has no place in a text file", (int) character));
      this.line = line;
    }

    int line() {
      return line;
    }
  }
}
