package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import java.util.List;

/** One kind of invariant. */
interface Checker {

  /**
   * Adds a line for each thing that does not hold.
   *
   * @param census what the structures that lead to pages say, counted
   */
  void check(Kernel kernel, Census census, List<String> violations);
}
