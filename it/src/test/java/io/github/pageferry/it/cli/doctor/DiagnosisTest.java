package io.github.pageferry.it.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import io.github.pageferry.it.cli.doctor.Finding.Level;
import io.github.pageferry.linux.ProbedCall.Verdict;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Judgements on hosts of many kinds, from their files. */
class DiagnosisTest {

  private static final String CONTAINER_CAPABILITIES = "00000000a80425fb";

  @TempDir
  Path folder;

  private HostInAFolder host;

  @BeforeEach
  void server() {
    host = new HostInAFolder(folder);
  }

  @Test
  void aServerOnWhichEverythingWorks() {
    assertThat(Diagnosis.of(host.examination())).allMatch(finding -> finding.level() == Level.WORKS);
    assertThat(Diagnosis.whyCannotRun(host.examination())).isEmpty();
  }

  @Test
  void dockersDefaultProfileWithoutTheCapability() {
    host.file("/.dockerenv", "").status(0, CONTAINER_CAPABILITIES, 2, "0-1").refusing(Verdict.FILTERED, Errno.EPERM,
        SystemCall.MOVE_PAGES, SystemCall.MIGRATE_PAGES, SystemCall.MBIND, SystemCall.GET_MEMPOLICY);
    assertThat(finding("move_pages").level()).isEqualTo(Level.FAILS);
    Finding seccomp = finding("seccomp");
    assertThat(seccomp.says()).contains("docker", "move_pages, migrate_pages, mbind, get_mempolicy");
    assertThat(seccomp.remedies())
        .anyMatch(line -> line.equals(
            "docker run --cap-add SYS_NICE --security-opt seccomp=pageferry-seccomp.json IMAGE"))
        .noneMatch(line -> line.contains("podman") || line.contains("kubernetes") || line.contains("systemd"));
    assertThat(finding("CAP_SYS_NICE").remedies()).containsExactly("docker run --cap-add SYS_NICE IMAGE");
  }

  @Test
  void whereOnlyThePoliciesCallsAreRefusedTheCapabilitySuffices() {
    host.file("/.dockerenv", "").status(0, CONTAINER_CAPABILITIES, 2, "0-1")
        .refusing(Verdict.FILTERED, Errno.EPERM, SystemCall.MBIND, SystemCall.SET_MEMPOLICY);
    assertThat(finding("seccomp").remedies()).containsExactly("docker run --cap-add SYS_NICE IMAGE");
  }

  @Test
  void podmansProfileLosesItsOwnRuleForTheCalls() {
    host.file("/run/.containerenv", "").status(0, CONTAINER_CAPABILITIES, 2, "0-1")
        .refusing(Verdict.FILTERED, Errno.EPERM, SystemCall.MOVE_PAGES);
    assertThat(finding("seccomp").remedies()).anyMatch(line -> line.contains("/usr/share/containers/seccomp.json")
            && line.contains("-= [\"move_pages\", \"migrate_pages\"]"))
        .anyMatch(line -> line.startsWith("podman run --cap-add SYS_NICE"));
  }

  @Test
  void kubernetesGetsItsSecurityContext() {
    host.file("/var/run/secrets/kubernetes.io/serviceaccount/token", "").status(0, CONTAINER_CAPABILITIES, 2, "0-1")
        .refusing(Verdict.FILTERED, Errno.EPERM, SystemCall.MOVE_PAGES);
    assertThat(finding("seccomp").remedies())
        .anyMatch(line -> line.contains("localhostProfile: pageferry-seccomp.json"))
        .anyMatch(line -> line.contains("/var/lib/kubelet/seccomp/pageferry-seccomp.json"));
  }

  @Test
  void aFilterOfUnknownOriginGetsTheRemediesOfAllRuntimes() {
    host.status(1000, HostInAFolder.NO_CAPABILITIES, 2, "0-1")
        .refusing(Verdict.FILTERED, Errno.ENOSYS, SystemCall.MIGRATE_PAGES);
    assertThat(String.join("\n", finding("seccomp").remedies()))
        .contains("docker run", "podman run", "kubernetes", "[Service]");
  }

  @Test
  void aFilterThatLetsTheCallsThroughIsFine() {
    host.status(0, HostInAFolder.ALL_CAPABILITIES, 2, "0-1");
    assertThat(finding("seccomp").level()).isEqualTo(Level.WORKS);
  }

  @Test
  void aUserWithoutCapabilitiesIsToldWhatDoesNotMove() {
    host.status(1000, HostInAFolder.NO_CAPABILITIES, 0, "0-1");
    Finding nice = finding("CAP_SYS_NICE");
    assertThat(nice.level()).isEqualTo(Level.NOTE);
    assertThat(nice.says()).contains("uid 1000", "EPERM", "EACCES");
    assertThat(nice.remedies()).anyMatch(line -> line.startsWith("sudo setpriv"));
    assertThat(finding("CAP_SYS_PTRACE").level()).isEqualTo(Level.NOTE);
    assertThat(DoctorReport.of(host.examination()).exitStatus()).isZero();
  }

  @Test
  void aCpusetThatLeavesNodesOutFails() {
    host.status(0, HostInAFolder.ALL_CAPABILITIES, 0, "1");
    Finding cpuset = finding("cpuset");
    assertThat(cpuset.level()).isEqualTo(Level.FAILS);
    assertThat(cpuset.says()).contains("nodes 0 ", "cgroup v2 /system.slice/app.service");
    assertThat(cpuset.remedies()).contains("echo 0-1 | sudo tee '/sys/fs/cgroup/system.slice/app.service/cpuset.mems'");
    host.file("/.dockerenv", "");
    assertThat(finding("cpuset").remedies()).containsExactly("on the host: docker update --cpuset-mems 0-1 CONTAINER");
  }

  @Test
  void oneNodeIsNotedWithTheSimulator() {
    host.file("/sys/devices/system/node/has_memory", "0\n").status(0, HostInAFolder.ALL_CAPABILITIES, 0, "0");
    assertThat(finding("nodes").level()).isEqualTo(Level.NOTE);
    assertThat(finding("nodes").says()).contains("without: 1", "simulator");
  }

  @Test
  void pagesThatDoNotArriveFail() {
    host.arriving(1, "of 16 pages did not arrive: {EBUSY=16}");
    assertThat(finding("moving pages").level()).isEqualTo(Level.FAILS);
    assertThat(finding("moving pages").says())
        .contains("node 1: of 16 pages did not arrive: {EBUSY=16}").doesNotContain("node 0");
  }

  @Test
  void whatMovesPagesBehindOnesBackIsNotedWithTheSwitch() {
    host.file("/proc/sys/kernel/numa_balancing", "1\n")
        .file("/sys/kernel/mm/ksm/run", "1\n").file("/sys/kernel/mm/ksm/pages_shared", "10\n")
        .file("/sys/kernel/mm/ksm/pages_sharing", "30\n")
        .file("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n")
        .file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
        .file("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 4096 2048 -2\n");
    assertThat(finding("NUMA balancing").remedies()).contains("sudo sysctl -w kernel.numa_balancing=0");
    assertThat(finding("KSM").says()).contains("10 merged pages in 40 places");
    assertThat(finding("KSM").remedies()).containsExactly("echo 2 | sudo tee /sys/kernel/mm/ksm/run");
    assertThat(finding("transparent huge pages").remedies())
        .containsExactly("echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled");
    assertThat(finding("huge pages").remedies())
        .containsExactly("echo 64 | sudo tee /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages");
    assertThat(finding("swap").says()).contains("2 MiB", "/dev/sda2");
    assertThat(DoctorReport.of(host.examination()).exitStatus()).isZero();
  }

  @Test
  void anOldKernelWithoutTheHomeNodeIsFineAndOneThatCannotMigrateIsNot() {
    host.refusing(Verdict.NOT_IN_KERNEL, Errno.ENOSYS, SystemCall.SET_MEMPOLICY_HOME_NODE);
    assertThat(DoctorReport.of(host.examination()).exitStatus()).isZero();
    host.refusing(Verdict.NOT_IN_KERNEL, Errno.ENOSYS, SystemCall.MOVE_PAGES, SystemCall.MIGRATE_PAGES);
    assertThat(DoctorReport.of(host.examination()).exitStatus()).isEqualTo(1);
  }

  @Test
  void aKernelWithoutNumaCannotRun() {
    host.refusing(Verdict.NOT_IN_KERNEL, Errno.ENOSYS, SystemCall.values());
    assertThat(Diagnosis.whyCannotRun(host.examination())).contains("refused with ENOSYS");
    assertThat(DoctorReport.of(host.examination()).exitStatus()).isEqualTo(3);
  }

  @Test
  void aSecurityModulesRefusalFails() {
    host.refusing(Verdict.REFUSED, Errno.EACCES, SystemCall.MOVE_PAGES);
    assertThat(finding("move_pages").level()).isEqualTo(Level.FAILS);
    assertThat(finding("move_pages").remedies()).isNotEmpty();
  }

  @Test
  void everyFailureHasARemedy() {
    host.status(1000, HostInAFolder.NO_CAPABILITIES, 2, "0").arriving(1, "no")
        .refusing(Verdict.FILTERED, Errno.EPERM, SystemCall.MOVE_PAGES);
    List<Finding> failures =
        Diagnosis.of(host.examination()).stream().filter(finding -> finding.level() == Level.FAILS).toList();
    // That of a filtered call stands with the filter, once for all calls.
    assertThat(failures).filteredOn(finding -> finding.remedies().isEmpty())
        .extracting(Finding::subject).containsExactly("move_pages");
  }

  private Finding finding(String subject) {
    return Diagnosis.of(host.examination()).stream()
        .filter(finding -> finding.subject().equals(subject)).findFirst().orElseThrow();
  }
}
