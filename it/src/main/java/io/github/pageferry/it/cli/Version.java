package io.github.pageferry.it.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "unpackaged");
    return new String[] {
      "pageferry " + version,
      "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.version")
          + " on " + System.getProperty("os.arch")
    };
  }
}
