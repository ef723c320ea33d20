package io.github.pageferry.it.lab.guest;

import io.github.pageferry.MemoryCallException;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PolicyFlag;
import io.github.pageferry.PolicyMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What is told of policies that have been set, of threads and of ranges, and what is refused: the same questions for a guest's kernel
 * and for the simulator as that release.
 */
public final class PolicyAnswers {

  /** How many pages of memory the questions are about. */
  public static final int PAGES = 64;

  private static final int PAGE_BYTES = 4096;
  private static final int RANDOM_POLICIES = 200;
  private static final long SEED = 20_260_820;
  /** Of no machine that is asked. */
  private static final int ABSENT_NODE = 9;

  private final MemoryMigrator migrator;
  private final long address;
  private final Map<String, String> answers = new TreeMap<>();

  private PolicyAnswers(MemoryMigrator migrator, long address) {
    this.migrator = migrator;
    this.address = address;
  }

  /**
   * Asks a machine with nodes 0 to 2, from a thread without a policy.
   *
   * @param address where {@link #PAGES} private anonymous pages of 4 KiB begin, all on node 0 and of no policy; other nodes have them
   *     afterwards
   */
  public static Map<String, String> of(MemoryMigrator migrator, long address) {
    PolicyAnswers asked = new PolicyAnswers(migrator, address);
    for (MemoryPolicy policy : policies()) {
      asked.ask("thread, " + text(policy), () -> asked.toldOfThread(policy));
      asked.ask("range, " + text(policy), () -> asked.toldOfRange(policy));
    }
    asked.ask("range without a policy in a bound thread", asked::toldBesideTheThreads);
    asked.ask("random ranges", asked::toldOfRandomRanges);
    asked.ask("nodes of moved pages", asked::nodesOfMovedPages);
    asked.ask("no memory", () -> errno(() -> migrator.getPolicyAt(0)) + " " + errno(() -> migrator.nodeAt(0)) + " "
        + errno(() -> migrator.getPolicyAt(-1)));
    asked.ask("allowed", () -> migrator.allowedNodes().toString());
    return asked.answers;
  }

  private static Set<MemoryPolicy> policies() {
    Set<MemoryPolicy> policies = new LinkedHashSet<>();
    for (PolicyMode mode : PolicyMode.values()) {
      for (NodeSet nodes : List.of(NodeSet.EMPTY, NodeSet.of(1), NodeSet.of(0, 2), NodeSet.of(ABSENT_NODE),
          NodeSet.of(1, ABSENT_NODE))) {
        policies.add(MemoryPolicy.of(mode, nodes));
      }
      policies.add(new MemoryPolicy(mode, Set.of(PolicyFlag.STATIC_NODES), NodeSet.of(1, ABSENT_NODE)));
      policies.add(new MemoryPolicy(mode, Set.of(PolicyFlag.RELATIVE_NODES), NodeSet.of(0, 1)));
      policies.add(new MemoryPolicy(mode, Set.of(PolicyFlag.STATIC_NODES), NodeSet.EMPTY));
      policies.add(new MemoryPolicy(mode, Set.of(PolicyFlag.STATIC_NODES, PolicyFlag.RELATIVE_NODES), NodeSet.of(1)));
    }
    return policies;
  }

  private void ask(String question, Supplier<String> body) {
    answers.put(question, PolicyFacts.inNewThread(body));
  }

  private String toldOfThread(MemoryPolicy policy) {
    migrator.setPolicy(MemoryPolicy.preferred(2));
    String set = errno(() -> migrator.setPolicy(policy));
    String next = answer(() -> Integer.toString(migrator.nextInterleaveNode()));
    return set + ", told " + text(migrator.getPolicy()) + ", next " + next;
  }

  /** Of the range, which begins and ends inside the memory, and of the pages on both sides of it. */
  private String toldOfRange(MemoryPolicy policy) {
    migrator.bind(at(0), PAGES * PAGE_BYTES, MemoryPolicy.DEFAULT, Set.of());
    String set = errno(() -> migrator.bind(at(8), 8 * PAGE_BYTES, policy, Set.of()));
    List<String> told = new ArrayList<>();
    for (long asked : new long[] {at(8) - 1, at(8), at(16) - 1, at(16)}) {
      told.add(text(migrator.getPolicyAt(asked)));
    }
    migrator.bind(at(0), PAGES * PAGE_BYTES, MemoryPolicy.DEFAULT, Set.of());
    return set + ", told " + told;
  }

  private String toldBesideTheThreads() {
    migrator.setPolicy(MemoryPolicy.bind(1));
    migrator.bind(at(1), PAGE_BYTES, MemoryPolicy.interleave(0, 2), Set.of());
    String told = text(migrator.getPolicyAt(at(0))) + ", " + text(migrator.getPolicyAt(at(1)));
    migrator.bind(at(1), PAGE_BYTES, MemoryPolicy.DEFAULT, Set.of());
    return told;
  }

  /** Policies are set over parts of each other: of each page the one that was set last is told. */
  private String toldOfRandomRanges() {
    Random random = new Random(SEED);
    MemoryPolicy[] expected = new MemoryPolicy[PAGES];
    List<MemoryPolicy> choices = List.of(MemoryPolicy.DEFAULT, MemoryPolicy.bind(0), MemoryPolicy.bind(0, 1),
        MemoryPolicy.bind(1), MemoryPolicy.interleave(0, 1), MemoryPolicy.interleave(2), MemoryPolicy.preferred(0),
        MemoryPolicy.preferred(1));
    setAll(expected, 0, PAGES, MemoryPolicy.DEFAULT);
    for (int i = 0; i < RANDOM_POLICIES; i++) {
      int from = random.nextInt(PAGES);
      int to = from + 1 + random.nextInt(PAGES - from);
      setAll(expected, from, to, choices.get(random.nextInt(choices.size())));
      for (int page = 0; page < PAGES; page++) {
        MemoryPolicy told = migrator.getPolicyAt(at(page));
        if (!told.equals(expected[page])) {
          return "after " + (i + 1) + " page " + page + " has " + text(told) + ", not " + text(expected[page]);
        }
      }
    }
    setAll(expected, 0, PAGES, MemoryPolicy.DEFAULT);
    return "as set";
  }

  private void setAll(MemoryPolicy[] expected, int from, int to, MemoryPolicy policy) {
    migrator.bind(at(from), (long) (to - from) * PAGE_BYTES, policy, Set.of());
    for (int page = from; page < to; page++) {
      expected[page] = policy;
    }
  }

  private String nodesOfMovedPages() {
    PageBatch batch = PageBatch.ofCapacity(6);
    for (int page = 0; page < 6; page++) {
      batch.add(at(page), page % 3);
    }
    migrator.movePages(MemoryMigrator.SELF, batch, Set.of(MoveFlag.MOVE));
    StringBuilder nodes = new StringBuilder();
    for (int page = 0; page < 7; page++) {
      nodes.append(migrator.nodeAt(at(page)));
    }
    return nodes.toString();
  }

  private long at(int page) {
    return address + (long) page * PAGE_BYTES;
  }

  private static String errno(Runnable call) {
    return answer(() -> {
      call.run();
      return "0";
    });
  }

  private static String answer(Supplier<String> call) {
    try {
      return call.get();
    } catch (MemoryCallException e) {
      return e.errno().name();
    }
  }

  /** Its flags in their order, which that of a set is not. */
  private static String text(MemoryPolicy policy) {
    String flags = policy.flags().isEmpty() ? "" : policy.flags().stream().sorted().toList().toString();
    return policy.mode() + flags + "{" + policy.nodes() + "}";
  }
}
