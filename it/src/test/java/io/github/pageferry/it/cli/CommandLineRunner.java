package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.ScriptedTestbed;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.sim.Profiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Runs commands as the command line does, on testbeds that answer what a test wants. */
final class CommandLineRunner {

  final List<ScriptedTestbed> opened = new ArrayList<>();
  Function<Step, Session.Result> host = ScriptedTestbed::obey;
  Function<Step, Session.Result> simulator = ScriptedTestbed::obey;
  Map<String, String> knownDefects = Map.of();
  int hostNodes = 1;
  Terminal terminal = Terminal.NONE;
  boolean cancelled;
  boolean orderly;
  String out = "";
  String err = "";

  /** Runs a command and keeps what it printed. */
  int run(String... args) {
    StringWriter outText = new StringWriter();
    StringWriter errText = new StringWriter();
    PrintWriter outWriter = new PrintWriter(outText, true);
    PrintWriter errWriter = new PrintWriter(errText, true);
    Context context = new Context(new Console(outWriter, errWriter, terminal), backends(), new ScriptedEnding());
    int status = Main.run(outWriter, errWriter, context, args);
    out = outText.toString();
    err = errText.toString();
    return status;
  }

  /** The commands that the program's help lists, but for {@code help} itself. */
  List<String> commands() {
    run("--help");
    String list = out.substring(out.indexOf("Commands:"), out.indexOf("Exit status:"));
    return Pattern.compile("(?m)^  ([a-z]+) ").matcher(list).results().map(match -> match.group(1))
        .filter(name -> !name.equals("help")).toList();
  }

  private Backends backends() {
    return new Backends(() -> open("6.18-test", hostNodes, host), () -> hostNodes,
        (profile, nodes) -> {
          ScriptedTestbed model = open("sim:" + (profile.isEmpty() ? "6.18" : Profiles.find(profile)), nodes, simulator);
          model.knownDefects = knownDefects;
          return model;
        },
        (kernel, nodes, cancelled) -> {
          throw new CannotRunException("no virtual machine for " + kernel);
        });
  }

  private ScriptedTestbed open(String kernel, int nodes, Function<Step, Session.Result> answers) {
    ScriptedTestbed testbed = new ScriptedTestbed(kernel,
        workload -> workload.nodes() <= nodes ? Optional.empty() : Optional.of("has " + nodes + " nodes"), answers);
    opened.add(testbed);
    return testbed;
  }

  private final class ScriptedEnding implements Ending {

    @Override
    public boolean requested() {
      return cancelled;
    }

    @Override
    public void beOrderly() {
      orderly = true;
    }
  }
}
