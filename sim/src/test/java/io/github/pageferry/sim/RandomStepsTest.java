package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.kernel.Mbind;
import io.github.pageferry.sim.kernel.MovePages;
import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.VmFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever is done in whatever order, swapping, charging and offlining in between, the invariants hold after each step and each
 * process reads what it wrote.
 */
class RandomStepsTest {

  private static final long PAGE = PageTable.PAGE_SIZE;
  private static final int PAGES = 12;
  private static final long PRIVATE = 1L << 32;
  private static final long SHARED = 2L << 32;
  private static final long FILES = 3L << 32;
  private static final int STEPS = 120;

  private final List<SimulatedProcess> processes = new ArrayList<>();
  /** What each process has written where, of its own memory. */
  private final Map<String, Long> written = new HashMap<>();
  private final Map<Long, Long> shared = new HashMap<>();
  private SimulatedMachine machine;
  private Random random;
  private int offlined;

  @ParameterizedTest
  @CsvSource({"2.6.36, 1, 90", "2.6.18, 1000, 20", "5.10, 2000, 15", "6.18, 3000, 15"})
  void theInvariantsHoldAfterEachStep(String release, int firstSeed, int seeds) {
    for (int seed = firstSeed; seed < firstSeed + seeds; seed++) {
      run(release, seed);
    }
  }

  private void run(String release, int seed) {
    machine = Machines.boot(Machines.SMALL, release);
    // Each step is checked here, where its seed can be told.
    machine.kernel().syscalls = null;
    random = new Random(seed);
    processes.clear();
    written.clear();
    shared.clear();
    offlined = 0;
    SimulatedProcess self = machine.self();
    processes.add(self);
    self.mapPrivate(PRIVATE, PAGES, SimulatedProcess.PROT_READ_WRITE);
    self.mapSharedAnonymous(SHARED, PAGES, SimulatedProcess.PROT_READ_WRITE);
    FileSystem[] on = FileSystem.values();
    VmFile file = self.createFile(on[random.nextInt(on.length)], PAGES);
    self.mapFile(FILES, PAGES, SimulatedProcess.PROT_READ_WRITE, file, true);
    self.remove(file);
    self.mergeable(PRIVATE, PAGES * PAGE);
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      steps.add(step(release));
      assertThat(machine.invariants().violations()).as("%s, seed %d, after %s", release, seed, steps).isEmpty();
    }
    for (SimulatedProcess process : processes) {
      for (long page = 0; page < PAGES; page++) {
        check(process, PRIVATE + page * PAGE, written.get(process.pid() + " " + page));
        check(process, SHARED + page * PAGE, shared.get(page));
      }
    }
  }

  private void check(SimulatedProcess process, long address, Long expected) {
    if (expected != null && process.read(address) == 0) {
      assertThat(process.peek(address)).as("of %d at %x", process.pid(), address).isEqualTo(expected);
    }
  }

  private NodeMask nodes() {
    NodeMask nodes = NodeMask.of(random.nextInt(4));
    return random.nextBoolean() ? nodes : nodes.with(random.nextInt(4));
  }

  private String step(String release) {
    SimulatedProcess process = processes.get(random.nextInt(processes.size()));
    long page = random.nextInt(PAGES);
    long area = List.of(PRIVATE, PRIVATE, SHARED, FILES).get(random.nextInt(4));
    long address = area + page * PAGE;
    long length = (1 + random.nextInt(PAGES - (int) page)) * PAGE;
    String where = process.pid() + " " + Long.toHexString(address);
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3:
        long pattern = 1 + random.nextInt(4);
        if (process.write(address, pattern) == 0 && area == PRIVATE) {
          written.put(process.pid() + " " + page, pattern);
        } else if (area == SHARED && machine.kernel().current.mm().pageTable().get(address) != 0) {
          shared.put(page, process.peek(address));
        }
        return "write " + where;
      case 4, 5:
        return "read " + where + " " + process.read(address);
      case 6, 7:
        return "reclaim " + where + " " + process.reclaim(address);
      case 8:
        return "reclaim node " + machine.reclaim(machine.kernel().nodes.withMemory().first(), 1 + random.nextInt(8));
      case 9:
        return random.nextInt(4) == 0 ? "swapoff " + machine.swapOff() : "swapon " + machine.swapOn(1 + random.nextInt(30));
      case 10:
        if (!release.equals("2.6.18")) {
          MemCgroup group = machine.memoryGroup(5 + random.nextInt(30));
          process.join(group);
          return "join " + where + " " + group.limit;
        }
        return "nothing";
      case 11:
        return fork(process);
      case 12, 13:
        return "move " + where + " " + move(process, address, length);
      case 14:
        // 2.6.18 stops where pages of several VMAs of one file move; 2.6.36 may lose what lies in the VMA before the range.
        return release.equals("2.6.18") ? "nothing" : "bind " + where + " " + process.bind(area, length, PolicyMode.BIND.number(), nodes(),
            random.nextBoolean() ? MovePages.MPOL_MF_MOVE_ALL : MovePages.MPOL_MF_MOVE | Mbind.MPOL_MF_STRICT);
      case 15:
        return "migrate " + where + " " + process.migratePages(process.pid(), nodes(), nodes());
      case 16:
        process.mergePages();
        return "merge";
      case 17:
        // 2.6.18 cannot.
        return release.equals("2.6.18") ? "nothing" : "offline " + (offlined < 2 && offline() == 0 ? offlined++ : -1);
      case 18:
        machine.kernel().blockDevice.plug();
        String reclaimed = "write out " + where + " " + process.reclaim(address);
        if (random.nextBoolean()) {
          reclaimed += ", move " + move(process, address, length);
        }
        machine.kernel().blockDevice.unplug();
        return reclaimed;
      default:
        return random.nextBoolean() ? "lock " + where + " " + process.lock(address, length)
            : "unlock " + where + " " + process.unlock(address, length);
    }
  }

  private int offline() {
    int node = machine.kernel().nodes.withMemory().first();
    return machine.offline(node, 512);
  }

  private String fork(SimulatedProcess process) {
    if (processes.size() < 4) {
      SimulatedProcess child = process.fork();
      for (long page = 0; page < PAGES; page++) {
        Long pattern = written.get(process.pid() + " " + page);
        if (pattern != null) {
          written.put(child.pid() + " " + page, pattern);
        }
      }
      processes.add(child);
      return "fork " + process.pid() + " " + child.pid();
    }
    SimulatedProcess last = processes.remove(processes.size() - 1);
    last.exit();
    return "exit " + last.pid();
  }

  private long move(SimulatedProcess process, long address, long length) {
    int count = (int) (length / PAGE);
    long[] pages = new long[count];
    int[] nodes = new int[count];
    int[] status = new int[count];
    for (int i = 0; i < count; i++) {
      pages[i] = address + i * PAGE;
      nodes[i] = random.nextInt(4);
    }
    return process.movePages(0, count, UserLongs.of(pages), UserInts.of(nodes), UserInts.of(status),
        random.nextBoolean() ? MovePages.MPOL_MF_MOVE_ALL : MovePages.MPOL_MF_MOVE);
  }
}
