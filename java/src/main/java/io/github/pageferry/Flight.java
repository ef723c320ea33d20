package io.github.pageferry;

/** The way to Java Flight Recorder, which a runtime made with jlink may lack: its classes are touched only from behind here. */
final class Flight {

  private static final boolean RECORDER_PRESENT = present();

  private Flight() {}

  /** The same migrator, each of its calls an event; the migrator itself where there is no recorder. */
  static MemoryMigrator recording(MemoryMigrator migrator) {
    return RECORDER_PRESENT ? new RecordingMigrator(migrator) : migrator;
  }

  private static boolean present() {
    try {
      Class.forName("jdk.jfr.Event", false, Flight.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }
}
