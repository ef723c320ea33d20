package io.github.pageferry.it.lab;

import java.nio.file.Path;

/**
 * The files of a machine whose state is saved and restored, and its monitor's socket.
 *
 * @param folder that they are in
 */
record SnapshotFiles(Path folder) {

  /** The memory of a node. */
  Path memory(int node) {
    return folder.resolve("memory" + node);
  }

  /** All else: the state of CPUs and devices. */
  Path state() {
    return folder.resolve("state");
  }

  Path monitor() {
    return folder.resolve("monitor");
  }
}
