package io.github.pageferry.it.workload;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The steps that there are, by the words that files use. */
public final class StepWords {

  /** The fields that each step can have, in the order of WORKLOADS.md. */
  static final Map<String, List<String>> FIELDS = fields();

  /** All words. */
  public static final Set<String> ALL = FIELDS.keySet();

  private StepWords() {}

  private static Map<String, List<String>> fields() {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    fields.put("map", List.of("as", "pages", "backing", "sharing", "prot", "of", "huge"));
    fields.put("touch", List.of("pages", "write", "node", "same"));
    fields.put("move", List.of("pages", "to", "flags", "process", "uid", "bad"));
    fields.put("query", List.of("pages", "process", "uid", "bad"));
    fields.put("migrate", List.of("from", "to", "process", "uid"));
    fields.put("bind", List.of("pages", "mode", "nodes", "flags"));
    fields.put("lock", List.of("pages"));
    fields.put("unlock", List.of("pages"));
    fields.put("protect", List.of("pages", "prot"));
    fields.put("unmap", List.of("pages"));
    fields.put("advise", List.of("pages", "advice"));
    fields.put("sync", List.of("region"));
    fields.put("pin", List.of("pages"));
    fields.put("unpin", List.of("pages"));
    fields.put("fork", List.of("as"));
    fields.put("exit", List.of("process"));
    fields.put("cpuset", List.of("mems"));
    return Collections.unmodifiableMap(fields);
  }
}
