package io.github.pageferry.it.lab;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The end of a guest's console, and what in it says that the kernel is broken. May be used by several threads. */
final class ConsoleLog {

  private static final int LINES = 60;

  /** What the kernel prints where it goes on although it had better not. */
  private static final Pattern BROKEN = Pattern.compile(
      "\\b(Oops\\b|BUG:|kernel BUG at|general protection fault|Kernel panic)");
  /** When it was said, and perhaps by which task. */
  private static final Pattern STAMP = Pattern.compile("^(\\[ *[0-9]+\\.[0-9]+\\]|\\[ *[CT][0-9]+\\])+ ");

  /** The function of the kernel that it broke in. */
  private static final Pattern FUNCTION = Pattern.compile("\\bRIP: [0-9a-f]{4}:([A-Za-z_][\\w.]*)\\+0x");

  private static final Pattern WARNING = Pattern.compile("\\bWARNING: ");

  /** The emulator's last words where it is told to end; a line of the guest's may have been begun before. */
  private static final Pattern SIGNALLED = Pattern.compile(Pattern.quote(Tools.EMULATOR) + ": terminating on signal .*");

  /** Colours and cursor movements of the firmware. */
  private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]|\u001bc|[\\x00-\\x08\\x0e-\\x1f]");

  /** The emulator says so of the second serial port. */
  private static final String WAITING = "info: QEMU waiting for connection";

  private final Deque<String> lines = new ArrayDeque<>();
  private final List<String> warnings = new ArrayList<>();
  private Optional<String> broken = Optional.empty();
  private Optional<String> brokenIn = Optional.empty();
  private Optional<String> signalled = Optional.empty();

  synchronized void add(String line) {
    String text = ESCAPES.matcher(line).replaceAll("").stripTrailing();
    if (text.isEmpty() || text.contains(WAITING)) {
      return;
    }
    lines.addLast(text);
    if (lines.size() > LINES) {
      lines.removeFirst();
    }
    signalled = signalled.or(() -> SIGNALLED.matcher(text).results().map(MatchResult::group).findFirst());
    if (broken.isEmpty() && BROKEN.matcher(text).find()) {
      broken = Optional.of(STAMP.matcher(text).replaceFirst(""));
    } else if (broken.isPresent() && brokenIn.isEmpty() && FUNCTION.matcher(text).find()) {
      brokenIn = FUNCTION.matcher(text).results().map(found -> found.group(1)).findFirst();
    } else if (WARNING.matcher(text).find()) {
      warnings.add(text);
    }
  }

  /** The first line that says that the kernel is broken, without its time, and where that is. */
  synchronized Optional<String> broken() {
    return broken.map(line -> line + brokenIn.map(function -> " in " + function).orElse(""));
  }

  /** What the emulator says of a signal that ends it. */
  synchronized Optional<String> signalled() {
    return signalled;
  }

  /** Lines that warn of something, since they were asked for last. */
  synchronized List<String> takeWarnings() {
    List<String> taken = List.copyOf(warnings);
    warnings.clear();
    return taken;
  }

  synchronized String end() {
    return String.join("\n", lines);
  }
}
