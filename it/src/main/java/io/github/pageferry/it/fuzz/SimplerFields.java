package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.BindMode;
import io.github.pageferry.it.workload.Step.Prot;
import io.github.pageferry.it.workload.Step.Sharing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Steps with one field nearer to its default. */
final class SimplerFields {

  private static final String SELF = "self";

  private SimplerFields() {}

  static List<Step> of(Step step) {
    List<Step> results = new ArrayList<>();
    // No pattern switch in Java 17.
    if (step instanceof Step.Map s) {
      map(s, results);
    } else if (step instanceof Step.Touch s) {
      touch(s, results);
    } else if (step instanceof Step.Move s) {
      move(s, results);
    } else if (step instanceof Step.Query s) {
      fewer(s.bad()).forEach(bad -> results.add(new Step.Query(s.pages(), s.process(), s.uid(), bad)));
      results.add(new Step.Query(s.pages(), SELF, s.uid(), s.bad()));
      results.add(new Step.Query(s.pages(), s.process(), OptionalInt.empty(), s.bad()));
    } else if (step instanceof Step.Migrate s) {
      shorter(s.from()).forEach(from -> results.add(new Step.Migrate(from, s.to(), s.process(), s.uid())));
      shorter(s.to()).forEach(to -> results.add(new Step.Migrate(s.from(), to, s.process(), s.uid())));
      results.add(new Step.Migrate(s.from(), s.to(), SELF, s.uid()));
      results.add(new Step.Migrate(s.from(), s.to(), s.process(), OptionalInt.empty()));
    } else if (step instanceof Step.Bind s) {
      fewer(s.flags()).forEach(flags -> results.add(new Step.Bind(s.pages(), s.mode(), s.nodes(), flags)));
      shorter(s.nodes()).forEach(nodes -> results.add(new Step.Bind(s.pages(), s.mode(), nodes, s.flags())));
      results.add(new Step.Bind(s.pages(), BindMode.DEFAULT, List.of(), s.flags()));
      if (s.mode() != BindMode.BIND && !s.nodes().isEmpty()) {
        results.add(new Step.Bind(s.pages(), BindMode.BIND, s.nodes(), s.flags()));
      }
    } else if (step instanceof Step.Protect s && s.prot() != Prot.RW) {
      results.add(new Step.Protect(s.pages(), Prot.RW));
    } else if (step instanceof Step.Cpuset s) {
      shorter(s.mems()).forEach(mems -> results.add(new Step.Cpuset(mems)));
    }
    results.removeIf(step::equals);
    return results;
  }

  private static void map(Step.Map s, List<Step> results) {
    boolean second = !s.of().isEmpty();
    if (!second && s.backing() != Backing.ANON) {
      results.add(new Step.Map(s.as(), s.pages(), Backing.ANON, Sharing.PRIVATE, s.prot(), "", s.huge()));
      results.add(new Step.Map(s.as(), s.pages(), Backing.ANON, s.sharing(), s.prot(), "", s.huge()));
    }
    boolean isPrivate = !second && (s.backing() == Backing.ANON || s.backing() == Backing.HUGETLB);
    Sharing usual = isPrivate ? Sharing.PRIVATE : Sharing.SHARED;
    results.add(new Step.Map(s.as(), s.pages(), s.backing(), usual, s.prot(), s.of(), s.huge()));
    results.add(new Step.Map(s.as(), s.pages(), s.backing(), s.sharing(), Prot.RW, s.of(), s.huge()));
    results.add(new Step.Map(s.as(), s.pages(), s.backing(), s.sharing(), s.prot(), s.of(), false));
  }

  private static void touch(Step.Touch s, List<Step> results) {
    results.add(new Step.Touch(s.pages(), s.write(), OptionalInt.empty(), s.same()));
    results.add(new Step.Touch(s.pages(), s.write(), s.node(), false));
    if (s.node().isPresent() && s.node().getAsInt() > 1) {
      results.add(new Step.Touch(s.pages(), s.write(), OptionalInt.of(1), s.same()));
    }
    if (s.write()) {
      results.add(new Step.Touch(s.pages(), false, s.node(), false));
    }
  }

  private static void move(Step.Move s, List<Step> results) {
    fewer(s.flags()).forEach(flags ->
        results.add(new Step.Move(s.pages(), s.to(), flags, s.process(), s.uid(), s.bad())));
    fewer(s.bad()).forEach(bad ->
        results.add(new Step.Move(s.pages(), s.to(), s.flags(), s.process(), s.uid(), bad)));
    results.add(new Step.Move(s.pages(), s.to(), s.flags(), SELF, s.uid(), s.bad()));
    results.add(new Step.Move(s.pages(), s.to(), s.flags(), s.process(), OptionalInt.empty(), s.bad()));
    // Each node that is named, and the simplest ones, for all pages.
    Set<Integer> nodes = new TreeSet<>(s.to());
    if (s.to().stream().anyMatch(node -> node > 1)) {
      nodes.addAll(Set.of(0, 1));
    }
    nodes.forEach(node ->
        results.add(new Step.Move(s.pages(), List.of(node), s.flags(), s.process(), s.uid(), s.bad())));
  }

  /** The set without each of its elements. */
  private static <E> List<Set<E>> fewer(Set<E> set) {
    List<Set<E>> results = new ArrayList<>();
    for (E element : set) {
      Set<E> copy = new LinkedHashSet<>(set);
      copy.remove(element);
      results.add(copy);
    }
    return results;
  }

  /** The list without each of its elements, as long as one is left, and the simplest nodes in place of a single one. */
  private static List<List<Integer>> shorter(List<Integer> list) {
    List<List<Integer>> results = new ArrayList<>();
    for (int i = 0; list.size() > 1 && i < list.size(); i++) {
      List<Integer> copy = new ArrayList<>(list);
      copy.remove(i);
      results.add(copy);
    }
    if (list.size() == 1 && list.get(0) > 1) {
      results.add(List.of(0));
      results.add(List.of(1));
    }
    return results;
  }
}
