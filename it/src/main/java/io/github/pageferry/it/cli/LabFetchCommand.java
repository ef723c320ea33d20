package io.github.pageferry.it.cli;

import io.github.pageferry.it.lab.Lab;
import io.github.pageferry.it.lab.LabFolder;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lab fetch}: downloads what guests need. */
@Command(
    name = "fetch",
    description = "Downloads kernels, and all else that their guests need and this machine does not have. 'run' does that by"
        + " itself where something is missing.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry lab fetch 6.1 7.3",
      "  pageferry lab fetch --newest 6.1           though one of 6.1 is here"
    })
final class LabFetchCommand implements Callable<Integer> {

  @Parameters(paramLabel = "KERNEL", arity = "1..*",
      description = "A series (6.1), of which the newest is taken, or a whole release (6.1.0-56-cloud-amd64).")
  private List<String> kernels = List.of();

  @Option(names = "--newest", description = "Fetch the newest of a series although one of it is here.")
  private boolean newest;

  private final Context context;

  LabFetchCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Lab lab = new Lab(LabFolder.find());
    for (String kernel : kernels) {
      context.console().progress("fetching " + kernel);
      context.console().line("lab:" + kernel + "  " + lab.fetch(kernel, newest));
    }
    return ExitStatus.OK;
  }
}
