package io.github.pageferry.it.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The command line of the emulator. */
final class Emulator {

  /**
   * Beside the console, which shows warnings: no check of timers that fails on a loaded host; a prompt end with a panic, an
   * oops being one; no complaints of what takes long under emulation; nothing that moves pages by itself.
   */
  private static final String KERNEL_OPTIONS = "console=ttyS0 rdinit=/init loglevel=5 panic=-1 oops=panic"
      + " no_timer_check nowatchdog rcupdate.rcu_cpu_stall_suppress=1 numa_balancing=disable transparent_hugepage=madvise";

  /** The emulator's own default. */
  private static final String CPU = "qemu64-x86_64-cpu";

  /**
   * From so many possible CPUs on a kernel sends interrupts to one CPU by its number. With fewer, one before 6.9 sends them
   * to a set of CPUs, and the emulator looks for these (apic_get_delivery_bitmask) only up to the first number that no CPU
   * has: those behind would wait forever.
   */
  private static final int PHYSICAL_FROM = 9;

  private Emulator() {}

  /**
   * A virtual machine whose console is standard output and whose second serial port is a socket that it waits on.
   *
   * @param archive the first root file system
   * @param socket of the second serial port, which is made
   */
  static List<String> command(Tools.Tool emulator, Kernel kernel, Path archive, LabTopology topology, Path socket) {
    return command(emulator, kernel, archive, topology, socket, node -> "memory-backend-ram", List.of());
  }

  /** The same machine, whose state can be saved: its memory is in files, and it has a monitor. */
  static List<String> savable(
      Tools.Tool emulator, Kernel kernel, Path archive, LabTopology topology, Path socket, SnapshotFiles files) {
    return command(emulator, kernel, archive, topology, socket, node -> memory(files, node) + ",share=on",
        monitor(files));
  }

  /** The same machine, which waits for a saved state; what it writes to its memory is not written to the files. */
  static List<String> restored(
      Tools.Tool emulator, Kernel kernel, Path archive, LabTopology topology, Path socket, SnapshotFiles files) {
    return Programs.with(
        command(emulator, kernel, archive, topology, socket, node -> memory(files, node) + ",share=off", monitor(files)),
        "-incoming", "defer");
  }

  private static String memory(SnapshotFiles files, int node) {
    return "memory-backend-file,mem-path=" + value(files.memory(node));
  }

  /** In an option, whose parts commas part; of the name of a file one is written twice. */
  private static String value(Path file) {
    return file.toString().replace(",", ",,");
  }

  private static List<String> monitor(SnapshotFiles files) {
    return List.of("-chardev", "socket,id=monitor,path=" + value(files.monitor()) + ",server=on,wait=off",
        "-mon", "chardev=monitor,mode=control");
  }

  /** @param memory where a node's memory is */
  private static List<String> command(Tools.Tool emulator, Kernel kernel, Path archive, LabTopology topology, Path socket,
      IntFunction<String> memory, List<String> monitor) {
    List<String> command = new ArrayList<>(emulator.command());
    // Several threads of translated code trip over kernels that patch themselves.
    command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-accel", "tcg,thread=single", "-machine", "pc", "-m", topology.megabytes() + "M", "-smp", processors(topology)));
    int firstAbsent = topology.nodes().indexOf(LabTopology.Node.NONE);
    int cpu = 0;
    for (int number = 0; number < topology.nodes().size(); number++) {
      LabTopology.Node node = topology.nodes().get(number);
      StringBuilder numa = new StringBuilder("node,nodeid=" + number);
      if (node.megabytes() > 0) {
        command.addAll(List.of("-object", memory.apply(number) + ",id=m" + number + ",size=" + node.megabytes() + "M"));
        numa.append(",memdev=m").append(number);
      }
      if (node.cpus() > 0) {
        numa.append(",cpus=").append(cpu).append('-').append(cpu + node.cpus() - 1);
        cpu += node.cpus();
      }
      if (number == firstAbsent && topology.cpus() < possibleCpus(topology)) {
        numa.append(",cpus=").append(topology.cpus()).append('-').append(possibleCpus(topology) - 1);
      }
      command.addAll(List.of("-numa", numa.toString()));
    }
    for (int late : cpusAfterHole(topology)) {
      command.addAll(List.of("-device", CPU + ",socket-id=" + late + ",core-id=0,thread-id=0"));
    }
    // before the line that it waits on
    command.addAll(monitor);
    command.addAll(List.of("-kernel", kernel.image().toString(), "-initrd", archive.toString(), "-append", KERNEL_OPTIONS,
        "-chardev", "file,id=console,path=/dev/stdout", "-serial", "chardev:console",
        "-chardev", "socket,id=line,path=" + value(socket) + ",server=on,wait=on", "-serial", "chardev:line"));
    return command;
  }

  /** A socket is of one node; where one is empty, those before it are there from the start and the others are put in. */
  private static String processors(LabTopology topology) {
    int atOnce = topology.absentCpus().stream().mapToInt(Integer::intValue).min().orElse(topology.cpus());
    int possible = possibleCpus(topology);
    return atOnce + ",sockets=" + possible + ",cores=1,threads=1" + (atOnce < possible ? ",maxcpus=" + possible : "");
  }

  private static int possibleCpus(LabTopology topology) {
    return topology.absentCpus().isEmpty() ? topology.cpus() : Math.max(topology.cpus(), PHYSICAL_FROM);
  }

  private static List<Integer> cpusAfterHole(LabTopology topology) {
    List<Integer> absent = topology.absentCpus();
    return absent.isEmpty() ? List.of()
        : IntStream.range(absent.get(0), topology.cpus()).filter(cpu -> !absent.contains(cpu)).boxed().toList();
  }
}
