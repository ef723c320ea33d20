package io.github.pageferry.linux;

import io.github.pageferry.linux.HostFacts.Ksm;
import io.github.pageferry.linux.HostFacts.SwapArea;
import io.github.pageferry.linux.NodeFiles.PoolText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Gathers {@link HostFacts} from their files. */
final class HostFactsReader {

  private static final String KSM = "/sys/kernel/mm/ksm/";
  private static final String HUGE_PAGES = "/sys/kernel/mm/hugepages";

  private final HostFiles files;

  HostFactsReader(HostFiles files) {
    this.files = files;
  }

  HostFacts read() {
    return new HostFacts(
        KernelRelease.of(files).text(),
        TaskStatus.ofThread(files),
        container(),
        files.tryRead(NodeFiles.FOLDER + "/online").flatMap(KernelText::nodes),
        files.tryRead(NodeFiles.FOLDER + "/has_memory").flatMap(KernelText::nodes),
        CpusetReader.read(files),
        number("/proc/sys/kernel/numa_balancing").stream().mapToInt(Long::intValue).findFirst(),
        ksm(),
        files.tryRead("/sys/kernel/mm/transparent_hugepage/enabled").flatMap(KernelText::selected),
        TopologyParser.pools(hugePages()),
        swaps(files.tryRead("/proc/swaps").orElse("")));
  }

  /** What the runtimes themselves leave behind to be known by. */
  private Optional<String> container() {
    if (files.exists("/var/run/secrets/kubernetes.io")) {
      return Optional.of("kubernetes");
    }
    if (files.exists("/run/.containerenv")) {
      return Optional.of("podman");
    }
    if (files.exists("/.dockerenv")) {
      return Optional.of("docker");
    }
    return files.tryRead("/run/systemd/container").map(String::strip).filter(name -> !name.isEmpty());
  }

  private Optional<Ksm> ksm() {
    return number(KSM + "run").map(run -> new Ksm(
        run.intValue(),
        number(KSM + "pages_shared").orElse(0L),
        number(KSM + "pages_sharing").orElse(0L),
        number(KSM + "merge_across_nodes").orElse(1L) != 0));
  }

  private Map<String, PoolText> hugePages() {
    Map<String, PoolText> pools = new LinkedHashMap<>();
    for (String pool : files.list(HUGE_PAGES)) {
      String folder = HUGE_PAGES + "/" + pool;
      pools.put(pool, new PoolText(
          files.tryRead(folder + "/nr_hugepages").orElse(""), files.tryRead(folder + "/free_hugepages").orElse("")));
    }
    return pools;
  }

  /** A headline, then {@code NAME TYPE SIZE USED PRIORITY} in KiB; blanks in a name are written {@code \040}. */
  static List<SwapArea> swaps(String text) {
    return text.lines().skip(1).map(line -> line.split("\\s+")).flatMap(HostFactsReader::swap).toList();
  }

  private static Stream<SwapArea> swap(String[] fields) {
    if (fields.length < 4) {
      return Stream.empty();
    }
    Optional<Long> size = KernelText.number(fields[2]);
    Optional<Long> used = KernelText.number(fields[3]);
    return size.isPresent() && used.isPresent()
        ? Stream.of(new SwapArea(KernelText.unescape(fields[0]), size.get() * 1024, used.get() * 1024))
        : Stream.empty();
  }

  private Optional<Long> number(String path) {
    return files.tryRead(path).flatMap(KernelText::number);
  }
}
