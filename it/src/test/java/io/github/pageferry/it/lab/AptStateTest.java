package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptStateTest {

  @TempDir
  private Path dir;

  private FakeDebian debian;
  private AptState apt;

  @BeforeEach
  void open() {
    debian = new FakeDebian(dir.resolve("debian"));
    debian.offer(debian.build("a", "1"), debian.build("b", "2"));
    apt = new AptState(new LabFolder(dir.resolve("cache")), "some", Suite.of("bookworm"), Suite.of("bookworm-security"));
  }

  @AfterEach
  void close() {
    debian.close();
  }

  private String sources(String archive, String security) {
    String signed = "deb [signed-by=" + dir.resolve("debian/keys.gpg") + "] ";
    return signed + archive + " bookworm main\n" + signed + security + " bookworm-security main\n";
  }

  @Test
  void listsAreFetchedAndRead() throws IOException {
    assertThat(apt.packages(Pattern.compile(".*"))).as("before").isEmpty();
    apt.update();
    assertThat(apt.packages(Pattern.compile("b"))).containsExactly(debian.build("b", "2"));
  }

  @Test
  void packagesComeFromDebianOrWhereTheMachineTakesThemFrom() throws IOException {
    Path list = dir.resolve("cache/apt/some/etc/sources.list");
    apt.update();
    assertThat(list).hasContent(sources(AptState.ARCHIVE, AptState.ARCHIVE + "-security"));
    debian.write("targets", "http://near.example/ubuntu/\nhttp://near.example/debian/\nhttp://safe.example/debian-security\n");
    apt.update();
    assertThat(list).hasContent(sources("http://near.example/debian", "http://safe.example/debian-security"));
    System.setProperty(AptState.PROPERTY, "http://set.example/deb/");
    apt.update();
    assertThat(list).as("a setting stands above both")
        .hasContent(sources("http://set.example/deb", "http://set.example/deb-security"));
  }

  @Test
  void ofTheMachinesSettingsThoseOfItsProxyAreTaken() throws IOException {
    debian.write("settings", """
        APT::Get::Assume-Yes "true";
        Acquire::http::Proxy "http://proxy.example:3128";
        Dir::State "/var/lib/apt";
        """);
    apt.update();
    assertThat(dir.resolve("cache/apt/some/apt.conf")).content()
        .contains("Acquire::http::Proxy \"http://proxy.example:3128\";\n", "Dir \"" + dir.resolve("cache/apt/some") + "/\";\n")
        .doesNotContain("Assume-Yes", "/var/lib/apt");
  }

  @Test
  void missingKeysAreNamedWithTheCommandThatInstallsThem() {
    assertThat(AptState.lacks()).isEmpty();
    debian.remove("keys.gpg");
    assertThat(AptState.lacks()).contains("the Debian archive's keys are missing (" + dir.resolve("debian/keys.gpg")
        + "): apt-get install debian-archive-keyring");
  }
}
