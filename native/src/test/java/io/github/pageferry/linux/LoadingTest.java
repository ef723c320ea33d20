package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import io.github.pageferry.PageBatch;
import io.github.pageferry.spi.MemoryMigratorProvider;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the kernel cannot be called from a JVM: one clear reason each, with what to do. In JVMs of their own. */
class LoadingTest {

  @TempDir
  Path folder;

  @Test
  void theBackendIsFoundAndIsTheKernel() {
    Host.migrator().close();
    List<MemoryMigratorProvider> providers =
        ServiceLoader.load(MemoryMigratorProvider.class).stream().map(ServiceLoader.Provider::get).toList();
    assertThat(providers).singleElement().satisfies(provider -> {
      assertThat(provider.name()).isEqualTo("linux");
      assertThat(provider.isKernel()).isTrue();
      try (var migrator = provider.open("")) {
        assertThat(migrator.description()).matches("linux \\d+\\.\\d+.*");
      }
    });
  }

  @Test
  void optionsAreRefused() {
    assertThatThrownBy(() -> new LinuxMigratorProvider().open("nodes:4"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes no options")
        .hasMessageContaining("nodes:4");
  }

  @Test
  void anotherOperatingSystemAndAnotherArchitectureAreSaid() {
    assertThat(KernelAccess.refusedPlatform("Linux", "amd64")).isEmpty();
    assertThat(KernelAccess.refusedPlatform("Mac OS X", "aarch64")).get().asString().contains("Mac OS X", "simulator");
    assertThat(KernelAccess.refusedPlatform("Linux", "mips64")).get().asString().contains("mips64", "x86-64");
    assertThat(KernelAccess.refusedPlatform("Linux", "i386")).get().asString().contains("i386", "64-bit");
  }

  @Test
  void anUnknownArchitectureInAJvmOfItsOwn() throws Exception {
    assertThat(run(List.of(), List.of("-Dos.arch=sparcv9"), true))
        .satisfies(said -> assertThat(said.get(0)).contains("sparcv9"))
        .endsWith("true", "true");
  }

  @Test
  void aFolderThatCannotBeWrittenToOrIsNotThere() throws Exception {
    Host.migrator().close();
    for (String where : List.of("/proc/self/fd", "/dev/null/x")) {
      List<String> said = run(List.of(), List.of("-Djna.tmpdir=" + where), true);
      assertThat(said.get(0)).contains("could not be loaded", where, "-Djna.tmpdir=DIR", "-Djna.nounpack=true");
      assertThat(said).endsWith("true", "true");
    }
  }

  @Test
  void aFolderThatIsMountedNoexecAndTheWayOut() throws Exception {
    Host.migrator().close();
    Host.needsCapability("CAP_SYS_ADMIN");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "needs unshare(1), of util-linux");
    Path noexec = Files.createDirectory(folder.resolve("noexec"));
    List<String> inMount = List.of("unshare", "--mount", "sh", "-c",
        "mount -t tmpfs -o noexec none '" + noexec + "' && exec \"$@\"", "sh");
    List<String> said = run(inMount, List.of("-Djna.tmpdir=" + noexec), true);
    assertThat(said.get(0)).contains("could not be loaded", "noexec", "-Djna.tmpdir=DIR", "-Djna.boot.library.path=");
    assertThat(said).endsWith("true", "true");

    Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
    String resource = "/com/sun/jna/" + Platform.RESOURCE_PREFIX + "/libjnidispatch.so";
    try (InputStream library = Native.class.getResourceAsStream(resource)) {
      Files.copy(library, unpacked.resolve("libjnidispatch.so"));
    }
    assertThat(run(inMount, List.of("-Djna.tmpdir=" + noexec, "-Djna.nounpack=true",
        "-Djna.boot.library.path=" + unpacked), true)).startsWith("available");
    assertThat(run(inMount, List.of("-Djna.tmpdir=" + folder), true)).startsWith("available");
  }

  @Test
  void withoutJnaOnTheClassPath() throws Exception {
    Host.migrator().close();
    assertThat(run(List.of(), List.of(), false).get(0))
        .isEqualTo("JNA is not on the class path: add net.java.dev.jna:jna");
  }

  @Test
  void aJvmThatDeniesNativeAccess() throws Exception {
    Host.migrator().close();
    assumeTrue(Runtime.version().feature() >= 24, "needs JDK 24, which can deny native access");
    assertThat(run(List.of(), List.of("--illegal-native-access=deny"), true).get(0))
        .contains("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void aNativeLibraryOfAnotherVersion() {
    assertThat(KernelAccess.loadFailure(new Error("\n\nThere is an incompatible JNA native library installed on this"
        + " system\nExpected: 7.0.3\nFound: 6.1.0\n"), "/tmp"))
        .contains("different versions", "Found: 6.1.0", "one version");
  }

  /** What {@link LoadingMain} prints. */
  private List<String> run(List<String> prefix, List<String> options, boolean withJna) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    List<String> classPath = new ArrayList<>(
        List.of(placeOf(LoadingMain.class), placeOf(LinuxMigrator.class), placeOf(PageBatch.class)));
    if (withJna) {
      classPath.add(placeOf(Native.class));
    }
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), LoadingMain.class.getName()));
    Path errors = folder.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(errors(errors)).isZero();
    return said.lines().toList();
  }

  private static String errors(Path file) throws IOException {
    return Files.readString(file);
  }

  private static String placeOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
