package io.github.pageferry.sim.mm;

/** An array of 64-bit words in a process's memory, as a system call is given it. */
public interface UserLongs {

  /** How many elements from the first can be read; the next one faults. */
  long accessible();

  /** Element {@code i}. */
  long get(long i);

  /** An array behind a bad pointer. */
  static UserLongs inaccessible() {
    return of(new long[0]);
  }

  /** An array in Java. */
  static UserLongs of(long... elements) {
    return new UserLongs() {
      @Override
      public long accessible() {
        return elements.length;
      }

      @Override
      public long get(long i) {
        return elements[(int) i];
      }
    };
  }
}
