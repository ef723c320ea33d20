package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The project's README says what is so. */
class RootReadmeTest {

  private static final Path ROOT = Path.of("..");
  private static final Path EXAMPLE = ROOT.resolve("java/src/test/java/io/github/pageferry/example/ReadmeExample.java");

  private String readme = "";

  @BeforeEach
  void read() throws IOException {
    readme = Files.readString(ROOT.resolve("README.md"));
  }

  @Test
  void quotesTheExampleThatIsCompiledAndRun() throws IOException {
    List<String> lines = Files.readAllLines(EXAMPLE);
    List<String> region =
        lines.subList(lines.indexOf("  // The README quotes from here") + 1, lines.indexOf("  // to here."));
    assertThat(region).hasSizeBetween(10, 20);
    assertThat(readme).contains("```java\n" + String.join("\n", region).stripIndent() + "\n```");
  }

  @Test
  void listsTheCommandsThatThereAre() {
    assertThat(matches("(?m)^\\| `\\./pageferry ([a-z]+)", section("Commands")).toList())
        .containsExactlyInAnyOrderElementsOf(new CommandLineRunner().commands());
  }

  @Test
  void namesOptionsThatItsCommandsHave() {
    List<String> unknown = new ArrayList<>();
    Pattern.compile("\\./pageferry ([a-z]+)([^`\n]*)").matcher(readme).results().forEach(use -> {
      CommandLineRunner commands = new CommandLineRunner();
      commands.run(use.group(1), "--help");
      matches("(--[a-z-]+)", use.group(2).split("#")[0])
          .filter(option -> !commands.out.contains(option))
          .forEach(option -> unknown.add(use.group(1) + " " + option));
    });
    assertThat(unknown).isEmpty();
  }

  @Test
  void namesErrorsAndCallsThatThereAre() {
    String answers = section("What the answers mean");
    assertThat(matches("(?m)^\\| (E[A-Z0-9]+)", answers)).hasSizeGreaterThan(15)
        .allSatisfy(name -> assertThat(Errno.valueOf(name)).isNotNull());
    List<String> calls = Arrays.stream(SystemCall.values()).map(SystemCall::kernelName).toList();
    assertThat(matches("\\b((?:[a-z]+_)*(?:move_pages|migrate_pages|mbind|mempolicy|home_node))\\b", readme))
        .isNotEmpty().allSatisfy(call -> assertThat(calls).contains(call));
  }

  @Test
  void linksLeadToFiles() {
    assertThat(matches("\\]\\(([^)#]+)\\)", readme)).isNotEmpty()
        .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
  }

  @Test
  void continuousIntegrationRunsTheTwoCommandsInTheirOrder() throws IOException {
    List<String> wanted = matches("(?m)^(\\./\\S+ \\w+)", section("Two commands")).toList();
    assertThat(wanted).hasSize(2);
    String script = Files.readString(ROOT.resolve(".ci/run"));
    assertThat(matches("(?m)^timeout \\S+ \\d+ (\\./\\S+ \\w+) ", script).toList()).isEqualTo(wanted);
  }

  private String section(String heading) {
    return readme.split("(?m)^## " + heading + "\n")[1].split("(?m)^## ")[0];
  }

  private static Stream<String> matches(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map((MatchResult match) -> match.group(1));
  }
}
