package io.github.pageferry.it.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The C program {@code bench/peer.c} at work: it makes the calls that a benchmark makes, in a process of its own that
 * ends when this one does.
 */
final class Peer implements AutoCloseable {

  private static final String SOURCE = "/bench/peer.c";
  private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

  private final Process process;
  private final Writer requests;
  private final BufferedReader answers;
  private final int pages;

  private Peer(Process process, int pages) {
    this.process = process;
    this.pages = pages;
    requests = process.outputWriter(StandardCharsets.US_ASCII);
    answers = process.inputReader(StandardCharsets.US_ASCII);
  }

  /** The first C compiler on the path, or empty where there is none. */
  static Optional<Path> compiler() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return COMPILERS.stream()
        .flatMap(name -> path.isEmpty() ? List.<Path>of().stream()
            : List.of(path.split(File.pathSeparator)).stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Compiles the program into a folder.
   *
   * @return the program
   * @throws IOException where the compiler refuses, with what it said
   */
  static Path compile(Path compiler, Path folder) throws IOException {
    Path source = folder.resolve("peer.c");
    Path program = folder.resolve("peer");
    try (InputStream in = Peer.class.getResourceAsStream(SOURCE)) {
      if (in == null) {
        throw new IOException(SOURCE + " is not on the class path");
      }
      Files.copy(in, source);
    }
    Process build = new ProcessBuilder(compiler.toString(), "-O2", "-o", program.toString(), source.toString())
        .redirectErrorStream(true)
        .start();
    String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (build.waitFor() != 0) {
        throw new IOException(compiler + " could not compile the peer: " + said);
      }
    } catch (InterruptedException e) {
      build.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while compiling the peer", e);
    }
    return program;
  }

  /** Starts the program; returns when its memory is there and touched. */
  static Peer start(Path program, int pages) throws IOException {
    Process process = new ProcessBuilder(program.toString(), Integer.toString(pages))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    Peer peer = new Peer(process, pages);
    try {
      peer.expect("ready");
    } catch (IOException | RuntimeException e) {
      peer.close();
      throw e;
    }
    return peer;
  }

  /** Has the program do this so many times; every page must have been on a node. */
  void run(String what, int times) {
    try {
      requests.write(what + " " + times + "\n");
      requests.flush();
      String answer = answers.readLine();
      if (answer == null || !answer.endsWith(" " + pages)) {
        throw new IllegalStateException("the peer answered \"" + answer + "\" to " + what);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the peer has ended", e);
    }
  }

  private void expect(String line) throws IOException {
    String answer = answers.readLine();
    if (!line.equals(answer)) {
      throw new IOException("the peer did not start" + (answer == null ? "" : ": " + answer));
    }
  }

  @Override
  public void close() {
    process.destroy();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
