package io.github.pageferry.it.cli.doctor;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pageferry doctor}. */
@Command(
    name = "doctor",
    description = "Says what of memory migration works on this host, what does not, and the exact remedy.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:everything works", "1:something does not", "2:usage", "3:nothing can be done here, and why"})
public final class DoctorCommand implements Callable<Integer> {

  private static final String STANDARD_OUTPUT = "-";

  private final Supplier<Examination> examine;

  @Spec
  private @Nullable CommandSpec spec;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = STANDARD_OUTPUT,
      paramLabel = "FILE",
      description = "Write the same as JSON: to FILE, or in place of the text where no file is named.")
  private @Nullable String json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
  private boolean help;

  /** Looks at this host. */
  public DoctorCommand() {
    this(Examination::ofHost);
  }

  /** For tests: looks at any host. */
  DoctorCommand(Supplier<Examination> examine) {
    this.examine = examine;
  }

  @Override
  public Integer call() {
    CommandSpec command = Objects.requireNonNull(spec, "run by picocli");
    DoctorReport report = DoctorReport.of(examine.get());
    PrintWriter out = command.commandLine().getOut();
    if (STANDARD_OUTPUT.equals(json)) {
      out.print(report.json());
    } else {
      out.print(report.text());
    }
    out.flush();
    if (json != null && !json.equals(STANDARD_OUTPUT)) {
      write(command, Path.of(json), report.json());
    }
    return report.exitStatus();
  }

  private static void write(CommandSpec command, Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new ParameterException(command.commandLine(), "--json: " + file + " cannot be written: " + e, e);
    }
  }
}
