package io.github.pageferry.it.cli;

/** How a command comes to its end when a signal wants it. */
interface Ending {

  /** Whether a signal wants the end. */
  boolean requested();

  /** From now on the command ends by itself, soon after {@link #requested} says so, and cleans up before. */
  void beOrderly();
}
