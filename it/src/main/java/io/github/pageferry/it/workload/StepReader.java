package io.github.pageferry.it.workload;

import io.github.pageferry.it.workload.Scope.Region;
import io.github.pageferry.it.workload.Step.Advice;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.BadArray;
import io.github.pageferry.it.workload.Step.BindFlag;
import io.github.pageferry.it.workload.Step.BindMode;
import io.github.pageferry.it.workload.Step.CallFlag;
import io.github.pageferry.it.workload.Step.Prot;
import io.github.pageferry.it.workload.Step.Sharing;
import io.github.pageferry.it.yaml.Fields;
import io.github.pageferry.it.yaml.Problems;
import io.github.pageferry.it.yaml.YamlNode;
import io.github.pageferry.it.yaml.YamlNode.Mapping;
import io.github.pageferry.it.yaml.YamlNode.Scalar;
import io.github.pageferry.it.yaml.YamlNode.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the steps of one workload, in order, and checks each against those before it. */
final class StepReader {

  /** Nodes in masks are below this: four times what kernels can be built for. */
  static final int MASK_BITS = 4096;

  /** The most pages of a region (64 GiB of 4 KiB pages), and of what one step selects. */
  static final int MAX_PAGES = 1 << 24;

  /** Base pages in one huge page. */
  private static final int HUGE_PAGES = 512;

  private static final Predicate<String> IS_NAME = Scope.NAME.asMatchPredicate();
  private static final String NAME_RULE = "should be a name of the form " + Scope.NAME;

  private final Problems problems;
  private final boolean wholeHugePages;
  private final Scope scope = new Scope();

  /**
   * @param wholeHugePages whether regions of huge pages have to be multiples of them. Kernels round up, and random
   *     workloads that were recorded before the rule was made rely on it.
   */
  StepReader(Problems problems, boolean wholeHugePages) {
    this.problems = problems;
    this.wholeHugePages = wholeHugePages;
  }

  /**
   * Reads one step.
   *
   * @param number the step's, from 1
   * @return the step, or null where it is too wrong to say which; other problems are noted
   */
  @Nullable Step read(int number, YamlNode node) {
    String where = "step " + number;
    if (!(node instanceof Mapping mapping) || mapping.entries().size() != 1) {
      problems.add(node.line(), where, "should be one step and its fields, like {touch: {pages: a}}, not "
          + (node instanceof Mapping m ? m.entries().size() + " steps" : Fields.described(node)));
      return null;
    }
    Map.Entry<String, YamlNode> entry = mapping.entries().entrySet().iterator().next();
    String word = entry.getKey();
    List<String> known = StepWords.FIELDS.get(word);
    if (known == null) {
      problems.add(node.line(), where, "there is no step '" + word + "', only " + String.join(", ", StepWords.ALL));
      return null;
    }
    Fields fields = new Fields(problems, where + " (" + word + ")", entry.getValue(), known);
    return switch (word) {
      case "map" -> map(fields);
      case "touch" -> new Step.Touch(pages(fields), fields.bool("write"), node(fields), fields.bool("same"));
      case "move" -> move(fields);
      case "query" -> new Step.Query(pages(fields), process(fields), uid(fields), fields.words("bad", BadArray.class));
      case "migrate" -> new Step.Migrate(mask(fields, "from", true), mask(fields, "to", true), process(fields), uid(fields));
      case "bind" -> bind(fields);
      case "lock" -> new Step.Lock(pages(fields));
      case "unlock" -> new Step.Unlock(pages(fields));
      case "protect" -> new Step.Protect(pages(fields), requiredWord(fields, "prot", Prot.class, Prot.RW));
      case "unmap" -> unmap(fields);
      case "advise" -> new Step.Advise(pages(fields), requiredWord(fields, "advice", Advice.class, Advice.DONTNEED));
      case "sync" -> sync(fields);
      case "pin" -> new Step.Pin(pages(fields));
      case "unpin" -> new Step.Unpin(pages(fields));
      case "fork" -> fork(fields);
      case "exit" -> exit(fields);
      case "cpuset" -> new Step.Cpuset(mask(fields, "mems", true));
      default -> throw new AssertionError(word);
    };
  }

  private Step map(Fields fields) {
    int before = problems.count();
    String as = name(fields, "as").orElse("");
    if (!as.isEmpty()) {
      scope.whyNotNewRegion(as).ifPresent(why -> fields.wrong("as", why));
    }
    Optional<String> of = fields.has("of") ? name(fields, "of") : Optional.empty();
    Optional<Integer> pages = fields.integer("pages", 1, MAX_PAGES);
    Backing backing = fields.word("backing", Backing.class, Backing.ANON);
    Optional<Region> twice = of.flatMap(name -> mappedTwice(fields, name));
    boolean isPrivate = !fields.has("of") && (backing == Backing.ANON || backing == Backing.HUGETLB);
    Sharing sharing = fields.word("sharing", Sharing.class, isPrivate ? Sharing.PRIVATE : Sharing.SHARED);
    Prot prot = fields.word("prot", Prot.class, Prot.RW);
    boolean huge = fields.bool("huge");
    if (fields.has("of")) {
      twice.ifPresent(first -> checkSecond(fields, first, pages, sharing));
    } else {
      checkFirst(fields, pages, backing, sharing);
    }
    int size = twice.map(Region::pages).or(() -> pages).orElse(0);
    if (!as.isEmpty()) {
      Backing behind = twice.map(Region::backing).orElse(backing);
      scope.map(as, new Region(problems.count() == before ? size : Scope.UNKNOWN, behind, sharing));
    }
    return new Step.Map(as, fields.has("of") ? 0 : size, backing, sharing, prot, of.orElse(""), huge);
  }

  private Optional<Region> mappedTwice(Fields fields, String name) {
    Optional<Region> region = scope.region(name);
    if (region.isEmpty()) {
      fields.wrong("of", "there is no region '" + name + "' at this step");
    } else if (!region.get().isFile() && !region.get().isSharedAnonymous()) {
      fields.wrong("of", "region '" + name + "' is neither a file nor shared anonymous memory: it cannot be mapped twice");
    }
    return region;
  }

  private static void checkSecond(Fields fields, Region first, Optional<Integer> pages, Sharing sharing) {
    if (fields.has("backing")) {
      fields.wrong("backing", "has no place beside 'of', which says what is behind the region");
    }
    if (pages.isPresent() && first.pages() != Scope.UNKNOWN && first.pages() != pages.get()) {
      fields.wrong("pages", "should be " + first.pages() + ", the size of the region that is mapped again, or left out");
    }
    if (first.isSharedAnonymous() && sharing == Sharing.PRIVATE) {
      fields.wrong("sharing", "shared anonymous memory cannot be mapped again as private");
    }
  }

  private void checkFirst(Fields fields, Optional<Integer> pages, Backing backing, Sharing sharing) {
    if (!fields.has("pages")) {
      fields.wrong("pages", "is missing");
    }
    if (wholeHugePages && backing == Backing.HUGETLB && pages.isPresent() && pages.get() % HUGE_PAGES != 0) {
      fields.wrong("pages", "should be a multiple of " + HUGE_PAGES + " for huge pages, not " + pages.get());
    }
    if (backing == Backing.DEVICE && sharing == Sharing.PRIVATE) {
      fields.wrong("sharing", "a device's mapping is always shared");
    }
  }

  private Step unmap(Fields fields) {
    List<PageSelector> pages = pages(fields);
    scope.unmap(pages);
    return new Step.Unmap(pages);
  }

  private Step move(Fields fields) {
    List<PageSelector> pages = pages(fields);
    List<Integer> to = List.of();
    if (fields.required("to") != null) {
      to = fields.integers("to", Integer.MIN_VALUE, Integer.MAX_VALUE);
      long count = scope.count(pages);
      if (to.size() != 1 && count != Scope.UNKNOWN && to.size() != count) {
        fields.wrong("to", "names " + to.size() + " nodes for " + count + " pages; give one for all or one for each");
      }
    }
    Set<CallFlag> flags = fields.words("flags", CallFlag.class);
    if (flags.contains(CallFlag.ALL) && flags.contains(CallFlag.NONE)) {
      fields.wrong("flags", "'all' and 'none' exclude each other");
    }
    return new Step.Move(pages, to, flags, process(fields), uid(fields), fields.words("bad", BadArray.class));
  }

  private Step bind(Fields fields) {
    int before = problems.count();
    List<PageSelector> pages = pages(fields);
    if (problems.count() == before && !scope.isContiguous(pages)) {
      fields.wrong("pages", "should be one contiguous run of pages");
    }
    BindMode mode = requiredWord(fields, "mode", BindMode.class, BindMode.BIND);
    return new Step.Bind(pages, mode, mask(fields, "nodes", false), fields.words("flags", BindFlag.class));
  }

  private Step sync(Fields fields) {
    String name = name(fields, "region").orElse("");
    if (!name.isEmpty()) {
      Optional<Region> region = scope.region(name);
      if (region.isEmpty()) {
        fields.wrong("region", "there is no region '" + name + "' at this step");
      } else if (!region.get().isFile()) {
        fields.wrong("region", "region '" + name + "' is not of a file");
      }
    }
    return new Step.Sync(name);
  }

  private Step fork(Fields fields) {
    String as = name(fields, "as").orElse("");
    if (!as.isEmpty()) {
      scope.whyNotNewChild(as).ifPresentOrElse(why -> fields.wrong("as", why), () -> scope.fork(as));
    }
    return new Step.Fork(as);
  }

  private Step exit(Fields fields) {
    String process = name(fields, "process").orElse("");
    if (!process.isEmpty()) {
      scope.whyNoChild(process).ifPresentOrElse(why -> fields.wrong("process", why), () -> scope.exit(process));
    }
    return new Step.Exit(process);
  }

  private static Optional<String> name(Fields fields, String key) {
    return fields.text(key, IS_NAME, NAME_RULE);
  }

  private static <E extends Enum<E>> E requiredWord(Fields fields, String key, Class<E> type, E byDefault) {
    return fields.required(key) == null ? byDefault : fields.word(key, type, byDefault);
  }

  private static List<Integer> mask(Fields fields, String key, boolean required) {
    if (required && fields.required(key) == null) {
      return List.of();
    }
    return fields.integers(key, 0, MASK_BITS - 1);
  }

  private static OptionalInt node(Fields fields) {
    return optional(fields.integer("node", 0, MASK_BITS - 1));
  }

  private static OptionalInt uid(Fields fields) {
    return optional(fields.integer("uid", 0, Integer.MAX_VALUE));
  }

  private static OptionalInt optional(Optional<Integer> value) {
    return value.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  private String process(Fields fields) {
    if (!fields.has("process")) {
      return "self";
    }
    String name = name(fields, "process").orElse("self");
    scope.whyNoProcess(name).ifPresent(why -> fields.wrong("process", why));
    return name;
  }

  private List<PageSelector> pages(Fields fields) {
    if (fields.required("pages") == null) {
      return List.of();
    }
    List<PageSelector> parts = new ArrayList<>();
    for (YamlNode item : fields.items("pages")) {
      try {
        PageSelector part = selector(item);
        parts.add(part);
        Selectors.check(part, scope);
      } catch (IllegalArgumentException e) {
        fields.wrong("pages", item.line(), e.getMessage());
      }
    }
    if (scope.count(parts) > MAX_PAGES) {
      fields.wrong("pages", "selects more than " + MAX_PAGES + " pages");
    }
    return List.copyOf(parts);
  }

  private static PageSelector selector(YamlNode item) {
    if (item instanceof Scalar scalar && scalar.type() == ScalarType.NULL) {
      return new PageSelector.Null(0);
    }
    if (item instanceof Scalar scalar) {
      return Selectors.parse(scalar.text());
    }
    throw new IllegalArgumentException("a page selector should be a text, not " + item.kind());
  }
}
