package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An apt that has nothing in common with the machine's but the proxy: lists, downloads and settings are in a folder of the
 * lab's, and nothing counts as installed. Any user may use it. Lists are checked against the Debian archive's keys, packages
 * against the lists.
 */
final class AptState {

  /** Where packages come from, as a system property: {@code http://host/debian}. Stands above the environment. */
  static final String PROPERTY = "pageferry.lab.mirror";

  /** The same in the environment. */
  static final String VARIABLE = "PAGEFERRY_LAB_MIRROR";

  /** Where the Debian archive's keys are instead, as a system property. For tests. */
  static final String KEYS_PROPERTY = "pageferry.lab.keys";

  private static final String KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";
  static final String ARCHIVE = "http://deb.debian.org/debian";
  private static final String SECURITY = "-security";
  private static final int ATTEMPTS = 3;
  /** Of the machine's settings, those that say how to reach an archive. */
  private static final Pattern HOW_TO_REACH = Pattern.compile("Acquire::(https?|ftp|socks)::.*");

  private final LabFolder cache;
  private final Path folder;
  private final List<Suite> suites;

  /**
   * @param name of its folder
   * @param suites that packages are looked for in
   */
  AptState(LabFolder cache, String name, Suite... suites) {
    this.cache = cache;
    folder = cache.resolve("apt/" + name);
    this.suites = List.of(suites);
  }

  /** What the machine lacks for this, with the way to get it; empty where it has all. */
  static Optional<String> lacks() {
    for (String program : List.of("apt-get", "dpkg-deb")) {
      if (Programs.find(program).isEmpty()) {
        return Optional.of("there is no " + program + " on this machine to fetch Debian packages with (Fedora: dnf install"
            + " apt dpkg debian-keyring; Arch: pacman -S apt dpkg debian-archive-keyring)");
      }
    }
    return Files.isReadable(keys()) ? Optional.empty()
        : Optional.of("the Debian archive's keys are missing (" + keys() + "): apt-get install debian-archive-keyring");
  }

  private static Path keys() {
    return Path.of(System.getProperty(KEYS_PROPERTY, KEYS));
  }

  private void require() {
    lacks().ifPresent(reason -> {
      throw new CannotRunException(reason);
    });
  }

  /** Fetches the lists anew. To be called under the folder's lock. */
  void update() throws IOException {
    require();
    configure();
    Programs.Ended ended = apt("update");
    for (int attempt = 1; attempt < ATTEMPTS && ended.status() != 0; attempt++) {
      ended = apt("update");
    }
    // What one archive lacks another may have.
    if (ended.status() != 0 && lists().isEmpty()) {
      throw new CannotRunException("the lists of Debian packages cannot be fetched:\n" + ended.end());
    }
  }

  private Programs.Ended apt(String... arguments) {
    List<String> command = new ArrayList<>(List.of("apt-get", "-q", "-o", "Acquire::Retries=3"));
    command.addAll(List.of(arguments));
    return Programs.run(folder, Map.of("APT_CONFIG", folder.resolve("apt.conf").toString()), command);
  }

  private void configure() throws IOException {
    for (String made : List.of("state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d",
        "etc/sources.list.d", "etc/trusted.gpg.d")) {
      Files.createDirectories(folder.resolve(made));
    }
    Files.writeString(folder.resolve("state/status"), "");
    Files.writeString(folder.resolve("etc/sources.list"), sources());
    List<String> settings = new ArrayList<>(List.of(
        "Dir \"" + folder + "/\"", "Dir::State \"state/\"", "Dir::State::status \"" + folder.resolve("state/status") + "\"",
        "Dir::Cache \"cache/\"", "Dir::Etc \"etc/\"", "Dir::Log \"" + folder + "\"",
        "APT::Architecture \"amd64\"", "APT::Architectures \"amd64\"", "APT::Sandbox::User \"\"",
        "APT::Install-Recommends \"false\"", "Acquire::Languages \"none\"", "Acquire::GzipIndexes \"false\"",
        // A guest wants a kernel of some release, not the latest cure: an archive that stands still will do.
        "Acquire::Check-Valid-Until \"false\"",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\"",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled \"false\""));
    settings.addAll(howToReachArchives());
    Files.writeString(folder.resolve("apt.conf"), settings.stream().map(line -> line + ";\n").collect(Collectors.joining()));
  }

  private List<String> howToReachArchives() {
    return Programs.run(folder, Map.of(), List.of("apt-config", "dump")).output().lines()
        .filter(line -> HOW_TO_REACH.matcher(line).matches())
        .map(line -> line.replaceAll(";$", ""))
        .toList();
  }

  private String sources() {
    List<String> uris = machinesArchives();
    String archive = setting().orElseGet(() -> first(uris, "/debian").orElse(ARCHIVE));
    String security = setting().map(uri -> uri + SECURITY)
        .orElseGet(() -> first(uris, "/debian" + SECURITY).orElse(ARCHIVE + SECURITY));
    return suites.stream()
        .map(suite -> "deb [signed-by=" + keys() + "] " + (suite.security() ? security : archive) + " " + suite.name()
            + " main\n")
        .collect(Collectors.joining());
  }

  private static Optional<String> setting() {
    return Optional.ofNullable(System.getProperty(PROPERTY)).or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
        .filter(uri -> !uri.isEmpty())
        .map(uri -> uri.replaceAll("/+$", ""));
  }

  /** The archives that the machine itself takes packages from. */
  private List<String> machinesArchives() {
    return Programs.run(folder, Map.of(), List.of("apt-get", "indextargets", "--format", "$(REPO_URI)")).output().lines()
        .map(uri -> uri.strip().replaceAll("/+$", ""))
        .distinct()
        .toList();
  }

  private static Optional<String> first(List<String> uris, String end) {
    return uris.stream().filter(uri -> uri.endsWith(end)).findFirst();
  }

  private List<Path> lists() throws IOException {
    Path lists = folder.resolve("state/lists");
    if (!Files.isDirectory(lists)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(lists)) {
      return all.filter(path -> path.toString().endsWith("_Packages")).sorted().toList();
    }
  }

  /** The packages whose names match, as the lists had them that were fetched last; none where none were. */
  List<DebianPackage> packages(Pattern names) throws IOException {
    List<DebianPackage> found = new ArrayList<>();
    for (Path list : lists()) {
      found.addAll(DebianPackage.read(list, names));
    }
    return found;
  }

  /** Downloads a package and unpacks it into a folder. To be called under the cache's lock. */
  void unpack(DebianPackage wanted, Path into) throws IOException {
    Path debs = Files.createDirectories(cache.resolve("debs"));
    Path download = debs.resolve(".unfinished");
    // of a process that was killed
    LabFolder.delete(download);
    Files.createDirectory(download);
    try {
      fetch(download, "download", wanted.name() + "=" + wanted.version());
      try (Stream<Path> files = Files.list(download)) {
        for (Path deb : files.filter(AptState::isPackage).toList()) {
          check(deb, wanted);
          unpack(deb, into);
        }
      }
    } finally {
      LabFolder.delete(download);
    }
  }

  private void fetch(Path in, String... arguments) {
    List<String> command = new ArrayList<>(List.of("apt-get", "-q", "-y", "-o", "Acquire::Retries=3"));
    command.addAll(List.of(arguments));
    Map<String, String> environment = Map.of("APT_CONFIG", folder.resolve("apt.conf").toString());
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      if (Programs.run(in, environment, command).status() == 0) {
        return;
      }
    }
    Programs.succeed(in, environment, command);
  }

  private static boolean isPackage(Path file) {
    return file.toString().endsWith(".deb");
  }

  /** Apt has compared it with the list already, unless it took it for the newest that it knows. */
  private static void check(Path deb, DebianPackage wanted) throws IOException {
    String sum = sha256(deb);
    if (!sum.equals(wanted.sha256())) {
      throw new CannotRunException(deb.getFileName() + " has the SHA-256 sum " + sum + ", and should have " + wanted.sha256());
    }
  }

  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Downloads packages with all that they depend on, and unpacks everything into a folder. */
  void unpackWithDependencies(Set<String> names, Path into) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-d", "install", "--no-install-recommends"));
    arguments.addAll(names);
    fetch(folder, arguments.toArray(String[]::new));
    Path archives = folder.resolve("cache/archives");
    try (Stream<Path> files = Files.list(archives)) {
      for (Path deb : files.filter(AptState::isPackage).sorted().toList()) {
        unpack(deb, into);
        Files.delete(deb);
      }
    }
  }

  private static void unpack(Path deb, Path into) {
    Programs.succeed(into, "dpkg-deb", "-x", deb.toString(), into.toString());
  }
}
