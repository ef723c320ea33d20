package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.example.ReadmeExample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {

  private static final Path README = Path.of("README.md");
  private static final Path EXAMPLE = Path.of("src/test/java/io/github/pageferry/example/ReadmeExample.java");

  @Test
  void quotesTheExampleAsItIs() throws IOException {
    List<String> lines = Files.readAllLines(EXAMPLE);
    int from = lines.indexOf("  // The README quotes from here") + 1;
    int to = lines.indexOf("  // to here.");
    String quoted = String.join("\n", lines.subList(from, to)).stripIndent();

    assertThat(quoted).contains("pin(");
    assertThat(Files.readString(README)).contains("```java\n" + quoted + "\n```");
  }

  @Test
  void theExampleRuns() {
    String property = System.setProperty(MemoryMigrators.PROPERTY, "scripted");
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      ReadmeExample.main(new String[0]);
    } finally {
      System.setOut(out);
      if (property == null) {
        System.clearProperty(MemoryMigrators.PROPERTY);
      } else {
        System.setProperty(MemoryMigrators.PROPERTY, property);
      }
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("pin to node 0: ", "locate: ");
  }

  /** Every option of the README's table is a method of the builder, and every method is in the table. */
  @Test
  void listsTheOptionsThatThereAre() throws IOException {
    String options = Files.readString(README).split("### Options\n")[1].split("\n##")[0];
    Matcher rows = Pattern.compile("(?m)^\\| `([a-zA-Z]+)\\(").matcher(options);
    List<String> listed = rows.results().map(row -> row.group(1)).toList();
    List<String> methods = Arrays.stream(PinOptions.Builder.class.getMethods())
        .filter(method -> method.getReturnType() == PinOptions.Builder.class).map(method -> method.getName()).toList();

    assertThat(listed).containsExactlyInAnyOrderElementsOf(methods);
  }

  @Test
  void namesTheEventsAsTheyAre() throws IOException {
    String readme = Files.readString(README);
    assertThat(readme).contains("io.github.pageferry.MemoryCall", "io.github.pageferry.BufferOperation",
        MemoryMigrators.PROPERTY, MemoryMigrators.ENVIRONMENT);
    for (FuturePages value : FuturePages.values()) {
      assertThat(readme.toUpperCase(Locale.ROOT)).contains(value.name());
    }
  }
}
