package io.github.pageferry.linux;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What a process has mapped and on which nodes its pages are: {@code /proc/PID/maps} and {@code /proc/PID/numa_maps}. */
public final class ProcessMaps {

  private final HostFiles files;

  /** Of this host. */
  public ProcessMaps() {
    this(Path.of("/"));
  }

  /**
   * As recorded beneath a folder.
   *
   * @param root stands in for {@code /}
   */
  public ProcessMaps(Path root) {
    files = new HostFiles(root);
  }

  /**
   * The mappings by ascending address; none for a kernel thread.
   *
   * @param pid of the process, 0 being the caller's
   * @throws IOException where they cannot be read, saying why and what to do
   */
  public List<Mapping> mappings(int pid) throws IOException {
    return MapsParser.maps(read(pid, "maps"));
  }

  /**
   * The mappings with their policies and how many pages each node has, by ascending address. The kernel walks all page
   * tables of the process for it, which takes a second for some 100 GB.
   *
   * @param pid of the process, 0 being the caller's
   * @throws IOException where they cannot be read, saying why and what to do
   */
  public List<NumaMapping> numaMappings(int pid) throws IOException {
    return MapsParser.numaMaps(read(pid, "numa_maps"));
  }

  private String read(int pid, String file) throws IOException {
    if (pid < 0) {
      throw new IOException("no process has the pid " + pid);
    }
    String folder = "/proc/" + (pid == 0 ? "self" : pid);
    try {
      return files.read(folder + "/" + file);
    } catch (NoSuchFileException e) {
      throw files.exists(folder)
          ? new IOException(folder + "/" + file + " is not there: the kernel was built without CONFIG_NUMA", e)
          : new IOException("there is no process " + pid, e);
    } catch (AccessDeniedException e) {
      throw new IOException(folder + "/" + file + " may not be read: run as the user of process " + pid
          + ", as root, or with CAP_SYS_PTRACE", e);
    } catch (IOException e) {
      // Reading fails with ESRCH where the process ended after the file was opened.
      throw files.exists(folder) ? e : new IOException("process " + pid + " has ended", e);
    }
  }
}
