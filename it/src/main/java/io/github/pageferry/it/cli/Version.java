package io.github.pageferry.it.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  /** The program's name and version. */
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "pageferry " + Objects.requireNonNullElse(version, "unpackaged");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      text(),
      "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.version")
          + " on " + System.getProperty("os.arch")
    };
  }
}
