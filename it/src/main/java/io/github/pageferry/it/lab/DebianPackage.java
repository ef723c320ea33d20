package io.github.pageferry.it.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A package as a signed list of a Debian archive has it.
 *
 * @param name the package's
 * @param version the package's, not the software's
 * @param bytes of the file
 * @param sha256 of the file, in hexadecimal
 */
record DebianPackage(String name, String version, long bytes, String sha256) {

  /** The packages of a list (deb-src-packages: stanzas parted by empty lines) whose names match. */
  static List<DebianPackage> read(Path list, Pattern names) throws IOException {
    List<DebianPackage> found = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(list)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("Package: ") && names.matcher(line.substring("Package: ".length())).matches()) {
          found.add(stanza(line.substring("Package: ".length()), reader));
        }
      }
    }
    return found;
  }

  private static DebianPackage stanza(String name, BufferedReader reader) throws IOException {
    String version = "";
    String sha256 = "";
    long bytes = 0;
    for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
      int colon = line.indexOf(": ");
      String value = colon < 0 ? "" : line.substring(colon + 2);
      switch (colon < 0 ? "" : line.substring(0, colon)) {
        case "Version" -> version = value;
        case "SHA256" -> sha256 = value;
        case "Size" -> bytes = Long.parseLong(value);
        default -> { }
      }
    }
    return new DebianPackage(name, version, bytes, sha256);
  }
}
