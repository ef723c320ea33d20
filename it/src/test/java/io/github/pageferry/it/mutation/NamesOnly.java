package io.github.pageferry.it.mutation;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Spares a mutation run the tests that it makes only to learn their names.
 *
 * <p>PIT's JUnit 5 plugin finds the tests of a class by running it. So does each JVM that PIT starts for a mutated class and
 * anew after every mutant that loops without end, and it is most of what such a JVM does. JUnit loads this class in mutation
 * runs alone, where the build asks for extensions to be detected. What PIT measures coverage with also runs while it finds;
 * that is a JVM of another kind, and there every test runs.
 */
public final class NamesOnly implements InvocationInterceptor {

  private static final String FINDER = "org.pitest.junit5.JUnit5TestUnitFinder";
  private static final String MINION = "org.pitest.mutationtest.execute.MutationTestMinion";

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext test) throws Throwable {
    skipOrProceed(invocation);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext test) throws Throwable {
    skipOrProceed(invocation);
  }

  private static void skipOrProceed(Invocation<Void> invocation) throws Throwable {
    if (onlyFinding()) {
      invocation.skip();
    } else {
      invocation.proceed();
    }
  }

  private static boolean onlyFinding() {
    Set<String> callers = StackWalker.getInstance().walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
        .filter(Set.of(FINDER, MINION)::contains).collect(Collectors.toSet()));
    return callers.size() == 2;
  }
}
