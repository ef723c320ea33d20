package io.github.pageferry.it.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lab}: kernels with several nodes in virtual machines. */
@Command(
    name = "lab",
    description = {
      "Debian's kernels in virtual machines with several NUMA nodes, on a machine with one or none, without root and"
          + " without KVM. What is missing is downloaded as Debian packages, checked and kept in"
          + " ${XDG_CACHE_HOME:-~/.cache}/pageferry/lab, and never installed."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nAs a backend (--on, --against):%n",
    footer = {
      "  lab:KERNEL                 one machine for all workloads",
      "  lab:KERNEL@fresh           every workload from the same state of the kernel,",
      "                             saved once; takes room for the machine's memory in",
      "                             java.io.tmpdir (PAGEFERRY_JAVA_OPTS)",
      "  lab:KERNEL@TOPOLOGY, lab:KERNEL@TOPOLOGY,fresh",
      "                             with other nodes; see 'lab run --help'",
      "",
      "Environment:",
      "  PAGEFERRY_LAB_CACHE    the folder for all that the lab downloads and makes",
      "  PAGEFERRY_LAB_MIRROR   the Debian archive, for example http://mirror/debian",
      "                         (of security updates, http://mirror/debian-security)",
      "",
      "Examples:",
      "  pageferry lab list",
      "  pageferry lab run 6.1",
      "  pageferry lab run 7.3 --nodes 2 fork-zero-page",
      "  pageferry conform --on lab:6.12 --against sim:6.12",
      "  pageferry fuzz --on lab:6.12@one-cpu,fresh --against sim:6.12"
    })
final class LabCommand implements Runnable {

  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: list, fetch or run");
  }
}
