package io.github.pageferry.it.cli;

import io.github.pageferry.BufferPinner;
import io.github.pageferry.Errno;
import io.github.pageferry.FuturePages;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryRange;
import io.github.pageferry.MoveReport;
import io.github.pageferry.NodeSet;
import io.github.pageferry.PinOptions;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.linux.LinuxMigrator;
import io.github.pageferry.linux.Mapping;
import io.github.pageferry.linux.ProcessMaps;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code move}: moves the pages of a running process. */
@Command(
    name = "move",
    description = {
      "Moves the memory of a running process to other nodes and says what moved, and why what stayed did.",
      "Pages that come later go where the process's own policies say, as before."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry move 4711 --to 1                all of its memory to node 1",
      "  pageferry move 4711 --to 0-3              spread evenly over four nodes",
      "  pageferry move 4711 --from 0 --to 1       only what is on node 0",
      "  pageferry move 4711 --to 1 --range 7f0200000000-7f0240000000",
      "",
      "It takes the rights to trace the process (its user's, or CAP_SYS_PTRACE), and",
      "CAP_SYS_NICE for --shared. See where it is with: pageferry where PID"
    })
final class MoveCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "PID", converter = ProcessId.class,
      description = "The process; 'self' is this one.")
  private int pid;

  @Option(names = "--to", paramLabel = "NODES", required = true, converter = Nodes.class,
      description = "Where to: a node, or several (0-3,5) to spread the pages evenly.")
  private NodeSet to;

  @Option(names = "--from", paramLabel = "NODES", converter = Nodes.class,
      description = "Only what is on these nodes, as migrate_pages(2) does it: the first of them to the first of --to and so"
          + " on. It counts what stayed, but knows no reasons.")
  private @Nullable NodeSet from;

  @Option(names = "--range", paramLabel = "START-END", converter = Range.class,
      description = "Only these addresses, as 'where' prints them; may be given several times.")
  private List<MemoryRange> ranges = List.of();

  @Option(names = "--shared", description = "Also what other processes map, such as shared libraries.")
  private boolean shared;

  private final Context context;

  MoveCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (from != null && (shared || !ranges.isEmpty())) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--from cannot be combined with --range or --shared");
    }
    context.ending().beOrderly();
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      List<Mapping> mappings = new ProcessMaps().mappings(pid);
      if (mappings.isEmpty()) {
        throw new CannotRunException(
            "process " + ProcessId.text(pid) + " has no memory of its own: it is a kernel thread or has ended");
      }
      return from == null ? move(new ProcessMigrator(migrator, pid), mappings) : drain(migrator, from);
    } catch (IOException | IllegalStateException | UnsupportedOperationException e) {
      throw new CannotRunException(String.valueOf(e.getMessage()), e);
    }
  }

  private int move(MemoryMigrator migrator, List<Mapping> mappings) {
    List<MemoryRange> wanted = mappings.stream().flatMap(this::wanted).toList();
    if (wanted.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--range: nothing that may be accessed is mapped there");
    }
    PinOptions options = PinOptions.builder()
        .futurePages(FuturePages.UNCHANGED)
        .sharedPages(shared)
        .cancelWhen(context.ending()::requested)
        .onProgress(step -> context.console().progress(
            step.pagesDone() * 100 / Math.max(1, step.pages()) + " %, " + Bytes.format(step.bytesMoved()) + " moved"))
        .build();
    BufferPinner pinner = BufferPinner.on(migrator, options);
    MoveReport report;
    try {
      report = to.size() == 1 ? pinner.pin(wanted, to.first()) : pinner.interleave(wanted, to);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--to: " + e.getMessage(), e);
    }
    print(report);
    if (report.cancelled()) {
      return ExitStatus.INTERRUPTED;
    }
    return report.stayedPages() == staysByItself(report) && report.failure().isEmpty() ? ExitStatus.OK : ExitStatus.FAILED;
  }

  /**
   * What of a mapping is to be moved. A JVM reserves terabytes that nobody may access: nothing can be there. Addresses
   * of the kernel's half, the vsyscall page, are no memory of the process.
   */
  private Stream<MemoryRange> wanted(Mapping mapping) {
    if (mapping.permissions().startsWith("---") || mapping.start() < 0) {
      return Stream.of();
    }
    if (ranges.isEmpty()) {
      return Stream.of(MemoryRange.of(mapping.start(), mapping.bytes()));
    }
    return ranges.stream().flatMap(range -> overlap(mapping, range));
  }

  private static Stream<MemoryRange> overlap(Mapping mapping, MemoryRange range) {
    long start = Math.max(mapping.start(), range.address());
    long end = Math.min(mapping.end(), range.address() + range.bytes());
    return start < end ? Stream.of(MemoryRange.of(start, end - start)) : Stream.of();
  }

  private void print(MoveReport report) {
    Console console = context.console();
    report.summary().lines().forEach(console::line);
    if (staysByItself(report) > 0) {
      console.line("what other processes map, too (EACCES), moves with --shared");
    }
  }

  /** Pages of others, too, that nobody asked to be moved. */
  private long staysByItself(MoveReport report) {
    return shared ? 0 : report.stayed().getOrDefault(Errno.EACCES, 0L);
  }

  private int drain(MemoryMigrator migrator, NodeSet nodes) {
    long stayed = migrator.migratePages(pid, nodes, to);
    context.console().line("process " + ProcessId.text(pid) + ": migrate_pages from node " + nodes + " to node " + to
        + (stayed == 0 ? ": nothing that could move stayed" : ": " + stayed + " pages stayed"));
    return stayed == 0 ? ExitStatus.OK : ExitStatus.FAILED;
  }

  /** Reads nodes. */
  static final class Nodes implements ITypeConverter<NodeSet> {

    @Override
    public NodeSet convert(String text) {
      try {
        NodeSet nodes = NodeSet.parse(text);
        if (!nodes.isEmpty()) {
          return nodes;
        }
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
      throw new TypeConversionException("no node is named");
    }
  }

  /** Reads a range of addresses in hexadecimal. */
  static final class Range implements ITypeConverter<MemoryRange> {

    @Override
    public MemoryRange convert(String text) {
      String[] ends = text.split("-", -1);
      try {
        long start = Long.parseUnsignedLong(ends[0], 16);
        long end = Long.parseUnsignedLong(ends[ends.length - 1], 16);
        if (ends.length == 2 && start > 0 && start < end) {
          return MemoryRange.of(start, end - start);
        }
      } catch (NumberFormatException e) {
        // as any other text that is no range
      }
      throw new TypeConversionException("'" + text + "' is no range: give START-END in hexadecimal, as 'where' prints it");
    }
  }
}
