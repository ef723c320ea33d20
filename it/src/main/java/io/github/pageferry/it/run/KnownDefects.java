package io.github.pageferry.it.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.pageferry.it.trace.Defect;
import io.github.pageferry.it.trace.Trace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What models did wrong as their kernels do, each cause once, whatever the number of workloads that show it. */
public final class KnownDefects {

  /** By the kernel of the traces and the cause: for each workload that shows it, where it does first. */
  private final Map<String, Map<String, Map<String, Defect>>> byKernel = new TreeMap<>();

  /** Those of verdicts, of both sides. */
  public static KnownDefects of(Collection<Verdict> verdicts) {
    KnownDefects defects = new KnownDefects();
    for (Verdict verdict : verdicts) {
      verdict.evidence().on().ifPresent(defects::add);
      verdict.evidence().against().ifPresent(defects::add);
    }
    return defects;
  }

  /** Adds those of a run. */
  public void add(Trace trace) {
    for (Defect defect : trace.defects()) {
      byKernel.computeIfAbsent(trace.kernel(), kernel -> new LinkedHashMap<>())
          .computeIfAbsent(defect.cause(), cause -> new LinkedHashMap<>())
          .putIfAbsent(trace.workload(), defect);
    }
  }

  /** For each kernel with its cause, the workloads that show it. */
  public Map<String, List<String>> workloads() {
    Map<String, List<String>> workloads = new LinkedHashMap<>();
    byKernel.forEach((kernel, causes) -> causes.forEach((cause, where) ->
        workloads.put(kernel + ": " + cause, List.copyOf(where.keySet()))));
    return workloads;
  }

  /** For people: each cause, and where it shows first; nothing where there is none. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    byKernel.forEach((kernel, causes) -> {
      lines.add("known defects of the kernel that " + kernel + " shows, too:");
      causes.forEach((cause, where) -> {
        Map.Entry<String, Defect> first = first(where);
        int more = where.size() - 1;
        lines.add("  " + cause);
        lines.add("    " + first.getKey() + ", step " + first.getValue().step() + ": " + first.getValue().what()
            + (more == 0 ? "" : "; and in " + more + (more == 1 ? " more workload" : " more workloads")));
      });
    });
    return lines;
  }

  /** For machines: the same facts. */
  public void write(ArrayNode list) {
    byKernel.forEach((kernel, causes) -> causes.forEach((cause, where) -> {
      Map.Entry<String, Defect> first = first(where);
      list.addObject()
          .put("kernel", kernel)
          .put("cause", cause)
          .put("workloads", where.size())
          .put("workload", first.getKey())
          .put("step", first.getValue().step())
          .put("what", first.getValue().what());
    }));
  }

  private static Map.Entry<String, Defect> first(Map<String, Defect> where) {
    return where.entrySet().iterator().next();
  }
}
