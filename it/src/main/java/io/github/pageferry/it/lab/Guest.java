package io.github.pageferry.it.lab;

import io.github.pageferry.it.lab.Frames.Frame;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.CancelledException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A running virtual machine. It ends with {@link #close}, and however this JVM ends. Used by one thread.
 *
 * <p>Whether it lives is judged by what it answers and by its console, never by the emulator's exit status, which is 0
 * after a panic, too.
 */
final class Guest implements AutoCloseable {

  /** Many times what a machine with nothing else to do needs. */
  private static final Duration BOOT_LIMIT = Duration.ofMinutes(10);

  /** The same for what is asked. */
  static final Duration ANSWER_LIMIT = Duration.ofMinutes(10);

  private static final Duration END_LIMIT = Duration.ofSeconds(30);

  /** How long a kernel that breaks may take to say why and to end the machine. */
  private static final Duration LAST_WORDS_LIMIT = Duration.ofSeconds(5);

  private static final int LOOK_MILLIS = 50;
  private static final int MONITOR_MILLIS = 5;

  /** The line to the guest was cut. */
  private static final Frame CUT = new Frame("", "");

  private final Process process;
  private final Path socket;
  private final ConsoleLog console = new ConsoleLog();
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private final BooleanSupplier cancelled;
  private final Thread consoleReader;
  private @Nullable SocketChannel line;
  private @Nullable OutputStream out;

  private Guest(Process process, Path socket, BooleanSupplier cancelled) {
    this.process = process;
    this.socket = socket;
    this.cancelled = cancelled;
    consoleReader = daemon("console", this::readConsole);
  }

  /**
   * Boots a guest and waits until it can be asked.
   *
   * @param emulator the emulator's command line, see {@link Keeper}
   * @param tool what the emulator's environment needs
   * @param socket of the second serial port, which the emulator makes
   * @param cancelled asked while waiting
   * @throws GuestDiedException where it does not come up
   * @throws CannotRunException where the emulator cannot be started, or a signal ended it
   * @throws CancelledException where {@code cancelled} says so
   */
  static Guest boot(List<String> emulator, Tools.Tool tool, Path socket, BooleanSupplier cancelled) {
    Guest guest = start(emulator, tool, socket, cancelled);
    try {
      guest.connect();
      guest.await(Frames.READY, BOOT_LIMIT, "while it was booting");
      // those of booting are of no interest
      guest.takeWarnings();
      return guest;
    } catch (RuntimeException | Error e) {
      guest.close();
      throw e;
    }
  }

  /**
   * Makes a guest from a saved state. It can be asked what the one could that was saved.
   *
   * @param emulator the emulator's command line
   * @param files with the state
   * @see #boot
   */
  static Guest restore(
      List<String> emulator, Tools.Tool tool, Path socket, SnapshotFiles files, BooleanSupplier cancelled) {
    Guest guest = start(emulator, tool, socket, cancelled);
    try {
      guest.connect();
      guest.command(files.monitor(), "while it was restored", monitor -> monitor.restore(files.state()));
      return guest;
    } catch (RuntimeException | Error e) {
      guest.close();
      throw e;
    }
  }

  private static Guest start(List<String> emulator, Tools.Tool tool, Path socket, BooleanSupplier cancelled) {
    ProcessBuilder builder = new ProcessBuilder(emulator).redirectErrorStream(true);
    builder.environment().putAll(tool.environment());
    try {
      Files.deleteIfExists(socket);
      return new Guest(builder.start(), socket, cancelled);
    } catch (IOException e) {
      throw new CannotRunException("the emulator cannot be started: " + e, e);
    }
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, "pageferry-lab-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void readConsole() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.ISO_8859_1)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        console.add(text);
      }
    } catch (IOException e) {
      // the emulator is gone
      return;
    }
  }

  private void connect() {
    long end = System.nanoTime() + BOOT_LIMIT.toNanos();
    while (true) {
      try {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        line = channel;
        channel.connect(UnixDomainSocketAddress.of(socket));
        out = outputOf(channel);
        daemon("line", () -> readLine(channel));
        return;
      } catch (IOException e) {
        closeLine();
        pause(LOOK_MILLIS);
        checkAlive("before it was running", end);
      }
    }
  }

  /** Of one of {@link Channels}, writing would wait for reading in Java 17. */
  private static OutputStream outputOf(SocketChannel channel) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    };
  }

  private void readLine(SocketChannel channel) {
    try {
      BufferedInputStream in = new BufferedInputStream(Channels.newInputStream(channel));
      while (true) {
        frames.add(Frames.read(in));
      }
    } catch (IOException e) {
      frames.add(CUT);
    }
  }

  /**
   * Asks something.
   *
   * @param what for a message: "while it ran …"
   * @param limit how long its answer may take, by this machine's clock: a guest's may be wrong
   * @return what it answers
   * @throws GuestDiedException where it does not answer; it can only be closed then
   * @throws CannotRunException where a signal ended the emulator; it can only be closed then
   * @throws IllegalStateException where the guest's harness failed with what was asked; it can be asked again
   * @throws CancelledException where the user asked for the end
   */
  String ask(String word, String text, String what, Duration limit) {
    frames.clear();
    try {
      Frames.writeInParts(Objects.requireNonNull(out), word, text, () -> {
        Frame frame = next(limit, what);
        if (!Frames.confirms(frame)) {
          throw died("answered out of turn (" + frame.word() + ")", what);
        }
      });
    } catch (IOException e) {
      // the line is cut
      throw died("ended", what);
    }
    return await(Frames.ANSWER, limit, what);
  }

  private String await(String word, Duration limit, String what) {
    Frame frame = next(limit, what);
    if (console.broken().isPresent()) {
      throw died("broke", what);
    }
    if (frame.word().equals(Frames.FAILED)) {
      throw new IllegalStateException("the harness in the guest failed:\n" + frame.text().strip());
    }
    if (!frame.word().equals(word)) {
      throw died("answered out of turn (" + frame.word() + ")", what);
    }
    return frame.text();
  }

  private Frame next(Duration limit, String what) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Frame frame = poll();
      if (frame == CUT) {
        throw died("ended", what);
      }
      if (frame != null) {
        return frame;
      }
      checkAlive(what, end);
    }
  }

  /**
   * Saves the machine's state. It stands still then, and can only be closed.
   *
   * @throws GuestDiedException where the guest ends meanwhile
   * @throws CannotRunException where the emulator cannot, or a signal ended it
   */
  void save(SnapshotFiles files) {
    command(files.monitor(), "while its state was saved", monitor -> monitor.save(files.state()));
  }

  /** Something that the emulator is told. */
  private interface Command {
    void give(Monitor monitor) throws IOException;
  }

  private void command(Path socket, String what, Command command) {
    long end = System.nanoTime() + BOOT_LIMIT.toNanos();
    try (Monitor monitor = new Monitor(socket, () -> {
      pause(MONITOR_MILLIS);
      checkAlive(what, end);
    })) {
      command.give(monitor);
    } catch (IOException e) {
      throw died("was lost (" + e.getMessage() + ")", what);
    }
  }

  private @Nullable Frame poll() {
    try {
      return frames.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  private void checkAlive(String what, long end) {
    if (cancelled.getAsBoolean()) {
      throw new CancelledException();
    }
    if (!process.isAlive()) {
      throw died("ended", what);
    }
    if (console.broken().isPresent()) {
      throw died("broke", what);
    }
    if (System.nanoTime() > end) {
      close();
      throw new GuestDiedException("the guest did not answer in time " + what, console.end(), true);
    }
  }

  /**
   * Ends the machine and says how it died. One crash is noticed by its console, by its line or by its end, whichever comes
   * first; so it is the whole console that says what it was.
   *
   * @param otherwise what it did where the console says nothing of a crash
   * @return a {@link GuestDiedException}; where a signal ended the emulator, which says nothing of the guest, a
   *     {@link CannotRunException}
   */
  private RuntimeException died(String otherwise, String what) {
    try {
      process.waitFor(LAST_WORDS_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
    if (console.broken().isEmpty() && console.signalled().isPresent()) {
      return new CannotRunException("the guest was ended from outside " + what + " (" + console.signalled().get() + ")");
    }
    String how = console.broken().map(sign -> "broke (" + sign + ")").orElse(otherwise);
    return new GuestDiedException("the guest " + how + " " + what, console.end(), false);
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  /** What its kernel has warned of since this was asked last. */
  List<String> takeWarnings() {
    return console.takeWarnings();
  }

  private void closeLine() {
    try {
      if (line != null) {
        line.close();
      }
    } catch (IOException e) {
      // there is nothing more to be had from it
      return;
    }
  }

  /** Ends the machine. */
  @Override
  public void close() {
    closeLine();
    try {
      // the keeper's sign
      process.getOutputStream().close();
    } catch (IOException e) {
      // it has ended by itself
    }
    try {
      if (!process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      consoleReader.join(END_LIMIT.toMillis());
      Files.deleteIfExists(socket);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // it goes with the folder that it is in
      return;
    }
  }
}
