package io.github.pageferry.it.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.pageferry.it.host.Jvm;
import io.github.pageferry.it.lab.Frames.Frame;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stands for an emulator: a program with a console and a line, whose guest does what the text of a question names. */
public final class FakeEmulator {

  /** The kernel's last words come before the line is cut. */
  public static final String PANIC_THEN_CUT = "panic, then cut";

  /** The other way round. */
  public static final String CUT_THEN_PANIC = "cut, then panic";

  /** Only the words come; the machine stays. */
  public static final String PANIC_AND_STAY = "panic, and stay";

  /** The machine is switched off. */
  public static final String OFF = "switched off";

  /** The emulator is told to end. */
  public static final String SIGNALLED = "sent a signal";

  /** No answer comes. */
  public static final String SILENCE = "silence";

  /** What a real kernel prints at a panic, with numbers of its own. */
  private static final String PANIC = """
      [%5d.%06d] BUG: kernel NULL pointer dereference, address: %016x
      [%5d.%06d] Oops: 0000 [#1] PREEMPT SMP NOPTI
      [%5d.%06d] RIP: 0010:move_pages_and_store_status+0x%x/0x90
      """;

  /** What a real kernel prints where it goes on. */
  static final String WARNING = "WARNING: CPU: 0 PID: 71 at mm/migrate.c:512 migrate_page_move_mapping+0x21/0x330";

  /** What QEMU says where it is told to end. */
  static final String LAST_WORDS = "qemu-system-x86_64: terminating on signal 15 from pid 1 (systemd)";

  /** Made as the guest ends by itself. */
  private static final String ENDED = "ended";

  /** What a machine does that is started. */
  enum Start {
    FINE,
    NO_BOOT,
    /** Its guest ends at the first workload. */
    ENDS_AT_WORKLOAD,
    /** Its harness fails with any workload. */
    FAILS_AT_WORKLOAD,
    /** Its kernel warns at any workload. */
    WARNS_AT_WORKLOAD,
    /** It ends when it is told something by its monitor. */
    LOST
  }

  private final PrintStream console;
  private final Path marks;
  private final Start start;

  private FakeEmulator(PrintStream console, Path marks, Start start) {
    this.console = console;
    this.marks = marks;
    this.start = start;
  }

  /**
   * How to start it.
   *
   * @param marks where a file is left for each start
   * @param starts what each start is, the last being all that follow, too
   */
  private static Tools.Tool tool(Path marks, List<Start> starts) {
    String words = starts.stream().map(Start::name).collect(Collectors.joining(" "));
    return Keeper.keep(new Tools.Tool(Jvm.command(Jvm.CLASS_PATH, FakeEmulator.class, marks.toString(), words), Map.of()));
  }

  /**
   * A backend of such machines, which has no files of a kernel.
   *
   * @param boots how often it boots before it does no more
   */
  public static LabBackend backend(Path marks, int boots, List<String> notes) {
    List<Start> starts = new ArrayList<>(Collections.nCopies(boots, Start.FINE));
    starts.add(Start.NO_BOOT);
    return backend(marks, starts, new GuestFolder(), null, () -> false, notes);
  }

  /** One whose machines are made from one saved state. */
  static LabBackend fresh(Path marks, List<Start> starts, BooleanSupplier cancelled, List<String> notes) {
    GuestFolder folder = new GuestFolder();
    return backend(marks, starts, folder, new Snapshot(folder.path(), LabTopology.of(1)), cancelled, notes);
  }

  private static LabBackend backend(Path marks, List<Start> starts, GuestFolder folder, @Nullable Snapshot snapshot,
      BooleanSupplier cancelled, List<String> notes) {
    Kernel kernel = new Kernel("6.1-fake", Path.of("/nothing"), List.of());
    return new LabBackend("lab:fake", kernel, LabTopology.of(1), tool(marks, starts), folder, Path.of("/nothing"), snapshot,
        cancelled, notes::add);
  }

  /** How often it was started. */
  static int starts(Path marks) throws IOException {
    try (Stream<Path> files = Files.list(marks)) {
      return (int) files.filter(file -> !file.endsWith(ENDED)).count();
    }
  }

  /** Whether a guest has ended by itself. */
  static boolean hasEnded(Path marks) {
    return Files.exists(marks.resolve(ENDED));
  }

  public static void main(String[] args) throws IOException {
    PrintStream console = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path marks = Path.of(args[0]);
    String[] starts = args[1].split(" ");
    Start start = Start.valueOf(starts[Math.min(starts(marks), starts.length - 1)]);
    Files.createTempFile(marks, "start", "");
    if (start == Start.NO_BOOT) {
      console.println("No bootable device.");
      return;
    }
    FakeEmulator emulator = new FakeEmulator(console, marks, start);
    Optional<Path> monitor = socket(args, "monitor");
    if (monitor.isPresent()) {
      ServerSocketChannel server = listen(monitor.get());
      new Thread(() -> emulator.obey(server)).start();
    }
    emulator.serve(socket(args, "line").orElseThrow(), !List.of(args).contains("-incoming"));
  }

  private static Optional<Path> socket(String[] args, String name) {
    String head = "socket,id=" + name + ",path=";
    return Stream.of(args).filter(arg -> arg.startsWith(head))
        .map(arg -> Path.of(arg.substring(head.length(), arg.indexOf(",server=on")).replace(",,", ","))).findFirst();
  }

  private static ServerSocketChannel listen(Path socket) throws IOException {
    Files.deleteIfExists(socket);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    return server;
  }

  private void obey(ServerSocketChannel server) {
    try (SocketChannel channel = server.accept()) {
      FakeMonitor monitor = new FakeMonitor(channel);
      for (JsonNode command = monitor.command(); command.has("execute"); command = monitor.command()) {
        if (start == Start.LOST) {
          cutAndEnd(channel);
        }
        monitor.answer(switch (command.get("execute").asText()) {
          case "query-migrate" -> FakeMonitor.status("completed", "");
          case "query-status" -> FakeMonitor.status("paused", "");
          default -> FakeMonitor.DONE;
        });
      }
    } catch (IOException e) {
      e.printStackTrace(console);
    }
  }

  private void serve(Path socket, boolean boots) throws IOException {
    try (ServerSocketChannel server = listen(socket); SocketChannel line = server.accept()) {
      InputStream in = new BufferedInputStream(Channels.newInputStream(line));
      OutputStream out = Channels.newOutputStream(line);
      if (boots) {
        Frames.write(out, Frames.READY, "");
      }
      while (true) {
        Frame question = Frames.readInParts(in, out);
        end(question.text(), line);
        Frames.write(out, answerTo(question, line), "is " + question.text());
      }
    }
  }

  private String answerTo(Frame question, SocketChannel line) throws IOException {
    if (question.word().equals(Frames.RUN)) {
      if (start == Start.ENDS_AT_WORKLOAD) {
        cutAndEnd(line);
      } else if (start == Start.WARNS_AT_WORKLOAD) {
        console.println(WARNING);
      } else if (start == Start.FAILS_AT_WORKLOAD) {
        return Frames.FAILED;
      }
    }
    return Frames.ANSWER;
  }

  private void end(String question, SocketChannel line) throws IOException {
    if (question.contains(PANIC_THEN_CUT)) {
      panic(5, 0x8);
      off();
    } else if (question.contains(CUT_THEN_PANIC)) {
      line.close();
      pause(300);
      panic(12_345, 0x1f8);
      off();
    } else if (question.contains(PANIC_AND_STAY)) {
      panic(812, 0xabc);
      pause(Long.MAX_VALUE);
    } else if (question.contains(OFF)) {
      off();
    } else if (question.contains(SIGNALLED)) {
      console.println(LAST_WORDS);
      off();
    } else if (question.contains(SILENCE)) {
      pause(Long.MAX_VALUE);
    }
  }

  private void panic(int second, int address) {
    console.printf(PANIC, second, address, address, second, address + 1, second, address + 2, address);
  }

  /** What is at the channel's other end finds it cut before the guest has ended. */
  private void cutAndEnd(SocketChannel channel) throws IOException {
    channel.close();
    pause(300);
    off();
  }

  private void off() {
    try {
      Files.createFile(marks.resolve(ENDED));
    } catch (FileAlreadyExistsException e) {
      // another guest has, before
    } catch (IOException e) {
      e.printStackTrace(console);
    }
    Runtime.getRuntime().halt(0);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
