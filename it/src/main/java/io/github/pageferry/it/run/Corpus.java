package io.github.pageferry.it.run;

import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.it.yaml.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/** Where workloads come from: files, folders, and the corpus that comes with the harness. */
public final class Corpus {

  private static final String FOLDER = "corpus/";

  private Corpus() {}

  /**
   * The workloads that were asked for.
   *
   * @param names files, folders (which are searched with their subfolders) and names of built-in workloads; none for
   *     the built-in corpus
   * @throws BadInputException where one of them is not there or wrong, or two workloads have one name
   */
  public static List<Workload> select(List<String> names) {
    if (names.isEmpty()) {
      return builtIn();
    }
    Map<String, Workload> workloads = new LinkedHashMap<>();
    Map<String, String> origins = new LinkedHashMap<>();
    for (String name : names) {
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        for (Path file : files(path)) {
          add(WorkloadReader.read(file), file.toString(), workloads, origins);
        }
      } else if (Files.exists(path)) {
        add(WorkloadReader.read(path), name, workloads, origins);
      } else {
        Workload workload = builtIn(name).orElseThrow(() -> new BadInputException(name, unknown(name)));
        add(List.of(workload), "the built-in corpus", workloads, origins);
      }
    }
    return List.copyOf(workloads.values());
  }

  private static String unknown(String name) {
    List<String> close = CloseNames.of(name, builtIn().stream().map(Workload::name).toList());
    return "there is no such file or built-in workload"
        + (close.isEmpty() ? "" : "; did you mean " + String.join(" or ", close) + "?");
  }

  private static void add(
      List<Workload> more, String origin, Map<String, Workload> workloads, Map<String, String> origins) {
    for (Workload workload : more) {
      workloads.put(workload.name(), workload);
      String before = origins.put(workload.name(), origin);
      if (before != null) {
        throw new BadInputException(origin, "workload '" + workload.name() + "' is in " + before + " already");
      }
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> files = all.filter(Corpus::isWorkloadFile).sorted().toList();
      if (files.isEmpty()) {
        throw new BadInputException(folder.toString(),
            "has no workload files (*" + WorkloadReader.SUFFIX + ", *" + WorkloadReader.STREAM_SUFFIX + ")");
      }
      return files;
    } catch (IOException | UncheckedIOException e) {
      throw new BadInputException(folder.toString(), "cannot be read: " + e);
    }
  }

  private static boolean isWorkloadFile(Path file) {
    String text = file.toString();
    return text.endsWith(WorkloadReader.SUFFIX) || text.endsWith(WorkloadReader.STREAM_SUFFIX);
  }

  /** All workloads that come with the harness, by name. */
  public static List<Workload> builtIn() {
    List<Workload> workloads = new ArrayList<>();
    for (String file : builtInFiles()) {
      workloads.addAll(WorkloadReader.read(file, Objects.requireNonNull(open(file), file)));
    }
    return workloads;
  }

  /** One workload that comes with the harness. */
  public static Optional<Workload> builtIn(String name) {
    String file = FOLDER + name + WorkloadReader.SUFFIX;
    if (!name.matches("[a-z0-9-]+")) {
      return Optional.empty();
    }
    InputStream in = open(file);
    return in == null ? Optional.empty() : Optional.of(WorkloadReader.read(file, in).get(0));
  }

  private static @Nullable InputStream open(String file) {
    return Corpus.class.getClassLoader().getResourceAsStream(file);
  }

  /** The files of the corpus as this class's own code source has them: a jar, or a folder during the build. */
  private static List<String> builtInFiles() {
    URL source = Corpus.class.getProtectionDomain().getCodeSource().getLocation();
    try {
      Path path = Path.of(source.toURI());
      if (Files.isDirectory(path)) {
        try (Stream<Path> files = Files.list(path.resolve(FOLDER))) {
          return files.filter(Corpus::isWorkloadFile).map(file -> FOLDER + file.getFileName()).sorted().toList();
        }
      }
      try (JarFile jar = new JarFile(path.toFile())) {
        return jar.stream()
            .map(ZipEntry::getName)
            .filter(name -> name.startsWith(FOLDER) && isWorkloadFile(Path.of(name)))
            .sorted()
            .toList();
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the built-in corpus cannot be read from " + source + ": " + e, e);
    }
  }
}
