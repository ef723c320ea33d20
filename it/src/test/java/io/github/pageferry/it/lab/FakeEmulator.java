package io.github.pageferry.it.lab;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

  /** No answer comes. */
  public static final String SILENCE = "silence";

  /** What a real kernel prints at a panic, with numbers of its own. */
  private static final String PANIC = """
      [%5d.%06d] BUG: kernel NULL pointer dereference, address: %016x
      [%5d.%06d] Oops: 0000 [#1] PREEMPT SMP NOPTI
      [%5d.%06d] RIP: 0010:move_pages_and_store_status+0x%x/0x90
      """;

  private final PrintStream console;

  private FakeEmulator(PrintStream console) {
    this.console = console;
  }

  /**
   * How to start it.
   *
   * @param marks where a file is left for each boot
   * @param boots how often it boots before it does no more
   */
  static Tools.Tool tool(Path marks, int boots) {
    return new Tools.Tool(Jvm.command(Jvm.CLASS_PATH, FakeEmulator.class, marks.toString(), "" + boots), Map.of());
  }

  /** A backend of such machines, which has no files of a kernel. */
  public static LabBackend backend(Path marks, int boots, List<String> notes) {
    Kernel kernel = new Kernel("6.1-fake", Path.of("/nothing"), List.of());
    return new LabBackend("lab:fake", kernel, LabTopology.of(1), tool(marks, boots), new GuestFolder(), Path.of("/nothing"),
        null, () -> false, notes::add);
  }

  public static void main(String[] args) throws IOException {
    PrintStream console = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path marks = Path.of(args[0]);
    long before;
    try (Stream<Path> files = Files.list(marks)) {
      before = files.count();
    }
    Files.createTempFile(marks, "boot", "");
    if (before >= Integer.parseInt(args[1])) {
      console.println("No bootable device.");
      return;
    }
    String socket = Stream.of(args).filter(arg -> arg.startsWith("socket,id=line,path=")).findFirst().orElseThrow()
        .replaceAll("socket,id=line,path=|,server=on,wait=on", "");
    new FakeEmulator(console).serve(Path.of(socket));
  }

  private void serve(Path socket) throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      try (SocketChannel line = server.accept()) {
        InputStream in = new BufferedInputStream(Channels.newInputStream(line));
        OutputStream out = Channels.newOutputStream(line);
        Frames.write(out, Frames.READY, "");
        while (true) {
          Frame question = Frames.readInParts(in, out);
          end(question.text(), line);
          Frames.write(out, Frames.ANSWER, "is " + question.text());
        }
      }
    }
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
    } else if (question.contains(SILENCE)) {
      pause(Long.MAX_VALUE);
    }
  }

  private void panic(int second, int address) {
    console.printf(PANIC, second, address, address, second, address + 1, second, address + 2, address);
  }

  private static void off() {
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
