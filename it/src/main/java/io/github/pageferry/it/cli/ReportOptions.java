package io.github.pageferry.it.cli;

import io.github.pageferry.it.report.HtmlReport;
import io.github.pageferry.it.report.JUnitReport;
import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.JsonReport;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that write what a comparison found to files. */
final class ReportOptions {

  @Option(names = "--report", paramLabel = "FILE",
      description = "Write a page for people to this file, too: HTML, whole in itself.")
  private @Nullable Path report;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the same facts for machines to this file, too.")
  private @Nullable Path json;

  @Option(names = "--junit", paramLabel = "FILE",
      description = "Write them as JUnit's XML, too: a suite a pair of backends, a case a workload.")
  private @Nullable Path junit;

  /** Refuses files that could not be written, before long work is done for them. */
  void check() {
    Arrays.asList(report, json, junit).forEach(OutputFile::check);
  }

  /** The same options, for another command. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    Map<String, @Nullable Path> files = new LinkedHashMap<>();
    files.put("--report", report);
    files.put("--json", json);
    files.put("--junit", junit);
    files.forEach((option, file) -> {
      if (file != null) {
        arguments.addAll(List.of(option, file.toString()));
      }
    });
    return arguments;
  }

  void write(List<Comparison> pairs) {
    if (report != null) {
      OutputFile.write(report, HtmlReport.format(pairs, Version.text(), Instant.now()));
    }
    if (json != null) {
      OutputFile.write(json, JsonReport.format(pairs));
    }
    if (junit != null) {
      OutputFile.write(junit, JUnitReport.format(pairs));
    }
  }
}
