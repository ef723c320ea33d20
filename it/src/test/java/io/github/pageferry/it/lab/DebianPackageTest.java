package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebianPackageTest {

  @TempDir
  private Path dir;

  @Test
  void packagesAreReadFromAnArchivesList() throws IOException {
    Path list = Files.writeString(dir.resolve("x_Packages"), """
        Package: linux-image-6.1.0-56-cloud-amd64
        Source: linux-signed-amd64 (6.1.192+2)
        Version: 6.1.192-2
        Description: Linux 6.1 for x86-64 cloud (signed)
        Filename: pool/linux-image.deb
        Size: 26713492
        SHA256: 00ff

        Package: other
        Version: 1

        Package: linux-image-6.1.0-56-amd64
        Version: 6.1.192-2
        SHA256: 11ee
        Size: 1
        """);
    assertThat(DebianPackage.read(list, Pattern.compile("linux-image-.*"))).containsExactly(
        new DebianPackage("linux-image-6.1.0-56-cloud-amd64", "6.1.192-2", 26_713_492, "00ff"),
        new DebianPackage("linux-image-6.1.0-56-amd64", "6.1.192-2", 1, "11ee"));
  }

  @Test
  void modulesSayWhatTheyDependOn() {
    assertThat(KernelModules.depends(bytes("\0license=GPL\0depends=fat,nls-utf8\0retpoline=Y\0"))).containsExactly("fat", "nls-utf8");
    assertThat(KernelModules.depends(bytes("\0license=GPL\0depends=\0retpoline=Y\0"))).isEmpty();
    assertThat(KernelModules.depends(bytes("\0license=GPL\0"))).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
