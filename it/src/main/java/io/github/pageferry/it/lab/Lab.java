package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Kernels in virtual machines: which there are, fetching what they need, starting them. */
public final class Lab {

  private final LabFolder cache;
  private final Tools tools;
  private final KernelStore kernels;

  /** @param cache where everything is kept */
  public Lab(LabFolder cache) {
    this.cache = cache;
    tools = new Tools(cache);
    kernels = new KernelStore(cache, tools);
  }

  /**
   * The kernels of one series.
   *
   * @param series their first two numbers
   * @param newest the release that can be fetched; empty where none can, or it is not known
   * @param here the releases that have been fetched, the one that is used first
   */
  public record Series(String series, String newest, List<String> here) {}

  /**
   * The series that there are kernels of, the oldest first.
   *
   * @param notes told where the archives cannot be asked, of which those are listed then that are known
   */
  public List<Series> list(Consumer<String> notes) {
    Map<String, String> newest = new TreeMap<>(Lab::compareSeries);
    for (KernelName kernel : kernels.offered(notes)) {
      if (kernel.isCloud()) {
        newest.putIfAbsent(kernel.series(), kernel.release());
      }
    }
    Map<String, List<String>> here = new TreeMap<>(Lab::compareSeries);
    newest.keySet().forEach(series -> here.put(series, new ArrayList<>()));
    kernels.here().forEach(kernel -> here.computeIfAbsent(kernel.series(), s -> new ArrayList<>()).add(kernel.release()));
    return here.entrySet().stream()
        .map(entry -> new Series(entry.getKey(), newest.getOrDefault(entry.getKey(), ""), List.copyOf(entry.getValue())))
        .toList();
  }

  private static int compareSeries(String a, String b) {
    return KernelName.NEWEST_FIRST.compare(new KernelName(b, ""), new KernelName(a, ""));
  }

  /**
   * What this machine lacks for guests beside a kernel, each with the way to get it; none where the lab can run once
   * kernels can be had.
   */
  public List<String> lacks() {
    List<String> lacking = new ArrayList<>();
    JavaRuntime.lacks().ifPresent(lacking::add);
    if (AptState.lacks().isPresent()) {
      lacking.addAll(tools.missing());
      if (kernels.here().isEmpty()) {
        lacking.add("no kernel is in " + cache + ": " + AptState.lacks().get());
      }
    }
    return lacking;
  }

  /**
   * Fetches what guests with this kernel need.
   *
   * @param name a series ({@code 6.1}) or a whole release
   * @param newest whether the newest of the series is wanted although one is here
   * @return its release
   * @throws CannotRunException where something cannot be had, with the way out
   */
  public String fetch(String name, boolean newest) {
    Kernel kernel = kernels.obtain(name, newest);
    tools.emulator();
    new JavaRuntime(cache).folder();
    Disks.folder(cache, tools);
    return kernel.release();
  }

  /**
   * Makes a guest ready; it is booted when it is asked for something.
   *
   * @param name a series ({@code 6.1}) or a whole release
   * @param cancelled asked between steps whether the user wants the end
   * @param notes told of what a user should know and that ends nothing
   * @throws CannotRunException where something is missing that cannot be fetched, with the way out
   */
  public LabBackend open(String name, LabTopology topology, BooleanSupplier cancelled, Consumer<String> notes) {
    return open("lab:" + name, new LabName(name, Optional.of(topology), false), topology, cancelled, notes);
  }

  /**
   * The same by a name from the command line.
   *
   * @param text what follows {@code lab:}, see {@link LabName#parse}
   * @param nodes how many nodes the machine has unless the name has a topology
   * @throws IllegalArgumentException where it is no such name
   */
  public LabBackend open(String text, int nodes, BooleanSupplier cancelled, Consumer<String> notes) {
    LabName name = LabName.parse(text);
    return open("lab:" + text, name, name.topology().orElseGet(() -> LabTopology.of(nodes)), cancelled, notes);
  }

  private LabBackend open(String backend, LabName name, LabTopology topology, BooleanSupplier cancelled,
      Consumer<String> notes) {
    Optional<String> lacks = JavaRuntime.lacks();
    if (lacks.isPresent()) {
      throw new CannotRunException(backend + " cannot run here: " + lacks.get());
    }
    Kernel kernel = kernels.obtain(name.kernel(), false);
    Tools.Tool emulator = Keeper.keepApart(tools.busybox(), tools.emulator());
    GuestFolder folder = new GuestFolder();
    try {
      Path archive = folder.path().resolve("root.cpio");
      GuestImage.write(cache, tools, kernel, folder.path(), archive);
      Snapshot snapshot = name.fresh() ? new Snapshot(folder.path(), topology) : null;
      return new LabBackend(backend, kernel, topology, emulator, folder, archive, snapshot, cancelled, notes);
    } catch (RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }
}
