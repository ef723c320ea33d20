package io.github.pageferry.sim.mm;

/** An array of 32-bit words in a process's memory, as a system call is given it. */
public interface UserInts {

  /** How many elements from the first can be read and written; the next one faults. */
  long accessible();

  /** Element {@code i}. */
  int get(long i);

  /** Writes element {@code i}. */
  void put(long i, int value);

  /** An array behind a bad pointer. */
  static UserInts inaccessible() {
    return of(new int[0]);
  }

  /** An array in Java, which is written to. */
  static UserInts of(int... elements) {
    return new UserInts() {
      @Override
      public long accessible() {
        return elements.length;
      }

      @Override
      public int get(long i) {
        return elements[(int) i];
      }

      @Override
      public void put(long i, int value) {
        elements[(int) i] = value;
      }
    };
  }
}
