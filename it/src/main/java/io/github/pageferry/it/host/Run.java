package io.github.pageferry.it.host;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.it.testbed.Session.Result;
import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One run of one workload, as the run's own thread sees it. */
final class Run implements AutoCloseable {

  private static final Path THP_ENABLED = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  /** Whether this process may be looked at, before any run has changed it. */
  private static final int DUMPABLE = Libc.prctl(Libc.PR_GET_DUMPABLE, 0, 0, 0, 0);

  private final MemoryMigrator migrator;
  private final HostTestbed testbed;
  private final RunThread thread;
  private final Cleanup cleanup = new Cleanup();
  private final Regions regions;
  private final Mapper mapper;
  private final Children children = new Children();
  private final Pins pins = new Pins();
  private final ContentCheck contentCheck;
  private final PageCalls pageCalls;
  private final RangeCalls rangeCalls;
  private final Map<Class<? extends Step>, Function<Step, Result>> steps = new HashMap<>();
  private @Nullable Ksm ksm;
  private @Nullable CpusetGroup group;
  /** What was said last, as long as no step has been made since. */
  private @Nullable Map<String, int[]> placement;

  /**
   * Makes the machine ready.
   *
   * @param needs what the workload needs beside nodes
   * @param nodes how many nodes it needs
   * @throws IllegalStateException where that cannot be had; nothing is left behind then
   */
  Run(HostTestbed testbed, RunThread thread, Set<Need> needs, int nodes) {
    this.testbed = testbed;
    this.thread = thread;
    migrator = testbed.migrator();
    try {
      prepareMachine(needs, nodes);
      AddressWindow window = AddressWindow.take();
      cleanup.add(window::close);
      regions = new Regions(window);
      mapper = new Mapper(window, regions, testbed.fileSystems());
      cleanup.add(mapper::close);
      UserMemory memory = new UserMemory();
      cleanup.add(memory::close);
      PageMap pageMap = new PageMap();
      cleanup.add(pageMap::close);
      contentCheck = new ContentCheck(memory, pageMap);
      pageCalls = new PageCalls(migrator, regions, children);
      cleanup.add(pageCalls::close);
      rangeCalls = new RangeCalls(regions, memory, pageMap, pageCalls);
      cleanup.add(pins::close);
      cleanup.add(children::close);
      defineSteps();
    } catch (RuntimeException e) {
      cleanup.close();
      throw e;
    }
  }

  private void prepareMachine(Set<Need> needs, int nodes) {
    cleanup.add(() -> Libc.prctl(Libc.PR_SET_DUMPABLE, DUMPABLE, 0, 0, 0));
    KernelSettings settings = new KernelSettings();
    cleanup.add(settings::close);
    if (needs.contains(Need.THP) && KernelFile.read(THP_ENABLED).map(KernelSettings::chosen).orElse("").equals("never")) {
      settings.set(THP_ENABLED, "madvise");
    }
    if (needs.contains(Need.CPUSET)) {
      testbed.cpusets().prepare();
    }
    if (needs.contains(Need.HUGETLB)) {
      HugePagePool pool = HugePagePool.obtain(nodes, testbed::isClosed);
      cleanup.add(pool::close);
    }
    if (needs.contains(Need.KSM)) {
      Ksm opened = new Ksm(testbed::isClosed);
      cleanup.add(opened::close);
      ksm = opened;
    }
  }

  private void defineSteps() {
    on(Step.Move.class, pageCalls::move);
    on(Step.Query.class, pageCalls::query);
    on(Step.Migrate.class, pageCalls::migrate);
    on(Step.Bind.class, pageCalls::bind);
    does(Step.Map.class, mapper::map);
    does(Step.Touch.class, rangeCalls::touch);
    does(Step.Lock.class, rangeCalls::lock);
    does(Step.Unlock.class, rangeCalls::unlock);
    does(Step.Protect.class, rangeCalls::protect);
    does(Step.Unmap.class, rangeCalls::unmap);
    does(Step.Advise.class, this::advise);
    does(Step.Sync.class, rangeCalls::sync);
    does(Step.Pin.class, step -> forEach(Selection.of(step.pages(), regions), pins::pin));
    does(Step.Unpin.class, step -> forEach(Selection.of(step.pages(), regions), pins::unpin));
    does(Step.Fork.class, step -> children.fork(step.as()));
    does(Step.Exit.class, step -> children.exit(step.process()));
    does(Step.Cpuset.class, step -> confine(step.mems()));
  }

  private <S extends Step> void on(Class<S> kind, Function<S, Result> action) {
    steps.put(kind, step -> action.apply(kind.cast(step)));
  }

  private <S extends Step> void does(Class<S> kind, ToLongFunction<S> action) {
    on(kind, step -> Result.of(action.applyAsLong(step)));
  }

  Result execute(Step step) {
    placement = null;
    return Objects.requireNonNull(steps.get(step.getClass()), step.word()).apply(step);
  }

  private long advise(Step.Advise step) {
    long advised = rangeCalls.advise(step);
    if (advised < 0 || step.advice() != Step.Advice.MERGEABLE) {
      return advised;
    }
    if (ksm == null) {
      throw new IllegalArgumentException("mergeable is for workloads that need ksm");
    }
    return ksm.settle(migrator);
  }

  private static long forEach(Selection pages, LongUnaryOperator call) {
    long first = 0;
    for (int i = 0; i < pages.size(); i++) {
      long result = call.applyAsLong(pages.address(i));
      first = first < 0 ? first : result;
    }
    return first;
  }

  private long confine(List<Integer> nodes) {
    CpusetGroup joined = group;
    if (joined == null) {
      joined = testbed.cpusets().joinNewGroup();
      cleanup.add(joined::close);
      // joining gives a thread all CPUs of its group
      thread.bindToCpu();
      group = joined;
    }
    return joined.confine(ListFormat.format(nodes.stream().mapToInt(Integer::intValue).toArray()));
  }

  Map<String, int[]> placement() {
    Map<String, int[]> known = placement;
    if (known == null) {
      known = new LinkedHashMap<>();
      for (Region region : regions.all()) {
        if (region.hasMappedPage()) {
          known.put(region.name, pageCalls.placement(region));
        }
      }
      placement = known;
    }
    return known;
  }

  boolean intact() {
    Map<String, int[]> places = placement();
    return regions.all().stream()
        .filter(Region::hasMappedPage)
        .allMatch(region -> contentCheck.isIntact(region, places.get(region.name)));
  }

  /** Ends the children and takes everything away. */
  @Override
  public void close() {
    cleanup.close();
  }
}
