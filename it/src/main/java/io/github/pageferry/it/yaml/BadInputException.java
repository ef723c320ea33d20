package io.github.pageferry.it.yaml;

import java.util.List;
import java.util.stream.Collectors;

/** An input file cannot be used. The message has a line for each {@link Problem} found. */
public final class BadInputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public BadInputException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public BadInputException(String file, String message) {
    this(List.of(new Problem(file, 0, "", message)));
  }

  /** What is wrong, in the order of the file; at least one. */
  public List<Problem> problems() {
    return problems;
  }
}
