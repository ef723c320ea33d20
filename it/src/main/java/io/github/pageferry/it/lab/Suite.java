package io.github.pageferry.it.lab;

/**
 * A suite of the Debian archive.
 *
 * @param name for example {@code bookworm-security}
 * @param security whether it is in the archive of security updates
 */
record Suite(String name, boolean security) {

  static Suite of(String name) {
    return new Suite(name, name.endsWith("-security"));
  }
}
