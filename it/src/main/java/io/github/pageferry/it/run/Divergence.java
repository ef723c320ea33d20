package io.github.pageferry.it.run;

/**
 * One difference between two traces.
 *
 * @param step the number of the step, from 1; 0 where the traces as wholes differ
 * @param text the step as the workload has it, or its word alone where the workload is not known; empty for step 0
 * @param field what differs: {@code returned}, {@code status}, {@code placement}, {@code intact}, {@code step}, {@code nodes}
 * @param where which entries or pages of it, for example {@code entries 0-3 (a[0-3])}; empty where it is one value
 * @param on what the examined backend answered
 * @param against what the other one answered
 */
public record Divergence(int step, String text, String field, String where, String on, String against) {

  /** What differs, for people: the field, and which part of it. */
  public String what() {
    return where.isEmpty() ? field : field + " of " + where;
  }

  /**
   * The whole difference on one line, for people.
   *
   * @param onLabel what the examined side is called
   * @param againstLabel what the other side is called
   */
  public String between(String onLabel, String againstLabel) {
    return what() + ": " + onLabel + " " + on + ", " + againstLabel + " " + against;
  }
}
