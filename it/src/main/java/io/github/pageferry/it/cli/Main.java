package io.github.pageferry.it.cli;

import io.github.pageferry.MemoryCallException;
import io.github.pageferry.it.cli.doctor.DoctorCommand;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.yaml.BadInputException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: {@code pageferry COMMAND …}. */
@Command(
    name = "pageferry",
    description = {
      "Moves memory between NUMA nodes, and shows that it does so as Linux does: the same workloads run on a kernel and on a"
          + " model of one, and what both answer is compared."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:as wanted: all that ran is equivalent",
      "1:something diverged or failed, or nothing ran",
      "2:the command line or an input file is wrong",
      "3:it cannot be done on this machine; the message says why",
      "130:ended by ^C"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry conform                        this kernel against the simulator",
      "  pageferry conform my.workload.yaml       the same with a workload of your own",
      "  pageferry help conform                   what else it can do"
    })
public final class Main implements Runnable {

  @Spec
  private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Console console = new Console(out, err, Terminal.detect());
    int status;
    try (RunGuard guard = new RunGuard()) {
      status = run(out, err, new Context(console, Machine.backends(), guard), args);
    }
    System.exit(status);
  }

  /**
   * Runs one command.
   *
   * @return its {@link ExitStatus}
   */
  static int run(PrintWriter out, PrintWriter err, Context context, String... args) {
    Terminal terminal = context.console().terminal();
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.addSubcommand(new ConformCommand(context));
    commandLine.addSubcommand(new RunCommand(context));
    commandLine.addSubcommand(new DiffCommand(context));
    commandLine.addSubcommand(new FuzzCommand(context));
    commandLine.addSubcommand(new ExploreCommand(context));
    commandLine.addSubcommand(new NodesCommand(context));
    commandLine.addSubcommand(new WhereCommand(context));
    commandLine.addSubcommand(new MoveCommand(context));
    commandLine.addSubcommand(new DoctorCommand());
    commandLine.addSubcommand(new BenchCommand(context));
    commandLine.addSubcommand(new CommandLine(new LabCommand())
        .addSubcommand(new LabListCommand(context))
        .addSubcommand(new LabFetchCommand(context))
        .addSubcommand(new LabRunCommand()));
    commandLine.addSubcommand(new CommandLine.HelpCommand());
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF));
    commandLine.setParameterExceptionHandler(Main::wrongUsage);
    commandLine.setExecutionExceptionHandler((e, line, result) -> failed(e, context.console()));
    return commandLine.execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("pageferry: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("See: " + line.getCommandSpec().qualifiedName() + " --help");
    }
    return ExitStatus.USAGE;
  }

  private static int failed(Exception e, Console console) {
    int status = report(e, console);
    // What failed in turn when the command wrote or closed something on its way out.
    Stream.of(e.getSuppressed()).filter(Exception.class::isInstance).forEach(late -> report((Exception) late, console));
    return status;
  }

  private static int report(Exception e, Console console) {
    if (e instanceof BadInputException bad) {
      bad.problems().forEach(problem -> console.error(problem.toString()));
      return ExitStatus.USAGE;
    }
    if (e instanceof CancelledException) {
      console.error("pageferry: ended by a signal; what the run had changed on this machine has been undone");
      return ExitStatus.INTERRUPTED;
    }
    if (e instanceof CannotRunException || e instanceof MemoryCallException) {
      console.error("pageferry: " + e.getMessage());
      return ExitStatus.CANNOT_RUN;
    }
    console.error("pageferry: unexpected failure, please report it with the lines that follow: " + e);
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    console.error(trace.toString());
    return ExitStatus.FAILED;
  }
}
