package io.github.pageferry.it.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.pageferry.it.cli.doctor.Finding.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code doctor} says, for people and for machines.
 *
 * @param platform the operating system and architecture
 * @param kernel the kernel's release
 * @param cannotRun why nothing can be done here; empty where something can
 * @param findings what was found
 */
record DoctorReport(String platform, String kernel, Optional<String> cannotRun, List<Finding> findings) {

  DoctorReport {
    findings = List.copyOf(findings);
  }

  static DoctorReport of(Examination examination) {
    return new DoctorReport(examination.platform(), examination.facts().kernelRelease(),
        Diagnosis.whyCannotRun(examination), Diagnosis.of(examination));
  }

  /** 0 all works, 1 something does not, 3 nothing can be done here. */
  int exitStatus() {
    if (cannotRun.isPresent()) {
      return 3;
    }
    return count(Level.FAILS) > 0 ? 1 : 0;
  }

  private long count(Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  /** A line a finding, remedies beneath it, a last line that counts. */
  String text() {
    StringBuilder text = new StringBuilder(platform + ", kernel " + kernel + "\n\n");
    int width = findings.stream().mapToInt(finding -> finding.subject().length()).max().orElse(0);
    for (Finding finding : findings) {
      text.append(String.format(
          "%-5s  %-" + width + "s  %s%n", finding.level().word(), finding.subject(), finding.says()));
      finding.remedies().forEach(remedy -> text.append("         -> ").append(remedy).append('\n'));
    }
    text.append('\n');
    cannotRun.ifPresent(reason -> text.append("cannot run here: ").append(reason).append('\n'));
    text.append(String.format(
        "%d work, %d to note, %d fail%n", count(Level.WORKS), count(Level.NOTE), count(Level.FAILS)));
    return text.toString();
  }

  /** The same as a JSON object, ending in a line feed. */
  String json() {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("platform", platform);
    root.put("kernel", kernel);
    root.put("cannotRun", cannotRun.orElse(null));
    root.put("findings", findings.stream().map(DoctorReport::asMap).toList());
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("works", count(Level.WORKS));
    summary.put("notes", count(Level.NOTE));
    summary.put("fails", count(Level.FAILS));
    summary.put("exitStatus", exitStatus());
    root.put("summary", summary);
    try {
      return new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> asMap(Finding finding) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("subject", finding.subject());
    map.put("level", finding.level().word());
    map.put("says", finding.says());
    map.put("remedies", finding.remedies());
    return map;
  }
}
