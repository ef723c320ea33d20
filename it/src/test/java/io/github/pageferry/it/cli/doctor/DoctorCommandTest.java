package io.github.pageferry.it.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import io.github.pageferry.linux.HostFacts;
import io.github.pageferry.linux.ProbedCall.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as it is typed: what it prints and how it exits. */
class DoctorCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void everythingWorksIsExit0WithALineAThing() {
    assertThat(run(host()::examination)).isZero();
    assertThat(out.toString()).startsWith("Linux on amd64, kernel 6.1.0-18-amd64\n")
        .contains("works  move_pages", "works  NUMA balancing").endsWith("\n18 work, 0 to note, 0 fail\n");
  }

  @Test
  void somethingFailsIsExit1WithItsRemedyBeneath() {
    Examination refused = host().status(0, HostInAFolder.NO_CAPABILITIES, 2, "0-1")
        .refusing(Verdict.FILTERED, Errno.EPERM, SystemCall.MOVE_PAGES).examination();
    assertThat(run(() -> refused)).isEqualTo(1);
    assertThat(out.toString())
        .contains("fails  move_pages", "refused with EPERM", "\n         -> docker run ", "2 fail\n");
  }

  @Test
  void whereTheKernelCannotBeCalledTheReasonIsSaidAndExit3() {
    Examination unavailable = host().unavailable("JNA is not on the class path");
    assertThat(run(() -> unavailable)).isEqualTo(3);
    assertThat(out.toString()).contains("\ncannot run here: JNA is not on the class path\n");
    Examination elsewhere = new Examination("Mac OS X on aarch64", HostFacts.read(folder.resolve("nothing")),
        Optional.of("this is Mac OS X"), List.of(), Optional.empty());
    assertThat(run(() -> elsewhere)).isEqualTo(3);
  }

  @Test
  void jsonInPlaceOfTheText() throws Exception {
    Examination refused = host().refusing(Verdict.FILTERED, Errno.EPERM, SystemCall.MOVE_PAGES).examination();
    assertThat(run(() -> refused, "--json")).isEqualTo(1);
    JsonNode root = JSON.readTree(out.toString());
    assertThat(root.at("/kernel").asText()).isEqualTo("6.1.0-18-amd64");
    assertThat(root.at("/cannotRun").isNull()).isTrue();
    assertThat(root.at("/findings/0/subject").asText()).isEqualTo("move_pages");
    assertThat(root.at("/findings/0/level").asText()).isEqualTo("fails");
    assertThat(root.at("/summary/fails").asInt()).isEqualTo(1);
    assertThat(root.at("/summary/exitStatus").asInt()).isEqualTo(1);
  }

  @Test
  void jsonIntoAFileBesideTheText() throws Exception {
    Path file = folder.resolve("doctor.json");
    assertThat(run(host()::examination, "--json", file.toString())).isZero();
    assertThat(out.toString()).contains("works  move_pages");
    assertThat(JSON.readTree(Files.readString(file)).at("/summary/works").asInt()).isEqualTo(18);
  }

  @Test
  void aFileThatCannotBeWrittenIsAUsageError() {
    assertThat(run(host()::examination, "--json", folder.resolve("not/there").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--json", "not/there", "cannot be written");
  }

  @Test
  void anUnknownOptionIsAUsageError() {
    assertThat(run(host()::examination, "--cure")).isEqualTo(2);
    assertThat(err.toString()).contains("--cure");
  }

  @Test
  void helpNamesTheExitStatuses() {
    assertThat(run(host()::examination, "--help")).isZero();
    assertThat(out.toString()).contains("--json", "Exit status:", "nothing can be done here");
  }

  @Test
  void thisHostIsExaminedForReal() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "needs Linux");
    int status = new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out)).execute("--json");
    JsonNode root = JSON.readTree(out.toString());
    assertThat(root.at("/summary/exitStatus").asInt()).isEqualTo(status);
    assertThat(status).isIn(0, 1, 3);
    assertThat(root.at("/findings").findValuesAsText("subject")).contains("seccomp", "cpuset", "KSM", "huge pages");
    if (status == 0) {
      assertThat(root.at("/findings").findValuesAsText("subject")).contains("moving pages", "set_mempolicy_home_node");
    }
  }

  private HostInAFolder host() {
    return new HostInAFolder(folder);
  }

  private int run(Supplier<Examination> examine, String... arguments) {
    return new CommandLine(new DoctorCommand(examine))
        .setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
  }
}
