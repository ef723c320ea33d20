package io.github.pageferry.it.walls;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.github.pageferry.linux.fixture.KernelBackendThatKnowsTheSimulator;
import io.github.pageferry.sim.Profiles;
import io.github.pageferry.sim.fixture.SimulatorThatKnowsTooMuch;
import io.github.pageferry.sim.kernel.HugeProfile;
import io.github.pageferry.sim.kernel.KernelProfile;
import io.github.pageferry.sim.kernel.Release;
import io.github.pageferry.sim.kernel.Unconfirmed;
import io.github.pageferry.spi.fixture.ApiThatKnowsABackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The walls between the modules; see also what each module's pom.xml depends on. */
class WallsTest {

  private static final String LINUX = "io.github.pageferry.linux..";
  private static final String SIM = "io.github.pageferry.sim..";
  private static final String HARNESS = "io.github.pageferry.it..";

  private static final DescribedPredicate<JavaClass> API =
      resideInAPackage("io.github.pageferry..").and(not(resideInAnyPackage(LINUX, SIM, HARNESS))).as("the API");

  private static final int LONGEST_FILE = 600;

  private static final ArchRule LINUX_DOES_NOT_SEE_SIM =
      noClasses().that().resideInAPackage(LINUX).should().dependOnClassesThat().resideInAPackage(SIM);

  private static final ArchRule SIM_DOES_NOT_SEE_LINUX =
      noClasses().that().resideInAPackage(SIM).should().dependOnClassesThat().resideInAPackage(LINUX);

  private static final ArchRule BACKENDS_DO_NOT_SEE_THE_HARNESS =
      noClasses().that().resideInAnyPackage(LINUX, SIM).should().dependOnClassesThat().resideInAPackage(HARNESS);

  private static final ArchRule API_STANDS_ALONE =
      classes().that(API).should().onlyDependOnClassesThat(
          API.or(resideInAnyPackage("java..", "jdk.jfr..", "org.jspecify..", "org.apache.commons.lang3..")));

  private static final ArchRule JNA_STAYS_AT_THE_KERNEL =
      noClasses().that().resideOutsideOfPackages(LINUX, "io.github.pageferry.it.host..")
          .should().dependOnClassesThat().resideInAPackage("com.sun.jna..");

  private static final ArchRule SIM_READS_NO_CLOCK =
      noClasses().that().resideInAPackage(SIM)
          .should().callMethod(System.class, "nanoTime")
          .orShould().callMethod(System.class, "currentTimeMillis")
          .orShould().dependOnClassesThat().resideInAPackage("java.time..");

  private static final ArchRule SIM_THROWS_NO_DICE =
      noClasses().that().resideInAPackage(SIM)
          .should().callConstructor(Random.class)
          .orShould().callMethod(Math.class, "random")
          .orShould().dependOnClassesThat().haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
          .orShould().callMethod(System.class, "identityHashCode", Object.class);

  private static final ArchRule ONLY_PROFILES_AND_THE_FACTORY_ASK_FOR_THE_RELEASE =
      noClasses().that().resideInAnyPackage(SIM, HARNESS)
          .and().doNotBelongToAnyOf(KernelProfile.class, HugeProfile.class, Unconfirmed.class, Profiles.class, Release.class)
          .and().doNotHaveFullyQualifiedName("io.github.pageferry.sim.kernel.KernelFactory")
          .should().callMethod(Release.class, "has", String.class)
          .orShould().callMethod(Release.class, "compareTo", Release.class)
          .orShould().callMethod(Release.class, "equals", Object.class)
          .orShould().callMethod(Release.class, "parts");

  private static final ArchRule THE_HARNESS_HAS_NO_CYCLES =
      slices().matching("io.github.pageferry.it.(*)..").should().beFreeOfCycles();

  private static final JavaClasses EVERYTHING = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages("io.github.pageferry");

  @Test
  void allModulesAreLookedAt() {
    assertThat(EVERYTHING).extracting(JavaClass::getPackageName).contains("io.github.pageferry", "io.github.pageferry.linux",
        "io.github.pageferry.sim", "io.github.pageferry.it.host", "io.github.pageferry.it.sim", "io.github.pageferry.it.cli");
  }

  static List<Arguments> rules() {
    return List.of(
        Arguments.of("the kernel backend does not see the simulator", LINUX_DOES_NOT_SEE_SIM),
        Arguments.of("the simulator does not see the kernel backend", SIM_DOES_NOT_SEE_LINUX),
        Arguments.of("backends do not see the harness", BACKENDS_DO_NOT_SEE_THE_HARNESS),
        Arguments.of("the API stands alone", API_STANDS_ALONE),
        Arguments.of("JNA stays at the kernel", JNA_STAYS_AT_THE_KERNEL),
        Arguments.of("the simulator reads no clock", SIM_READS_NO_CLOCK),
        Arguments.of("the simulator throws no dice", SIM_THROWS_NO_DICE),
        Arguments.of("only profiles and the factory ask which release it is", ONLY_PROFILES_AND_THE_FACTORY_ASK_FOR_THE_RELEASE),
        Arguments.of("the harness has no cycles", THE_HARNESS_HAS_NO_CYCLES));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void wallsHold(String name, ArchRule rule) {
    rule.check(EVERYTHING);
  }

  static List<Arguments> breaches() {
    return List.of(
        Arguments.of(LINUX_DOES_NOT_SEE_SIM, KernelBackendThatKnowsTheSimulator.class),
        Arguments.of(SIM_DOES_NOT_SEE_LINUX, SimulatorThatKnowsTooMuch.class),
        Arguments.of(API_STANDS_ALONE, ApiThatKnowsABackend.class),
        Arguments.of(JNA_STAYS_AT_THE_KERNEL, SimulatorThatKnowsTooMuch.class),
        Arguments.of(SIM_READS_NO_CLOCK, SimulatorThatKnowsTooMuch.class),
        Arguments.of(SIM_THROWS_NO_DICE, SimulatorThatKnowsTooMuch.class),
        Arguments.of(ONLY_PROFILES_AND_THE_FACTORY_ASK_FOR_THE_RELEASE, SimulatorThatKnowsTooMuch.class));
  }

  @ParameterizedTest
  @MethodSource("breaches")
  void aBreachIsNoticed(ArchRule rule, Class<?> breach) {
    JavaClasses classes = new ClassFileImporter().importClasses(breach);
    assertThatThrownBy(() -> rule.check(classes)).isInstanceOf(AssertionError.class).hasMessageContaining(breach.getName());
  }

  @Test
  void filesAreShort() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      List<Path> sources = files
          .filter(file -> file.toString().endsWith(".java") && file.toString().contains("/src/main/java/"))
          .toList();
      assertThat(sources).hasSizeGreaterThan(100);
      assertThat(sources).filteredOn(file -> lines(file) > LONGEST_FILE).isEmpty();
    }
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
