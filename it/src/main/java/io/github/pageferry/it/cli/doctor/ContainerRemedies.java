package io.github.pageferry.it.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How to let system calls through, for each runtime that filters them: complete lines. The default profiles of Docker
 * (moby's {@code profiles/seccomp/default.json}) and Podman ({@code /usr/share/containers/seccomp.json}) refuse
 * move_pages and migrate_pages to everybody; the policies' calls Docker lets through with CAP_SYS_NICE, Podman to all but
 * set_mempolicy_home_node, which it does not name.
 */
final class ContainerRemedies {

  private static final String ALLOW = ".syscalls += [{\"names\": [\"move_pages\", \"migrate_pages\","
      + " \"set_mempolicy_home_node\"], \"action\": \"SCMP_ACT_ALLOW\"}]";

  private static final String DOCKER_PROFILE =
      "curl -fsSL https://raw.githubusercontent.com/moby/moby/v27.5.1/profiles/seccomp/default.json | jq '" + ALLOW
          + "' > pageferry-seccomp.json";

  /** Podman's profile names the two calls in a rule of their own, which would go before the new one. */
  private static final String PODMAN_PROFILE =
      "jq '(.syscalls[] | select(.action == \"SCMP_ACT_ERRNO\") | .names) -= [\"move_pages\", \"migrate_pages\"] | "
          + ALLOW + "' /usr/share/containers/seccomp.json > pageferry-seccomp.json";

  private ContainerRemedies() {}

  /**
   * For calls that a filter refuses.
   *
   * @param container what kind of container it is; all kinds are told where that is not known
   * @param needsProfile whether a capability does not suffice
   */
  static List<String> allowCalls(Optional<String> container, boolean needsProfile) {
    List<String> lines = new ArrayList<>();
    String kind = container.orElse("");
    boolean known = List.of("docker", "podman", "kubernetes").contains(kind);
    if (!known || kind.equals("docker")) {
      lines.addAll(runtime("docker", DOCKER_PROFILE, needsProfile));
    }
    if (!known || kind.equals("podman")) {
      lines.addAll(runtime("podman", PODMAN_PROFILE, needsProfile));
    }
    if (!known || kind.equals("kubernetes")) {
      lines.addAll(kubernetes(needsProfile));
    }
    if (!known) {
      lines.add("systemd service: "
          + dropIn("SystemCallFilter=@resources get_mempolicy getcpu", "AmbientCapabilities=CAP_SYS_NICE"));
    }
    return lines;
  }

  private static List<String> runtime(String command, String profile, boolean needsProfile) {
    if (!needsProfile) {
      return List.of(command + " run --cap-add SYS_NICE IMAGE");
    }
    return List.of(
        profile,
        command + " run --cap-add SYS_NICE --security-opt seccomp=pageferry-seccomp.json IMAGE",
        "or, with no filter at all: " + command + " run --cap-add SYS_NICE --security-opt seccomp=unconfined IMAGE");
  }

  private static List<String> kubernetes(boolean needsProfile) {
    String capability = "capabilities: {add: [SYS_NICE]}";
    if (!needsProfile) {
      return List.of("kubernetes, in the container's securityContext: {" + capability + "}");
    }
    return List.of(
        "kubernetes, on each node: " + DOCKER_PROFILE.replace(
            "> pageferry-seccomp.json", "| sudo tee /var/lib/kubelet/seccomp/pageferry-seccomp.json"),
        "kubernetes, in the container's securityContext: {" + capability
            + ", seccompProfile: {type: Localhost, localhostProfile: pageferry-seccomp.json}}",
        "or, with no filter at all: {" + capability + ", seccompProfile: {type: Unconfined}}");
  }

  /** For a thread that lacks CAP_SYS_NICE where no filter stands in the way. */
  static List<String> giveSysNice(Optional<String> container) {
    return switch (container.orElse("")) {
      case "docker", "podman" -> List.of(container.get() + " run --cap-add SYS_NICE IMAGE");
      case "kubernetes" -> List.of("in the container's securityContext: {capabilities: {add: [SYS_NICE]}}");
      default -> List.of(
          "sudo setpriv --reuid \"$USER\" --regid \"$(id -g)\" --init-groups --inh-caps +sys_nice"
              + " --ambient-caps +sys_nice java ...",
          "or, for a systemd service: " + dropIn("AmbientCapabilities=CAP_SYS_NICE"));
    };
  }

  private static String dropIn(String... settings) {
    return "sudo mkdir -p /etc/systemd/system/UNIT.service.d; printf '[Service]\\n" + String.join("\\n", settings)
        + "\\n' | sudo tee /etc/systemd/system/UNIT.service.d/pageferry.conf; sudo systemctl daemon-reload;"
        + " sudo systemctl restart UNIT";
  }

  /** For nodes that the cpuset does not allow. */
  static List<String> widenCpuset(Optional<String> container, Optional<String> memsFile, String nodes) {
    List<String> lines = new ArrayList<>();
    switch (container.orElse("")) {
      case "docker", "podman" ->
          lines.add("on the host: " + container.get() + " update --cpuset-mems " + nodes + " CONTAINER");
      case "kubernetes" -> lines.add("the kubelet set it: run the pod outside of the Guaranteed class, or start the"
          + " kubelet with --memory-manager-policy=None");
      default -> {
        memsFile.ifPresent(file -> lines.add("echo " + nodes + " | sudo tee '" + file + "'"));
        lines.add("or, for a systemd service: sudo systemctl set-property UNIT AllowedMemoryNodes=" + nodes);
      }
    }
    return lines;
  }
}
