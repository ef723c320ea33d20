package io.github.pageferry;

/**
 * The way to Java Flight Recorder, which a runtime made with jlink may lack: its classes are touched only from behind
 * here.
 */
final class Flight {

  private static final boolean RECORDER_PRESENT = present();

  private Flight() {}

  /** The same migrator, each of its calls an event; the migrator itself where there is no recorder. */
  static MemoryMigrator recording(MemoryMigrator migrator) {
    return RECORDER_PRESENT ? new RecordingMigrator(migrator) : migrator;
  }

  /** Begins an event for one use of a {@link BufferPinner}; one that does nothing where no recording wants it. */
  static Span begin() {
    return RECORDER_PRESENT ? BufferOperationEvent.start() : Span.NONE;
  }

  private static boolean present() {
    try {
      Class.forName("jdk.jfr.Event", false, Flight.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** An event that has begun. Does nothing unless overridden. */
  interface Span {
    Span NONE = new Span() {};

    default void end(MoveReport report) {}

    default void end(LocateReport report) {}

    default void fail(String operation, Throwable failure) {}
  }
}
