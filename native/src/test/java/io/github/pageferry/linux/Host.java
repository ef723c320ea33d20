package io.github.pageferry.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pageferry.SystemCall;

/** What a test needs of the machine that it runs on. Where that is missing the test is skipped, and its report says why. */
final class Host {

  private Host() {}

  /** The host's kernel. */
  static LinuxMigrator migrator() {
    assumeTrue(KernelAccess.whyUnavailable().isEmpty(), () -> "needs a Linux kernel: " + KernelAccess.whyUnavailable());
    return LinuxMigrator.open();
  }

  static void needsCall(LinuxMigrator migrator, SystemCall call) {
    assumeTrue(migrator.capabilities().has(call),
        () -> "needs " + call.kernelName() + ": " + migrator.capabilities().of(call).reason());
  }

  static void needsRoot() {
    TaskStatus task = TaskStatus.ofThread(HostFiles.ofHost());
    assumeTrue(task.effectiveUid().orElse(-1) == 0 && task.has("CAP_SETUID"), "needs root with CAP_SETUID");
  }

  static void needsCapability(String name) {
    assumeTrue(TaskStatus.ofThread(HostFiles.ofHost()).has(name), () -> "needs " + name);
  }

  static void needsKernel(int major, int minor) {
    assumeTrue(KernelRelease.of(HostFiles.ofHost()).isAtLeast(major, minor), () -> "needs Linux " + major + "." + minor);
  }
}
