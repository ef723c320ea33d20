package io.github.pageferry.it.cli;

import io.github.pageferry.it.recording.Recording;
import io.github.pageferry.it.recording.RecordingWriter;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recording while it is made: a run of hours that ends too early, by the user or with the machine, leaves what it had. The
 * file is replaced as a whole each time, so that it is never half a file.
 */
final class RecordingFile implements AutoCloseable {

  private final Path file;
  private final Recording.Machine machine;
  private final List<Workload> workloads;
  private final Duration interval;
  private final List<Trace> traces = new ArrayList<>();
  private long writtenAt = System.nanoTime();
  private int written;

  /**
   * A recording without traces, which is not written yet.
   *
   * @param machine what ran them, asked before the first: a signal that ends the run may close the backend before the last
   *     writing
   * @param interval how much of a run may be lost at most
   */
  RecordingFile(Path file, Recording.Machine machine, List<Workload> workloads, Duration interval) {
    this.file = file;
    this.machine = machine;
    this.workloads = workloads;
    this.interval = interval;
  }

  void add(Trace trace) {
    traces.add(trace);
    // A pipe gets the recording once.
    if (System.nanoTime() - writtenAt >= interval.toNanos() && (!Files.exists(file) || Files.isRegularFile(file))) {
      write();
    }
  }

  private void write() {
    OutputFile.write(file, RecordingWriter.format(new Recording(Optional.of(machine), workloads, traces)));
    written = traces.size();
    writtenAt = System.nanoTime();
  }

  /** Writes what is not written yet. */
  @Override
  public void close() {
    if (traces.size() > written) {
      write();
    }
  }
}
