package io.github.pageferry.sim;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.pageferry.sim.kernel.Kernel;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

/** No test can do without the check at its end. */
class MachinesRuleTest {

  /** Two tests, of a machine in a field and of one made by the test, that break them when they are to. */
  static class TestsThatBreakTheirMachines {

    private static int pages;

    private final SimulatedMachine inField = Machines.boot();

    private static void breakIt(SimulatedMachine machine) {
      machine.kernel().current.mm().anonPages += pages;
    }

    @Test
    void theOneInTheField() {
      breakIt(inField);
    }

    @Test
    void theOneOfTheTest() {
      breakIt(Machines.boot());
    }
  }

  @Test
  void aTestThatBreaksItsMachineFails() {
    TestsThatBreakTheirMachines.pages = 1;
    try {
      // Without parameters of its own, as the build runs tests: the platform's properties count.
      EngineTestKit.engine("junit-jupiter")
          .enableImplicitConfigurationParameters(true)
          .selectors(DiscoverySelectors.selectClass(TestsThatBreakTheirMachines.class))
          .execute()
          .testEvents()
          .assertStatistics(stats -> stats.started(2).failed(2));
    } finally {
      TestsThatBreakTheirMachines.pages = 0;
    }
  }

  @Test
  void everyMachineOfATestIsOneThatIsChecked() {
    JavaClasses tests =
        new ClassFileImporter().withImportOption(new ImportOption.OnlyIncludeTests()).importPackages("io.github.pageferry.sim");
    assertThat(tests).isNotEmpty();
    noClasses().that().doNotHaveSimpleName("Machines").and().doNotHaveSimpleName("PlantedKernels")
        .and().areNotAssignableFrom(SimulatedMigratorTest.class)
        .should().callMethod(SimulatedMachine.class, "boot", MachineSpec.class, String.class)
        .orShould().callMethod(SimulatedMigrator.class, "open", String.class)
        .orShould().callMethod(SimulatedMigrator.class, "open", String.class, MachineSpec.class)
        .orShould().callConstructorWhere(com.tngtech.archunit.base.DescribedPredicate.describe(
            "of a kernel", call -> call.getTargetOwner().isEquivalentTo(Kernel.class)))
        .because("Machines holds each machine to the invariants when its test ends")
        .check(tests);
  }
}
