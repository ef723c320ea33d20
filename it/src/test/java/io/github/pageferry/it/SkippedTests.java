package io.github.pageferry.it;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Names each skipped test at the end, and why: Maven only counts them. Each module whose tests may be skipped has one. */
public final class SkippedTests implements TestExecutionListener {

  private final List<String> skipped = new ArrayList<>();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped.add(name(test) + ": " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      String reason = result.getThrowable().map(Throwable::getMessage).orElse("no reason was given");
      skipped.add(name(test) + ": " + reason.replaceFirst("^Assumption failed: ", ""));
    }
  }

  private static String name(TestIdentifier test) {
    return test.getSource().map(source ->
        source instanceof MethodSource method ? method.getClassName() + "." + method.getMethodName()
            : source instanceof ClassSource type ? type.getClassName()
            : null).orElseGet(test::getDisplayName);
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    skipped.forEach(line -> System.out.println("Skipped: " + line));
  }
}
