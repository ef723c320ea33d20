package io.github.pageferry.it.host;

import io.github.pageferry.Capabilities;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.NumaNode;
import io.github.pageferry.SystemCall;
import io.github.pageferry.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What decides on this host's answers, for a report that is read elsewhere. No name of the host or of a user. */
final class HostFacts {

  private HostFacts() {}

  static Map<String, String> of(MemoryMigrator migrator) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("architecture", System.getProperty("os.arch"));
    Topology topology = migrator.topology();
    facts.put("pages", topology.pageBytes() + " bytes");
    for (int i = 0; i < topology.nodes().size(); i++) {
      NumaNode node = topology.nodes().get(i);
      String distances = topology.distances().get(i).stream().map(String::valueOf).collect(Collectors.joining(" "));
      facts.put("node " + node.number(), (node.hasMemory() ? (node.totalBytes() >> 20) + " MiB" : "no memory")
          + ", " + (node.cpus().isEmpty() ? "no CPUs" : "CPUs " + node.cpus()) + ", distances " + distances);
    }
    calls(facts, migrator.capabilities());
    facts.put("privileges", Requirements.isPrivileged() ? "CAP_SYS_NICE and CAP_SYS_ADMIN" : "none");
    facts.put("Java", Runtime.version().toString());
    return facts;
  }

  private static void calls(Map<String, String> facts, Capabilities capabilities) {
    List<String> there = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (SystemCall call : SystemCall.values()) {
      if (capabilities.has(call)) {
        there.add(call.kernelName());
      } else {
        missing.add(call.kernelName() + " (" + capabilities.of(call).reason() + ")");
      }
    }
    facts.put("calls", there.isEmpty() ? "none" : String.join(", ", there));
    if (!missing.isEmpty()) {
      facts.put("calls that cannot be made", String.join("; ", missing));
    }
  }
}
