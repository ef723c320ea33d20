package io.github.pageferry.linux;

/**
 * A line of {@code /proc/PID/maps}, proc_pid_maps(5).
 *
 * @param start the address of its first byte; compare addresses as unsigned numbers
 * @param end the address behind its last byte
 * @param permissions for example {@code rw-p}: readable, writable, executable, private or shared
 * @param offset where it begins in the file, in bytes
 * @param device the file's device, {@code MAJOR:MINOR} in hexadecimal
 * @param inode the file's inode; 0 where there is no file
 * @param name the file's path, {@code [heap]} and the like, or empty for anonymous memory
 */
public record Mapping(
    long start, long end, String permissions, long offset, String device, long inode, String name) {

  /** Its size in bytes. */
  public long bytes() {
    return end - start;
  }
}
