package io.github.pageferry.it.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of the emulator. */
final class Emulator {

  /**
   * Beside the console, which shows warnings: no check of timers that fails on a loaded host; a prompt end with a panic, an
   * oops being one; no complaints of what takes long under emulation; nothing that moves pages by itself.
   */
  private static final String KERNEL_OPTIONS = "console=ttyS0 rdinit=/init loglevel=5 panic=-1 oops=panic"
      + " no_timer_check nowatchdog rcupdate.rcu_cpu_stall_suppress=1 numa_balancing=disable transparent_hugepage=madvise";

  private Emulator() {}

  /**
   * A virtual machine whose console is standard output and whose second serial port is a socket that it waits on.
   *
   * @param archive the first root file system
   * @param socket of the second serial port, which is made
   */
  static List<String> command(Tools.Tool emulator, Kernel kernel, Path archive, LabTopology topology, Path socket) {
    List<String> command = new ArrayList<>(emulator.command());
    // Several threads of translated code trip over kernels that patch themselves, a single one cannot take out a CPU.
    String threads = topology.takenCpus().isEmpty() ? "single" : "multi";
    command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-accel", "tcg,thread=" + threads, "-machine", "pc", "-m", topology.megabytes() + "M", "-smp",
        // a socket is of one node
        topology.cpus() + ",sockets=" + topology.cpus() + ",cores=1,threads=1"));
    int cpu = 0;
    for (int number = 0; number < topology.nodes().size(); number++) {
      LabTopology.Node node = topology.nodes().get(number);
      StringBuilder numa = new StringBuilder("node,nodeid=" + number);
      if (node.megabytes() > 0) {
        command.addAll(List.of("-object", "memory-backend-ram,id=m" + number + ",size=" + node.megabytes() + "M"));
        numa.append(",memdev=m").append(number);
      }
      if (node.cpus() > 0) {
        numa.append(",cpus=").append(cpu).append('-').append(cpu + node.cpus() - 1);
        cpu += node.cpus();
      }
      command.addAll(List.of("-numa", numa.toString()));
    }
    command.addAll(List.of("-kernel", kernel.image().toString(), "-initrd", archive.toString(), "-append",
        KERNEL_OPTIONS + topology.takenCpus().stream().map(taken -> " pageferry.take=" + taken).collect(Collectors.joining()),
        "-chardev", "file,id=console,path=/dev/stdout", "-serial", "chardev:console",
        "-chardev", "socket,id=line,path=" + socket + ",server=on,wait=on", "-serial", "chardev:line"));
    return command;
  }
}
