package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's kernels: which can be had, which are here, and fetching them. */
final class KernelStore {

  private static final String KERNELS = "kernels";
  private static final String IMAGE = "vmlinuz";
  private static final String MODULES = "modules";

  /** Since 6.19 the image is in linux-binary, since 7.2 the modules are in linux-modules. */
  private static final Pattern PACKAGES = Pattern.compile("linux-(image|binary|modules)-([0-9][^ ]*-amd64)");

  private final LabFolder cache;
  private final Tools tools;
  /** Where most kernels are; their lists are short. */
  private final AptState updates;
  /** Where they are, too. */
  private final AptState releases;

  KernelStore(LabFolder cache, Tools tools) {
    this.cache = cache;
    this.tools = tools;
    updates = new AptState(cache, "updates", Suite.of("bullseye-security"), Suite.of("bookworm-security"),
        Suite.of("trixie-security"), Suite.of("bookworm-backports"), Suite.of("trixie-backports"));
    releases = new AptState(cache, "releases",
        Suite.of("bullseye"), Suite.of("bookworm"), Suite.of("trixie"), Suite.of("sid"));
  }

  /** The kernels that are here, the newest first. */
  List<KernelName> here() {
    return cache.names(KERNELS).stream().map(release -> new KernelName(release, ""))
        .sorted(KernelName.NEWEST_FIRST).toList();
  }

  /**
   * Kernels that the archives have, the newest first; where they cannot be asked, those that they had when they could.
   *
   * @param notes told where they cannot
   */
  List<KernelName> offered(Consumer<String> notes) {
    return cache.exclusively(() -> {
      try {
        updates.update();
      } catch (CannotRunException e) {
        notes.accept(e.getMessage());
      }
      return List.copyOf(offered(updates).keySet());
    });
  }

  private static Map<KernelName, List<DebianPackage>> offered(AptState apt) throws IOException {
    Map<String, List<DebianPackage>> byRelease = new LinkedHashMap<>();
    for (DebianPackage each : apt.packages(PACKAGES)) {
      Matcher name = PACKAGES.matcher(each.name());
      if (name.matches() && !each.name().endsWith("-unsigned") && !name.group(2).matches("[0-9.]+-(cloud-|rt-)?amd64")) {
        byRelease.computeIfAbsent(name.group(2), release -> new ArrayList<>()).add(each);
      }
    }
    Map<KernelName, List<DebianPackage>> sorted = new LinkedHashMap<>();
    byRelease.entrySet().stream()
        .map(entry -> Map.entry(new KernelName(entry.getKey(), entry.getValue().get(0).version()), entry.getValue()))
        .sorted(Map.Entry.comparingByKey(KernelName.NEWEST_FIRST))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  /**
   * A kernel, fetched where it is not here.
   *
   * @param name a series ({@code 6.1}) or a whole release
   * @param newest whether the newest that can be had is wanted although one that is meant is here
   * @throws CannotRunException where there is none
   */
  Kernel obtain(String name, boolean newest) {
    Optional<KernelName> present = here().stream().filter(kernel -> kernel.isMeantBy(name)).findFirst();
    if (present.isPresent() && !newest) {
      return kernel(present.get().release());
    }
    Optional<String> lacks = AptState.lacks();
    if (lacks.isPresent()) {
      throw new CannotRunException("kernel " + name + " is not in " + cache + ", and cannot be fetched: " + lacks.get());
    }
    return kernel(cache.exclusively(() -> fetch(name)));
  }

  private String fetch(String name) throws IOException {
    for (AptState apt : List.of(updates, releases)) {
      apt.update();
      for (Map.Entry<KernelName, List<DebianPackage>> entry : offered(apt).entrySet()) {
        if (entry.getKey().isMeantBy(name)) {
          String release = entry.getKey().release();
          cache.folder(KERNELS + "/" + release, folder -> unpack(apt, release, entry.getValue(), folder));
          return release;
        }
      }
    }
    throw new CannotRunException("there is no Debian kernel " + name + "; 'pageferry lab list' lists those that there are");
  }

  private void unpack(AptState apt, String release, List<DebianPackage> packages, Path folder) throws IOException {
    Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
    StringBuilder origin = new StringBuilder();
    for (DebianPackage each : packages.stream().distinct().toList()) {
      apt.unpack(each, unpacked);
      origin.append(each.sha256()).append("  ").append(each.name()).append('_').append(each.version()).append('\n');
    }
    try (Stream<Path> all = Files.walk(unpacked)) {
      Path image = all.filter(path -> path.getFileName().toString().matches("vmlinuz(-.*)?")).findFirst()
          .orElseThrow(() -> new CannotRunException("the packages of kernel " + release + " hold no image"));
      Files.move(image, folder.resolve(IMAGE));
    }
    KernelModules.choose(unpacked, tools.busybox(), folder.resolve(MODULES));
    LabFolder.delete(unpacked);
    Files.writeString(folder.resolve("SHA256SUMS"), origin);
  }

  private Kernel kernel(String release) {
    Path folder = cache.resolve(KERNELS + "/" + release);
    try (Stream<Path> modules = Files.list(folder.resolve(MODULES))) {
      return new Kernel(release, folder.resolve(IMAGE), modules.sorted().toList());
    } catch (IOException e) {
      throw new CannotRunException("kernel " + release + " in " + cache + " is not whole: " + e, e);
    }
  }
}
