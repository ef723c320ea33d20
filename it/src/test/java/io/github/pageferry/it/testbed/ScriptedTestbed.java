package io.github.pageferry.it.testbed;

import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A testbed for tests: each step is answered by a function, and what is called is written down. */
public final class ScriptedTestbed implements Testbed {

  private static final String CLOSED = "close testbed";

  /** What was called, in order. */
  public final List<String> calls = new ArrayList<>();

  /** What its sessions have wrong after every step. */
  public Map<String, String> knownDefects = Map.of();

  private final String kernel;
  private final Function<Workload, Optional<String>> lacks;
  private final Function<Step, Session.Result> answers;

  public ScriptedTestbed(
      String kernel, Function<Workload, Optional<String>> lacks, Function<Step, Session.Result> answers) {
    this.kernel = kernel;
    this.lacks = lacks;
    this.answers = answers;
  }

  /** Runs everything; a move or query has a status of 0 for one page, all other steps return 0. */
  public static ScriptedTestbed obedient(String kernel) {
    return new ScriptedTestbed(kernel, workload -> Optional.empty(), ScriptedTestbed::obey);
  }

  /** What an obedient testbed answers. */
  public static Session.Result obey(Step step) {
    boolean asks = step instanceof Step.Move || step instanceof Step.Query;
    return asks ? new Session.Result(0, new int[] {0}) : Session.Result.of(0);
  }

  @Override
  public String kernel() {
    return kernel;
  }

  /** As of a host, whose nodes cannot be asked for when it is closed. */
  @Override
  public String description() {
    if (calls.contains(CLOSED)) {
      throw new IllegalStateException("closed");
    }
    return kernel;
  }

  @Override
  public Optional<String> lacks(Workload workload) {
    return lacks.apply(workload);
  }

  @Override
  public Session open(Workload workload) {
    calls.add("open " + workload.name());
    return new ScriptedSession();
  }

  @Override
  public void close() {
    calls.add(CLOSED);
  }

  private final class ScriptedSession implements Session {

    private final Map<String, int[]> placement = new LinkedHashMap<>();

    @Override
    public Result execute(Step step) {
      calls.add(step.word());
      if (step instanceof Step.Map map) {
        placement.put(map.as(), new int[map.pages()]);
      }
      return answers.apply(step);
    }

    @Override
    public Map<String, int[]> placement() {
      calls.add("placement");
      return placement;
    }

    @Override
    public boolean intact() {
      return true;
    }

    @Override
    public Map<String, String> knownDefects() {
      return knownDefects;
    }

    @Override
    public void close() {
      calls.add("close session");
    }
  }
}
