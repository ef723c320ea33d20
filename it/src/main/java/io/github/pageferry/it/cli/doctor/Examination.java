package io.github.pageferry.it.cli.doctor;

import io.github.pageferry.linux.HostFacts;
import io.github.pageferry.linux.LinuxMigrator;
import io.github.pageferry.linux.ProbedCall;
import java.util.List;
import java.util.Optional;

/**
 * What a look at a host came to.
 *
 * @param platform the operating system and architecture as the JVM names them
 * @param facts what the host says of itself
 * @param unavailable why its kernel cannot be called from this JVM; empty where it can
 * @param calls what a harmless try of each system call came to; none where it cannot be called
 * @param trial what came of moving pages for real; empty where no call that could do it works
 */
record Examination(
    String platform, HostFacts facts, Optional<String> unavailable, List<ProbedCall> calls, Optional<MoveTrial> trial) {

  Examination {
    calls = List.copyOf(calls);
  }

  /** Looks at this host. Changes nothing: the pages that are moved are its own and are given back. */
  static Examination ofHost() {
    String platform = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    HostFacts facts = HostFacts.read();
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      List<ProbedCall> calls = migrator.probedCalls();
      return new Examination(platform, facts, Optional.empty(), calls, MoveTrial.run(migrator, facts));
    } catch (IllegalStateException e) {
      return new Examination(platform, facts, Optional.of(String.valueOf(e.getMessage())), List.of(), Optional.empty());
    }
  }
}
