package io.github.pageferry.it.cli;

import io.github.pageferry.MemoryMigrator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a process from the command line. */
final class ProcessId implements ITypeConverter<Integer> {

  @Override
  public Integer convert(String text) {
    if (text.equals("self")) {
      return MemoryMigrator.SELF;
    }
    if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) > 0) {
      return Integer.parseInt(text);
    }
    throw new TypeConversionException("'" + text + "' is no process: give its pid or 'self'");
  }

  /** The process for messages. */
  static String text(int pid) {
    return pid == MemoryMigrator.SELF ? "self" : "" + pid;
  }
}
