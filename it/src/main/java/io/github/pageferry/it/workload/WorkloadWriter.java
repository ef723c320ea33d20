package io.github.pageferry.it.workload;

import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.Prot;
import io.github.pageferry.it.workload.Step.Sharing;
import io.github.pageferry.it.yaml.Fields;
import io.github.pageferry.it.yaml.YamlText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Writes workloads as files: a line a step, what has its default left out. */
public final class WorkloadWriter {

  private static final int INDENT = 6;

  private WorkloadWriter() {}

  /** One document, without a separator. */
  public static String format(Workload workload) {
    StringBuilder out = new StringBuilder();
    out.append("workload: ").append(YamlText.blockScalar(workload.name())).append('\n');
    if (!workload.about().isEmpty()) {
      out.append("about: ").append(YamlText.blockScalar(workload.about())).append('\n');
    }
    out.append("nodes: ").append(workload.nodes()).append('\n');
    if (!workload.needs().isEmpty()) {
      out.append("needs: [").append(String.join(", ", workload.needs().stream().map(Need::word).toList())).append("]\n");
    }
    out.append("steps:\n");
    for (Step step : workload.steps()) {
      out.append("  - ").append(format(step, "  - ".length())).append('\n');
    }
    return out.toString();
  }

  /** A stream of documents, each after a separator. */
  public static String format(Collection<Workload> workloads) {
    StringBuilder out = new StringBuilder();
    workloads.forEach(workload -> out.append("---\n").append(format(workload)));
    return out.toString();
  }

  /** One step as it stands in a file, on one line unless that is too long: {@code touch: {pages: a, node: 0}}. */
  public static String format(Step step) {
    return format(step, 0);
  }

  private static String format(Step step, int column) {
    Line line = new Line(column, step.word());
    // No pattern switch in Java 17.
    if (step instanceof Step.Map s) {
      map(line, s);
    } else if (step instanceof Step.Touch s) {
      line.pages(s.pages()).flag("write", s.write()).number("node", s.node()).flag("same", s.same());
    } else if (step instanceof Step.Move s) {
      line.pages(s.pages());
      if (s.to().size() == 1) {
        line.field("to", "" + s.to().get(0));
      } else {
        line.numbers("to", s.to());
      }
      line.words("flags", s.flags()).process(s.process()).number("uid", s.uid()).words("bad", s.bad());
    } else if (step instanceof Step.Query s) {
      line.pages(s.pages()).process(s.process()).number("uid", s.uid()).words("bad", s.bad());
    } else if (step instanceof Step.Migrate s) {
      line.numbers("from", s.from()).numbers("to", s.to()).process(s.process()).number("uid", s.uid());
    } else if (step instanceof Step.Bind s) {
      line.pages(s.pages()).field("mode", Fields.written(s.mode())).numbers("nodes", s.nodes()).words("flags", s.flags());
    } else if (step instanceof Step.Lock s) {
      line.pages(s.pages());
    } else if (step instanceof Step.Unlock s) {
      line.pages(s.pages());
    } else if (step instanceof Step.Protect s) {
      line.pages(s.pages()).field("prot", Fields.written(s.prot()));
    } else if (step instanceof Step.Unmap s) {
      line.pages(s.pages());
    } else if (step instanceof Step.Advise s) {
      line.pages(s.pages()).field("advice", Fields.written(s.advice()));
    } else if (step instanceof Step.Sync s) {
      line.field("region", YamlText.scalar(s.region()));
    } else if (step instanceof Step.Pin s) {
      line.pages(s.pages());
    } else if (step instanceof Step.Unpin s) {
      line.pages(s.pages());
    } else if (step instanceof Step.Fork s) {
      line.field("as", YamlText.scalar(s.as()));
    } else if (step instanceof Step.Exit s) {
      line.field("process", YamlText.scalar(s.process()));
    } else if (step instanceof Step.Cpuset s) {
      line.numbers("mems", s.mems());
    }
    return line.end();
  }

  private static void map(Line line, Step.Map map) {
    boolean second = !map.of().isEmpty();
    boolean isPrivate = !second && (map.backing() == Backing.ANON || map.backing() == Backing.HUGETLB);
    line.field("as", YamlText.scalar(map.as()));
    if (second) {
      line.field("of", YamlText.scalar(map.of()));
    } else {
      line.field("pages", "" + map.pages());
    }
    if (map.backing() != Backing.ANON) {
      line.field("backing", Fields.written(map.backing()));
    }
    if (map.sharing() != (isPrivate ? Sharing.PRIVATE : Sharing.SHARED)) {
      line.field("sharing", Fields.written(map.sharing()));
    }
    if (map.prot() != Prot.RW) {
      line.field("prot", Fields.written(map.prot()));
    }
    line.flag("huge", map.huge());
  }

  /** A step's word and fields in the making. */
  private static final class Line {

    private final StringBuilder out = new StringBuilder();
    private final int column;
    private boolean first = true;

    Line(int column, String word) {
      this.column = column;
      out.append(word).append(": {");
    }

    Line field(String key, String value) {
      out.append(first ? "" : ", ").append(key).append(": ").append(value);
      first = false;
      return this;
    }

    Line list(String key, List<String> items) {
      field(key, "");
      int lineStart = out.lastIndexOf("\n") + 1;
      int at = out.length() - lineStart + (lineStart == 0 ? column : 0);
      out.append(column == 0 ? "[" + String.join(", ", items) + "]" : YamlText.list(items, at, INDENT));
      return this;
    }

    Line pages(List<PageSelector> pages) {
      List<String> parts = pages.stream()
          .map(part -> part.equals(new PageSelector.Null(0)) ? "null" : YamlText.scalar(Selectors.format(part)))
          .toList();
      return parts.size() == 1 ? field("pages", parts.get(0)) : list("pages", parts);
    }

    Line numbers(String key, List<Integer> numbers) {
      return list(key, numbers.stream().map(String::valueOf).toList());
    }

    Line number(String key, OptionalInt number) {
      number.ifPresent(value -> field(key, "" + value));
      return this;
    }

    Line flag(String key, boolean value) {
      return value ? field(key, "true") : this;
    }

    <E extends Enum<E>> Line words(String key, Set<E> words) {
      List<E> sorted = new ArrayList<>(words);
      sorted.sort(null);
      return sorted.isEmpty() ? this : list(key, sorted.stream().map(Fields::written).toList());
    }

    Line process(String process) {
      return process.equals("self") ? this : field("process", YamlText.scalar(process));
    }

    String end() {
      return out.append('}').toString();
    }
  }
}
