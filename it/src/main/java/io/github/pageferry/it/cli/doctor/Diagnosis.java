package io.github.pageferry.it.cli.doctor;

import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode.HugePagePool;
import io.github.pageferry.SystemCall;
import io.github.pageferry.it.cli.doctor.Finding.Level;
import io.github.pageferry.linux.Cpuset;
import io.github.pageferry.linux.HostFacts;
import io.github.pageferry.linux.HostFacts.Ksm;
import io.github.pageferry.linux.HostFacts.SwapArea;
import io.github.pageferry.linux.ProbedCall;
import io.github.pageferry.linux.ProbedCall.Verdict;
import io.github.pageferry.linux.TaskStatus.SeccompMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Judges an examination: a finding for each thing that memory migration depends on. */
final class Diagnosis {

  private static final String SYSCTL_FILE = "/etc/sysctl.d/90-numa.conf";

  private final Examination examination;
  private final HostFacts facts;
  private final List<Finding> findings = new ArrayList<>();

  private Diagnosis(Examination examination) {
    this.examination = examination;
    facts = examination.facts();
  }

  /** The findings, the most important first. */
  static List<Finding> of(Examination examination) {
    if (examination.unavailable().isPresent() && examination.facts().nodesOnline().isEmpty()) {
      // Not Linux, or none that says anything of itself: nothing of what follows would mean anything.
      return List.of();
    }
    Diagnosis diagnosis = new Diagnosis(examination);
    diagnosis.examination.calls().forEach(diagnosis::call);
    diagnosis.seccomp();
    diagnosis.capabilities();
    diagnosis.nodes();
    diagnosis.cpuset();
    diagnosis.trial();
    diagnosis.numaBalancing();
    diagnosis.ksm();
    diagnosis.transparentHugePages();
    diagnosis.hugePages();
    diagnosis.swap();
    return List.copyOf(diagnosis.findings);
  }

  /**
   * Why nothing can be done here at all; empty where something can: the kernel cannot be called, or has none of the
   * calls that move pages.
   */
  static Optional<String> whyCannotRun(Examination examination) {
    if (examination.unavailable().isPresent()) {
      return examination.unavailable();
    }
    List<ProbedCall> movers = examination.calls().stream()
        .filter(call -> call.call() == SystemCall.MOVE_PAGES || call.call() == SystemCall.MBIND)
        .toList();
    return movers.stream().allMatch(call -> call.verdict() == Verdict.NOT_IN_KERNEL)
        ? movers.stream().map(ProbedCall::explanation).findFirst()
        : Optional.empty();
  }

  private void call(ProbedCall call) {
    String name = call.call().kernelName();
    switch (call.verdict()) {
      case WORKS -> findings.add(Finding.works(name, call.explanation()));
      case FILTERED -> findings.add(Finding.fails(name, call.explanation(), List.of()));
      case REFUSED -> findings.add(Finding.fails(
          name, call.explanation(), List.of("sudo dmesg | tail; sudo ausearch -m avc -ts recent")));
      case NOT_IN_KERNEL -> findings.add(call.call() == SystemCall.SET_MEMPOLICY_HOME_NODE
          ? Finding.note(name, call.explanation())
          : Finding.fails(name, call.explanation(),
              List.of("grep -E 'CONFIG_(NUMA|MIGRATION)=' /boot/config-" + facts.kernelRelease())));
    }
  }

  /** Whether a default profile refuses one of these even with CAP_SYS_NICE, or this thread has that already. */
  private boolean needProfile(List<SystemCall> calls) {
    return facts.task().has("CAP_SYS_NICE") || calls.stream().anyMatch(call -> call == SystemCall.MOVE_PAGES
        || call == SystemCall.MIGRATE_PAGES || call == SystemCall.SET_MEMPOLICY_HOME_NODE);
  }

  private void seccomp() {
    Optional<SeccompMode> mode = facts.task().seccomp();
    if (mode.isEmpty() || mode.get() == SeccompMode.DISABLED) {
      findings.add(Finding.works("seccomp", mode.isEmpty() ? "not in this kernel" : "no filter"));
      return;
    }
    List<SystemCall> refused = examination.calls().stream()
        .filter(call -> call.verdict() == Verdict.FILTERED)
        .map(ProbedCall::call)
        .toList();
    findings.add(refused.isEmpty()
        ? Finding.works("seccomp", "a filter is in force" + inContainer() + ", and lets all these calls through")
        : Finding.fails("seccomp", "a filter is in force" + inContainer() + " and refuses "
                + refused.stream().map(SystemCall::kernelName).collect(Collectors.joining(", ")),
            ContainerRemedies.allowCalls(facts.container(), needProfile(refused))));
  }

  private String inContainer() {
    return facts.container().map(kind -> " (" + kind + ")").orElse("");
  }

  private void capabilities() {
    if (facts.task().capabilities().isEmpty()) {
      return;
    }
    String uid = facts.task().effectiveUid().isPresent() ? "uid " + facts.task().effectiveUid().getAsInt() : "this user";
    findings.add(facts.task().has("CAP_SYS_NICE")
        ? Finding.works("CAP_SYS_NICE", uid + " has it: MOVE_ALL moves pages shared with other processes, too")
        : new Finding("CAP_SYS_NICE", Level.NOTE,
            uid + " lacks it: own pages move with MOVE; MOVE_ALL is EPERM, and pages shared with other processes stay"
                + " (EACCES)",
            ContainerRemedies.giveSysNice(facts.container())));
    findings.add(facts.task().has("CAP_SYS_PTRACE")
        ? Finding.works("CAP_SYS_PTRACE", uid + " has it: pages of any process can be looked at and moved")
        : Finding.note("CAP_SYS_PTRACE",
            uid + " lacks it: only pages of this user's processes can be looked at and moved",
            "sudo ./pageferry ..."));
  }

  private void nodes() {
    if (facts.nodesOnline().isEmpty()) {
      return;
    }
    NodeSet online = facts.nodesOnline().get();
    NodeSet withMemory = facts.nodesWithMemory().orElse(online);
    NodeSet without = online.minus(withMemory);
    String says = "with memory: " + withMemory + (without.isEmpty() ? "" : "; without: " + without);
    findings.add(withMemory.size() > 1
        ? Finding.works("nodes", says)
        : Finding.note("nodes",
            says + ": with one node there is nowhere to move pages to; the simulator has as many as asked",
            "./pageferry run --on sim --traces DIR"));
  }

  private void cpuset() {
    Optional<NodeSet> allowed = facts.task().allowedNodes();
    if (allowed.isEmpty() || facts.nodesWithMemory().isEmpty()) {
      return;
    }
    NodeSet withMemory = facts.nodesWithMemory().get();
    NodeSet missing = withMemory.minus(allowed.get());
    String group = facts.cpuset().map(set -> "cgroup v" + set.version() + " " + set.group()).orElse("no control group");
    findings.add(missing.isEmpty()
        ? Finding.works("cpuset", "all nodes with memory are allowed (" + group + ")")
        : Finding.fails("cpuset", "nodes " + missing + " have memory but are not allowed (" + group
                + "): pages cannot be moved there (EACCES)",
            ContainerRemedies.widenCpuset(
                facts.container(), facts.cpuset().flatMap(Cpuset::memsFile), withMemory.toString())));
  }

  private void trial() {
    if (examination.trial().isEmpty()) {
      return;
    }
    MoveTrial trial = examination.trial().get();
    List<String> failures = trial.outcomes().entrySet().stream()
        .filter(outcome -> !outcome.getValue().isEmpty())
        .map(outcome -> "node " + outcome.getKey() + ": " + outcome.getValue())
        .toList();
    String by = " with " + trial.call().kernelName();
    findings.add(failures.isEmpty()
        ? Finding.works("moving pages", "pages went" + by + " to node "
            + trial.outcomes().keySet().stream().map(String::valueOf).collect(Collectors.joining(", ")))
        : Finding.fails("moving pages", "pages did not go" + by + " to " + String.join("; ", failures), List.of(
            "numastat -m | grep -E 'Node|MemFree'")));
  }

  private void numaBalancing() {
    if (facts.numaBalancing().isEmpty()) {
      findings.add(Finding.works("NUMA balancing", "not in this kernel"));
    } else if (facts.numaBalancing().getAsInt() == 0) {
      findings.add(Finding.works("NUMA balancing", "off: pages stay where they are put"));
    } else {
      findings.add(Finding.note("NUMA balancing", "on (kernel.numa_balancing = " + facts.numaBalancing().getAsInt()
              + "): the kernel may move pages that move_pages placed; pages under a BIND policy (mbind) stay",
          "sudo sysctl -w kernel.numa_balancing=0",
          "to keep it so: echo kernel.numa_balancing=0 | sudo tee -a " + SYSCTL_FILE));
    }
  }

  private void ksm() {
    if (facts.ksm().isEmpty()) {
      findings.add(Finding.works("KSM", "not in this kernel"));
      return;
    }
    Ksm ksm = facts.ksm().get();
    if (ksm.run() == 1 || ksm.pagesShared() > 0) {
      findings.add(Finding.note("KSM", (ksm.run() == 1 ? "merging" : "stopped") + ", " + ksm.pagesShared()
              + " merged pages in " + (ksm.pagesShared() + ksm.pagesSharing())
              + " places: merged pages move only with MOVE_ALL (EACCES)"
              + (ksm.mergesAcrossNodes() ? ", and pages of different nodes become one" : ""),
          "echo 2 | sudo tee /sys/kernel/mm/ksm/run"));
    } else {
      findings.add(Finding.works("KSM", "not merging"));
    }
  }

  private void transparentHugePages() {
    String mode = facts.transparentHugePages().orElse("");
    if (mode.equals("always")) {
      findings.add(Finding.note("transparent huge pages", "always: a huge page moves as a whole, and a batch that names"
              + " more than one of its pages gets EBUSY for the others; name one address a huge page (BufferPinner does)",
          "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"));
    } else {
      findings.add(Finding.works("transparent huge pages", mode.isEmpty() ? "not in this kernel" : mode));
    }
  }

  private void hugePages() {
    List<HugePagePool> reserved = facts.hugePages().stream().filter(pool -> pool.total() > 0).toList();
    if (!reserved.isEmpty()) {
      findings.add(Finding.works("huge pages", reserved.stream()
          .map(pool -> pool.total() + " of " + size(pool.pageBytes()) + ", " + pool.free() + " free")
          .collect(Collectors.joining("; "))));
    } else if (facts.hugePages().isEmpty()) {
      findings.add(Finding.works("huge pages", "not in this kernel"));
    } else {
      long kilobytes = facts.hugePages().get(0).pageBytes() / 1024;
      int node = facts.nodesWithMemory().map(NodeSet::first).orElse(0);
      findings.add(Finding.note("huge pages", "none reserved: MAP_HUGETLB mappings fail, and moving one takes a free one"
              + " on the target node",
          "echo 64 | sudo tee /sys/devices/system/node/node" + Math.max(0, node) + "/hugepages/hugepages-" + kilobytes
              + "kB/nr_hugepages"));
    }
  }

  private void swap() {
    long used = facts.swaps().stream().mapToLong(SwapArea::usedBytes).sum();
    String names = facts.swaps().stream().map(SwapArea::name).collect(Collectors.joining(", "));
    if (used > 0) {
      findings.add(Finding.note("swap", size(used) + " in use on " + names + ": pages that are swapped out have no node"
          + " (ENOENT) and come back wherever they are touched", "sudo swapoff -a"));
    } else {
      findings.add(Finding.works("swap", facts.swaps().isEmpty() ? "none" : "nothing in use on " + names));
    }
  }

  private static String size(long bytes) {
    if (bytes >= 1 << 30 && bytes % (1 << 30) == 0) {
      return (bytes >> 30) + " GiB";
    }
    return bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
  }
}
