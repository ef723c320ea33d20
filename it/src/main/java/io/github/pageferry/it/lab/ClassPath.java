package io.github.pageferry.it.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The jars of the guest's program: those that this program itself was loaded from. */
final class ClassPath {

  /** One class of each jar that the guest needs. */
  private static final List<String> CLASSES = List.of(
      "io.github.pageferry.it.lab.guest.GuestServer",
      "io.github.pageferry.MemoryMigrator",
      "io.github.pageferry.linux.LinuxMigrator",
      "com.sun.jna.Native",
      "org.apache.commons.lang3.StringUtils",
      "com.fasterxml.jackson.core.JsonFactory",
      "com.fasterxml.jackson.databind.ObjectMapper",
      "com.fasterxml.jackson.annotation.JsonAutoDetect",
      "com.fasterxml.jackson.dataformat.yaml.YAMLFactory",
      "org.yaml.snakeyaml.Yaml");

  private static final String NATIVE_LIBRARY = "com/sun/jna/linux-x86-64/libjnidispatch.so";
  private static final long TIME = 1_700_000_000_000L;

  private ClassPath() {}

  /** Writes the jars and JNA's native library into a folder, and says the jars' names in order. */
  static List<String> copy(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    for (String name : CLASSES) {
      Path source = source(name);
      String jar = name.substring(0, name.lastIndexOf('.')) + ".jar";
      if (Files.isDirectory(source)) {
        // in the middle of a build
        pack(source, folder.resolve(jar));
      } else {
        Files.copy(source, folder.resolve(jar));
      }
      if (name.startsWith("com.sun.jna.")) {
        extract(source, NATIVE_LIBRARY, folder.resolve("libjnidispatch.so"));
      }
      names.add(jar);
    }
    return names;
  }

  private static Path source(String name) {
    try {
      Class<?> type = Class.forName(name, false, ClassPath.class.getClassLoader());
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (ClassNotFoundException | URISyntaxException e) {
      throw new IllegalStateException("where " + name + " comes from is not known", e);
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> all = Files.walk(classes)) {
      for (Path each : all.filter(Files::isRegularFile).sorted().toList()) {
        JarEntry entry = new JarEntry(classes.relativize(each).toString());
        entry.setTime(TIME);
        out.putNextEntry(entry);
        Files.copy(each, out);
      }
    }
  }

  private static void extract(Path jar, String name, Path to) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(name);
      if (entry == null) {
        throw new IOException(jar + " has no " + name);
      }
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, to);
      }
    }
  }
}
