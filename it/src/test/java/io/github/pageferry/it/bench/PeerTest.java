package io.github.pageferry.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTest {

  private static final int PAGES = 64;

  @TempDir
  private Path folder;

  @Test
  void programFindsAllItsPagesWhateverItDoes() throws IOException {
    try (Peer peer = Peer.start(program(), PAGES)) {
      for (String what : List.of("query", "locate", "pin")) {
        peer.run(what, 3);
      }
    }
  }

  @Test
  void programRefusesWhatItDoesNotKnow() throws IOException {
    try (Peer peer = Peer.start(program(), PAGES)) {
      assertThatThrownBy(() -> peer.run("dance", 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("dance");
    }
  }

  @Test
  void programThatDoesNotStartIsAnError() throws IOException {
    Path program = program();
    assertThatThrownBy(() -> Peer.start(program, 0)).isInstanceOf(IOException.class).hasMessageContaining("did not start");
  }

  @Test
  void compilerThatFailsIsQuoted() throws IOException {
    Path compiler = Files.writeString(folder.resolve("cc"), "#!/bin/sh\necho stdio.h: no such file\nexit 1\n");
    assertThat(compiler.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> Peer.compile(compiler, folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("stdio.h: no such file");
  }

  @Test
  void ratioIsTheMedianOfTheRounds() {
    assertThat(row(List.of(1.2, 0.9, 1.0)).ratio()).hasValue(1.0);
    assertThat(row(List.of(1.2, 0.9, 1.0, 1.1)).ratio()).hasValue(1.05);
    assertThat(row(List.of()).ratio()).isEmpty();
  }

  private static HostComparison.Row row(List<Double> ratios) {
    return new HostComparison.Row("a", 1, OptionalDouble.empty(), ratios, 0, 0);
  }

  /** The compiled program; aborts the test, by name, where nothing can compile it. */
  private Path program() {
    List<String> why = new ArrayList<>();
    Optional<Path> program = HostComparison.compilePeer(folder, why::add);
    assumeTrue(program.isPresent(), () -> String.join("; ", why));
    return program.orElseThrow();
  }
}
