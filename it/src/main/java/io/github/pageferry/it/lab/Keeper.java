package io.github.pageferry.it.lab;

import java.nio.file.Path;
import java.util.List;

/**
 * Starts an emulator such that it ends with this JVM, however that ends, and not before.
 *
 * <p>A terminal's ^C or hangup goes to all processes of a group. An emulator among them would end before this JVM knows of the
 * end, or although it is to survive that (nohup), and one could take it for a guest that died of its workload.
 */
final class Keeper {

  /** Runs its arguments, and kills what it runs when standard input ends: that of a JVM that is killed ends, too. */
  private static final String SCRIPT = """
      exec 3<&0 </dev/null
      "$@" 3<&- &
      emulator=$!
      (cat <&3 >/dev/null; kill -9 $emulator) >/dev/null 2>&1 &
      watch=$!
      exec 3<&-
      wait $emulator
      kill $watch 2>/dev/null
      """;

  private Keeper() {}

  /** How to start a program that ends when its standard input does. */
  static Tools.Tool keep(Tools.Tool program) {
    return new Tools.Tool(
        Programs.with(List.of("sh", "-c", SCRIPT, "pageferry-lab"), program.command().toArray(String[]::new)),
        program.environment());
  }

  /** The same in a session of its own: what is sent to this JVM's group does not reach it. */
  static Tools.Tool keepApart(Path busybox, Tools.Tool program) {
    Tools.Tool kept = keep(program);
    return new Tools.Tool(
        Programs.with(List.of(busybox.toString(), "setsid"), kept.command().toArray(String[]::new)), kept.environment());
  }
}
