package io.github.pageferry.it.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts Chromium without a window and without a network. */
final class Chromium {

  private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

  private static final List<String> OPTIONS = List.of(
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-quic",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
      "--proxy-server=127.0.0.1:9", "--hide-scrollbars");

  /** Far more than it needs: a machine may be busy. */
  private static final int PATIENCE_SECONDS = 180;

  private final Path program;
  private final Path dir;
  private int runs;

  private Chromium(Path program, Path dir) {
    this.program = program;
    this.dir = dir;
  }

  /**
   * The one on the path, if it starts here at all.
   *
   * @param dir for its profiles and what it prints
   */
  static Optional<Chromium> find(Path dir) throws IOException, InterruptedException {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      for (String name : NAMES) {
        Path program = Path.of(folder, name);
        if (Files.isExecutable(program)) {
          Chromium chromium = new Chromium(program, dir);
          Path empty = Files.writeString(dir.resolve("empty.html"), "<!DOCTYPE html><title>it starts</title>");
          return Optional.of(chromium).filter(it -> it.runs(empty));
        }
      }
    }
    return Optional.empty();
  }

  private boolean runs(Path page) {
    try {
      return dom(page).contains("it starts");
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  /** The page's elements after its scripts have run. */
  String dom(Path page, String... options) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--dump-dom");
    return run(page, all);
  }

  /** Prints a page as PDF. */
  byte[] pdf(Path page) throws IOException, InterruptedException {
    Path pdf = dir.resolve("printed.pdf");
    run(page, List.of("--no-pdf-header-footer", "--print-to-pdf=" + pdf));
    return Files.readAllBytes(pdf);
  }

  private String run(Path page, List<String> options) throws IOException, InterruptedException {
    runs++;
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(OPTIONS);
    command.add("--user-data-dir=" + dir.resolve("profile" + runs));
    command.addAll(options);
    command.add(page.toUri().toString());
    Path out = dir.resolve("out" + runs);
    Process process = new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(dir.resolve("err" + runs).toFile())
        .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("Chromium has not ended after " + PATIENCE_SECONDS + " s");
      }
    } finally {
      try (Stream<ProcessHandle> children = process.descendants()) {
        children.forEach(ProcessHandle::destroyForcibly);
      }
      process.destroyForcibly();
    }
    return Files.readString(out);
  }
}
