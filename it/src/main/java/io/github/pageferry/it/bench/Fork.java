package io.github.pageferry.it.bench;

import io.github.pageferry.it.testbed.CancelledException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks, each in a JVM of its own. */
final class Fork {

  private final BooleanSupplier cancelled;

  /**
   * Runs nothing yet.
   *
   * @param cancelled whether to end; asked before each benchmark
   */
  Fork(BooleanSupplier cancelled) {
    this.cancelled = cancelled;
    // Another user's lock file in the temporary folder would be an error.
    System.setProperty("jmh.ignoreLock", "true");
  }

  /**
   * Measures one benchmark.
   *
   * @param parameters values of its {@code @Param} fields
   * @param jvmArguments for its JVM
   * @throws IllegalStateException where it fails, with what it said
   * @throws CancelledException where it was cancelled
   */
  RunResult run(Class<?> in, String benchmark, Map<String, ?> parameters, List<String> jvmArguments) {
    if (cancelled.getAsBoolean()) {
      throw new CancelledException();
    }
    ChainedOptionsBuilder options = new OptionsBuilder()
        .include("^" + Pattern.quote(in.getName() + "." + benchmark) + "$")
        .addProfiler(GCProfiler.class)
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true)
        .jvmArgsAppend(jvmArguments.toArray(String[]::new));
    parameters.forEach((name, value) -> options.param(name, value.toString()));
    if (Runtime.version().feature() >= 23) {
      // JMH reads memory with sun.misc.Unsafe.
      options.jvmArgsPrepend("--sun-misc-unsafe-memory-access=allow");
    }
    try {
      return new Runner(options.build()).runSingle();
    } catch (RunnerException e) {
      if (cancelled.getAsBoolean()) {
        throw new CancelledException();
      }
      throw new IllegalStateException("the benchmark " + benchmark + " failed: " + e.getMessage(), e);
    }
  }
}
