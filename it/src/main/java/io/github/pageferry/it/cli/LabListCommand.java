package io.github.pageferry.it.cli;

import io.github.pageferry.it.lab.Lab;
import io.github.pageferry.it.lab.LabFolder;
import io.github.pageferry.sim.Profiles;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code lab list}: which kernels there are. */
@Command(
    name = "list",
    description = "Lists the kernels that can be had, and those that are here.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class LabListCommand implements Callable<Integer> {

  private final Context context;

  LabListCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Console console = context.console();
    LabFolder cache = LabFolder.find();
    Lab lab = new Lab(cache);
    console.progress("asking the Debian archive");
    List<Lab.Series> all = lab.list(note -> console.error("pageferry: " + note));
    TextTable table = new TextTable("backend", "can be had", "here", "profile");
    for (Lab.Series series : all) {
      table.row("lab:" + series.series(), series.newest().isEmpty() ? "?" : series.newest(),
          series.here().isEmpty() ? "no" : String.join(", ", series.here()),
          Profiles.names().contains(series.series()) ? "sim:" + series.series() : "");
    }
    table.lines().forEach(console::line);
    console.line("");
    console.line("kept in " + cache);
    lab.lacks().forEach(lack -> console.line("missing: " + lack));
    return lab.lacks().isEmpty() ? ExitStatus.OK : ExitStatus.CANNOT_RUN;
  }
}
