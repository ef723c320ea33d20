package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in a virtual machine, which is booted when the first workload comes and lives for all that follow, or is made
 * anew for each of them from one saved state. Where it dies, the workload that it died of ends with an exception, and the next
 * one finds a new machine.
 */
public final class LabBackend implements Backend {

  /** Emulation on a loaded machine may fail before the guest's kernel has done anything of a workload's. */
  private static final int ATTEMPTS = 3;

  /** The socket of the guest's second serial port, in the folder. */
  private static final String LINE = "line";

  private final String name;
  private final Kernel kernel;
  private final LabTopology topology;
  private final Tools.Tool emulator;
  private final GuestFolder folder;
  private final Path archive;
  private final @Nullable Snapshot snapshot;
  private final BooleanSupplier cancelled;
  private final Consumer<String> notes;
  private Duration answerLimit = Guest.ANSWER_LIMIT;
  private @Nullable Guest guest;
  private boolean hung;
  private @Nullable String madeNever;

  /** @param snapshot to take, where each workload is to start from the same state */
  LabBackend(String name, Kernel kernel, LabTopology topology, Tools.Tool emulator, GuestFolder folder, Path archive,
      @Nullable Snapshot snapshot, BooleanSupplier cancelled, Consumer<String> notes) {
    this.name = name;
    this.kernel = kernel;
    this.topology = topology;
    this.emulator = emulator;
    this.folder = folder;
    this.archive = archive;
    this.snapshot = snapshot;
    this.cancelled = cancelled;
    this.notes = notes;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kernel() {
    return kernel.release();
  }

  @Override
  public String description() {
    return "Linux " + kernel.release() + " in a virtual machine, " + topology.description()
        + (snapshot == null ? "" : ", from one saved state for each workload");
  }

  @Override
  public OptionalInt nodes() {
    return OptionalInt.of(topology.nodesWithMemoryInARow());
  }

  /**
   * {@inheritDoc}
   *
   * @throws GuestDiedException where the guest ends, hangs or breaks
   * @throws CannotRunException where the machine does not boot or cannot be restored, or not any more, or where a signal ended
   *     it
   * @throws IllegalStateException where the harness in the guest fails
   * @throws CancelledException where the user asked for the end
   */
  @Override
  public Trace run(Workload workload) {
    String text = ask(Frames.RUN, WorkloadWriter.format(workload), "while it ran " + workload.name());
    return TraceReader.parse(name, text).get(0);
  }

  @Override
  public boolean renew() {
    end();
    return snapshot == null;
  }

  /**
   * What the API says in the guest, for tests.
   *
   * @param about a name that {@link io.github.pageferry.it.lab.guest.GuestFacts} knows
   * @return lines of names and values, parted by {@code =}
   *
   * @throws GuestDiedException where the guest ends, hangs or breaks
   * @throws CannotRunException where the machine does not boot or cannot be restored, or not any more, or where a signal ended
   *     it
   */
  public String factsOf(String about) {
    return ask(Frames.FACTS, about, "while it was asked for facts of " + about);
  }

  private String ask(String word, String text, String what) {
    checkCancelled();
    hung = false;
    Guest asked = guest();
    try {
      return asked.ask(word, text, what, answerLimit);
    } catch (GuestDiedException | CannotRunException e) {
      end();
      // perhaps of what ends this program, too: where a machine is shut down, each process is sent a signal
      checkCancelled();
      hung = e instanceof GuestDiedException died && died.isHanging();
      throw e;
    } catch (CancelledException e) {
      end();
      throw e;
    } finally {
      if (snapshot != null) {
        end();
      }
      noteWarnings(asked, what);
    }
  }

  private void noteWarnings(Guest of, String what) {
    of.takeWarnings().forEach(warning -> notes.accept(name + ", " + what + ": " + warning));
  }

  private void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new CancelledException();
    }
  }

  private Guest guest() {
    Guest running = guest;
    if (running == null) {
      running = snapshot == null ? made("boot", this::boot) : restored(snapshot);
      guest = running;
    }
    return running;
  }

  /** From the snapshot, which is taken when it is needed first. */
  private Guest restored(Snapshot from) {
    if (!from.isTaken()) {
      made("boot and warm up", () -> take(from));
    }
    return made("go on from its saved state", () -> {
      Path socket = folder.path().resolve(LINE);
      List<String> command = Emulator.restored(emulator, kernel, archive, topology, socket, from.files());
      return Guest.restore(command, emulator, socket, from.files(), cancelled);
    });
  }

  private Snapshot take(Snapshot empty) {
    Guest first = boot();
    try {
      empty.take(first);
    } finally {
      first.close();
      noteWarnings(first, "while it warmed up");
    }
    return empty;
  }

  private Guest boot() {
    Path socket = folder.path().resolve(LINE);
    List<String> command = snapshot == null ? Emulator.command(emulator, kernel, archive, topology, socket)
        : Emulator.savable(emulator, kernel, archive, topology, socket, snapshot.emptyFiles());
    return Guest.boot(command, emulator, socket, cancelled);
  }

  /**
   * Tries a few times. What fails here is no workload's fault, so where it fails each time the run is over.
   *
   * @param what the machine is to do, for a message
   */
  private <T> T made(String what, Supplier<T> making) {
    if (madeNever != null) {
      throw new CannotRunException(madeNever);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return making.get();
      } catch (CannotRunException e) {
        // as above
        checkCancelled();
        madeNever = e.getMessage();
        throw e;
      } catch (GuestDiedException | IllegalStateException e) {
        checkCancelled();
        if (attempt == ATTEMPTS) {
          madeNever = name + " does not " + what + ", tried " + ATTEMPTS + " times: " + e.getMessage();
          throw new CannotRunException(madeNever, e);
        }
        notes.accept(name + ": " + e.getMessage() + "\ntrying it again");
      }
    }
  }

  private void end() {
    if (guest != null) {
      guest.close();
      guest = null;
    }
  }

  @Override
  public void limitAnswers(Optional<Duration> limit) {
    answerLimit = limit.filter(most -> most.compareTo(Guest.ANSWER_LIMIT) < 0).orElse(Guest.ANSWER_LIMIT);
  }

  @Override
  public boolean hasHung() {
    return hung;
  }

  @Override
  public void close() {
    try {
      end();
    } finally {
      folder.close();
    }
  }
}
