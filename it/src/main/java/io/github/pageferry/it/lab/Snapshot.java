package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The state of a guest that has run a few workloads and waits for the next, saved once, so that any number of guests can
 * start from it.
 */
final class Snapshot {

  /** What loads the harness's classes and links the system calls, on any machine. */
  private static final List<String> WARM_UP = List.of("fork-zero-page", "bind-parts-one-node", "bad-node-one-node",
      "fork-cow-one-node", "ext4-one-node", "device-one-node");

  private final SnapshotFiles files;
  private final int nodes;
  private boolean taken;

  /**
   * @param folder for its files, on a file system with room for all of the machine's memory
   * @throws CannotRunException where there is no such room
   */
  Snapshot(Path folder, LabTopology topology) {
    files = new SnapshotFiles(folder);
    nodes = topology.nodes().size();
    checkRoom(folder, topology.megabytes());
  }

  /** Memory that the guest never wrote to takes no room; which it writes to later is not known. */
  private static void checkRoom(Path folder, long megabytes) {
    long free;
    try {
      free = Files.getFileStore(folder).getUsableSpace() >> 20;
    } catch (IOException e) {
      throw new CannotRunException("how much room is left in " + folder + " cannot be read: " + e, e);
    }
    if (free < megabytes) {
      throw new CannotRunException("a snapshot needs room for the machine's memory, " + megabytes + " MiB, and in "
          + folder.getParent() + " " + free + " are left: take fewer or smaller nodes, or set java.io.tmpdir to a folder"
          + " elsewhere (PAGEFERRY_JAVA_OPTS=-Djava.io.tmpdir=FOLDER)");
    }
  }

  SnapshotFiles files() {
    return files;
  }

  /**
   * The files for a guest that is about to be booted, without the memory of one before.
   *
   * @throws CannotRunException where that cannot be deleted
   */
  SnapshotFiles emptyFiles() {
    try {
      for (int node = 0; node < nodes; node++) {
        Files.deleteIfExists(files.memory(node));
      }
    } catch (IOException e) {
      throw new CannotRunException("the memory of a guest cannot be deleted: " + e, e);
    }
    return files;
  }

  /** Whether guests can be restored. */
  boolean isTaken() {
    return taken;
  }

  /**
   * Warms a guest up and saves its state. The guest is stopped then and can only be closed.
   *
   * @throws GuestDiedException where the guest ends or hangs
   * @throws IllegalStateException where the harness in the guest fails
   * @throws CannotRunException where the emulator cannot save it
   */
  void take(Guest guest) {
    for (String name : WARM_UP) {
      Workload workload = Corpus.builtIn(name).orElseThrow();
      guest.ask(Frames.RUN, WorkloadWriter.format(workload), "while it warmed up with " + name, Guest.ANSWER_LIMIT);
    }
    guest.save(files);
    taken = true;
  }
}
