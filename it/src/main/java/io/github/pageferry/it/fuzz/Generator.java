package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.fuzz.Mood.Kind;
import io.github.pageferry.it.fuzz.World.Region;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.BadArray;
import io.github.pageferry.it.workload.Step.BindFlag;
import io.github.pageferry.it.workload.Step.BindMode;
import io.github.pageferry.it.workload.Step.CallFlag;
import io.github.pageferry.it.workload.Step.Prot;
import io.github.pageferry.it.workload.Step.Sharing;
import io.github.pageferry.it.workload.Workload;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Random workloads over the whole vocabulary of steps. The seed, the number of a workload and the number of nodes say
 * everything: with the same three the same workload comes out on every machine and JVM.
 *
 * <p>Only such workloads are made as a real kernel answers in the same way each time. Left out for that reason, and
 * nothing else: interleaving by what differs between runs (see {@link NodeChoices}), extra references on parts of two
 * pages, more huge pages than the pool and larger files than disks have room for, second mappings of memory whose first page
 * is unmapped, and what is up to a device's driver: parts of its mapping, and the mapping in children.
 */
public final class Generator {

  /** How many nodes a workload can be for; node numbers from here on stand for nodes that are not there. */
  public static final int MOST_NODES = 8;

  private static final int USER = 1000;
  /** The pool has four huge pages a node; a workload that needs one node has to get by with these. */
  private static final int HUGE_PAGES = 4;
  private static final int HUGE_PAGE = 512;
  /** Three quarters of the lab's smallest disk. */
  private static final int DISK_PAGES = 768;
  /** Each waits for several scans of all mergeable memory. */
  private static final int MOST_MERGES = 2;
  private static final int PINS_A_STEP = 20;
  private static final int MOST_PINS = 40;
  /**
   * Every call to move pages begins with that, whatever it is to move. How full pagevecs are hangs on what the kernel read for its file
   * systems and on a JVM's own pages, and it shows: from 5.9 to 5.17 a write-protected page that waits in one is copied when it is
   * written, and what waits after a migration may not move again. So this follows every migration and all that write-protects.
   */
  private static final Step EMPTY_PAGEVECS = new Step.Move(
      List.of(new PageSelector.Hole(0)), List.of(0), EnumSet.noneOf(CallFlag.class), "self", OptionalInt.empty(), Set.of());

  private final long seed;
  private final int nodes;

  /**
   * A generator.
   *
   * @param seed any number
   * @param nodes the most nodes that a workload may need, 1 to {@link #MOST_NODES}
   */
  public Generator(long seed, int nodes) {
    if (nodes < 1 || nodes > MOST_NODES) {
      throw new IllegalArgumentException("workloads can be made for 1 to " + MOST_NODES + " nodes, not for " + nodes);
    }
    this.seed = seed;
    this.nodes = nodes;
  }

  /**
   * Makes a workload.
   *
   * @param number any number from 0 up
   */
  public Workload workload(long number) {
    return new Making(Draw.of(seed, number)).make("fuzz-" + Long.toUnsignedString(seed) + "-" + number);
  }

  /** One workload in the making. */
  private final class Making {

    private final Draw draw;
    private final int needed;
    private final Mood mood;
    private final World world = new World();
    private final Selections selections;
    private final NodeChoices choices;
    private final List<Step> steps = new ArrayList<>();

    Making(Draw draw) {
      this.draw = draw;
      needed = draw.percent(75) ? nodes : draw.between(Math.min(2, nodes), nodes);
      mood = new Mood(draw);
      selections = new Selections(draw, mood, world);
      choices = new NodeChoices(draw, mood, needed);
    }

    Workload make(String name) {
      for (int i = 0; i < mood.regions; i++) {
        steps.add(map());
      }
      for (int tries = 0; steps.size() < mood.regions + mood.length && tries < 100; tries++) {
        step(mood.steps.choose(draw));
      }
      return new Workload(name, "Random.", needed, Needs.of(steps), steps);
    }

    private void step(Kind kind) {
      switch (kind) {
        case MAP -> {
          if (world.hasRoom()) {
            steps.add(draw.percent(50) ? mapAgain() : map());
          }
        }
        case TOUCH -> steps.add(touch());
        case MOVE -> steps.add(move());
        case QUERY -> steps.add(query());
        case MIGRATE -> addAndEmptyPagevecs(migrate());
        case BIND -> steps.add(bind());
        case LOCK -> steps.add(new Step.Lock(selections.ranges()));
        case UNLOCK -> steps.add(new Step.Unlock(selections.ranges()));
        case PROTECT -> addAndEmptyPagevecs(protect());
        case UNMAP -> unmap();
        case DONTNEED -> steps.add(new Step.Advise(selections.ranges(), Step.Advice.DONTNEED));
        case MERGEABLE -> {
          if (world.merges++ < MOST_MERGES) {
            steps.add(new Step.Advise(selections.ranges(), Step.Advice.MERGEABLE));
          }
        }
        case SYNC -> world.regions().stream().filter(Region::isFile).reduce((a, b) -> draw.percent(50) ? a : b)
            .ifPresent(region -> steps.add(new Step.Sync(region.name)));
        case PIN -> pin();
        case UNPIN -> {
          if (world.pins > 0 || draw.percent(5)) {
            steps.add(new Step.Unpin(selections.aligned(PINS_A_STEP)));
          }
        }
        case FORK -> {
          if (!world.childrenToCome().isEmpty()) {
            String child = world.childrenToCome().get(0);
            world.children().add(child);
            addAndEmptyPagevecs(new Step.Fork(child));
          }
        }
        case EXIT -> {
          if (!world.children().isEmpty()) {
            steps.add(new Step.Exit(world.children().remove(draw.below(world.children().size()))));
          }
        }
        case CPUSET -> steps.add(new Step.Cpuset(choices.forCpuset()));
        default -> throw new AssertionError(kind);
      }
    }

    private Step map() {
      Backing backing = mood.backings.choose(draw);
      boolean huge = backing == Backing.ANON && draw.percent(mood.huge);
      int pages = mood.pages(draw, backing, huge);
      if (backing == Backing.HUGETLB && world.hugePages + pages / HUGE_PAGE > HUGE_PAGES) {
        backing = Backing.ANON;
      }
      world.hugePages += backing == Backing.HUGETLB ? pages / HUGE_PAGE : 0;
      boolean onDisk = backing == Backing.EXT4 || backing == Backing.VFAT;
      if (onDisk && world.diskPages + pages > DISK_PAGES) {
        pages = draw.between(1, 8);
      }
      world.diskPages += onDisk ? pages : 0;
      boolean shared = switch (backing) {
        case ANON -> !huge && draw.percent(25);
        case HUGETLB -> draw.percent(25);
        case DEVICE -> true;
        default -> draw.percent(75);
      };
      if (draw.percent(30)) {
        world.forgetGone();
      }
      Region region = new Region(world.newName(), pages, backing, shared);
      world.map(region);
      return new Step.Map(region.name, pages, backing, sharing(shared), protection(), "", huge);
    }

    private Step mapAgain() {
      List<Region> originals = world.regions().stream().filter(Region::canBeMappedAgain).toList();
      if (originals.isEmpty()) {
        return map();
      }
      Region original = draw.oneOf(originals);
      boolean shared = !original.isFile() || draw.percent(75);
      Region region = new Region(world.newName(), original.pages, original.backing, shared);
      world.map(region);
      // The backing of a second mapping is what its file says.
      return new Step.Map(region.name, 0, Backing.ANON, sharing(shared), protection(), original.name, false);
    }

    private Sharing sharing(boolean shared) {
      return shared ? Sharing.SHARED : Sharing.PRIVATE;
    }

    private Prot protection() {
      return draw.percent(90) ? Prot.RW : draw.percent(70) ? Prot.R : Prot.NONE;
    }

    private Step touch() {
      OptionalInt node = draw.percent(mood.placed) ? OptionalInt.of(choices.forPolicy()) : OptionalInt.empty();
      boolean write = draw.percent(mood.writes);
      return new Step.Touch(selections.ranges(), write, node, write && draw.percent(mood.same));
    }

    private Step move() {
      List<PageSelector> pages = selections.scattered();
      int count = pages.stream().mapToInt(part -> Selections.count(part, world)).sum();
      EnumSet<CallFlag> flags = EnumSet.noneOf(CallFlag.class);
      if (draw.percent(mood.all)) {
        flags.add(CallFlag.ALL);
      } else if (draw.percent(mood.unusual / 3)) {
        flags.add(CallFlag.NONE);
      }
      if (draw.percent(mood.unusual / 6)) {
        flags.add(CallFlag.BOGUS);
      }
      return new Step.Move(pages, choices.targets(count), flags, process(pages), user(), bad(EnumSet.allOf(BadArray.class)));
    }

    private Step query() {
      List<PageSelector> pages = selections.scattered();
      return new Step.Query(pages, process(pages), user(), bad(EnumSet.of(BadArray.PAGES, BadArray.STATUS)));
    }

    private Set<BadArray> bad(Set<BadArray> arrays) {
      EnumSet<BadArray> bad = EnumSet.noneOf(BadArray.class);
      if (draw.percent(mood.unusual / 4)) {
        bad.add(draw.oneOf(List.copyOf(EnumSet.copyOf(arrays))));
        bad.addAll(draw.some(BadArray.class, 10));
        bad.retainAll(arrays);
      }
      return bad;
    }

    private void addAndEmptyPagevecs(Step step) {
      steps.add(step);
      steps.add(EMPTY_PAGEVECS);
    }

    private Step migrate() {
      return new Step.Migrate(choices.any(), choices.any(), process(List.of()), user());
    }

    private Step bind() {
      Region region = world.region(draw);
      BindMode mode = draw.oneOf(
          List.of(BindMode.BIND, BindMode.BIND, BindMode.PREFERRED, BindMode.INTERLEAVE, BindMode.DEFAULT));
      EnumSet<BindFlag> flags = draw.some(BindFlag.class, 35);
      if (!draw.percent(Math.max(mood.all, 20))) {
        flags.remove(BindFlag.ALL);
      }
      return new Step.Bind(selections.run(region), mode, choices.forBind(mode, region), flags);
    }

    private Step protect() {
      List<PageSelector> pages = selections.dividing();
      // Whether a device may be written to is up to its driver, too.
      Prot most = pages.stream().anyMatch(selections::isDevice) ? Prot.R : Prot.RW;
      return new Step.Protect(pages, draw.oneOf(List.of(Prot.NONE, Prot.R, most, most)));
    }

    /** Page by page, which divides every mapping. */
    private void unmap() {
      List<PageSelector> pages = selections.ranges();
      if (pages.stream().anyMatch(selections::isDevice)) {
        return;
      }
      for (PageSelector part : pages) {
        if (part instanceof Pages run && run.offset() == 0) {
          world.regions().stream().filter(region -> region.name.equals(run.region())).forEach(region ->
              region.unmapped(run.first(), run.last() == Pages.TO_THE_END ? region.pages - 1 : run.last()));
        }
      }
      steps.add(new Step.Unmap(pages));
    }

    private void pin() {
      int most = Math.min(PINS_A_STEP, MOST_PINS - world.pins);
      if (most > 0) {
        List<PageSelector> pages = selections.aligned(most);
        world.pins += pages.stream().mapToInt(part -> Selections.count(part, world)).sum();
        steps.add(new Step.Pin(pages));
      }
    }

    private String process(List<PageSelector> pages) {
      if (!world.children().isEmpty() && draw.percent(15)) {
        String child = draw.oneOf(world.children());
        // Some drivers' mappings are not copied for children (VM_DONTCOPY).
        return pages.stream().anyMatch(selections::isDevice) ? "self" : child;
      }
      return draw.percent(mood.unusual / 5) ? draw.oneOf(List.of("kernel", "absent")) : "self";
    }

    private OptionalInt user() {
      return draw.percent(mood.unusual / 3) ? OptionalInt.of(USER) : OptionalInt.empty();
    }
  }
}
