package io.github.pageferry.sim;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.kernel.MovePages;
import io.github.pageferry.sim.kernel.PlantedKernels;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.ZoneStat;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

/** No test can do without the checks after its calls and at its end. */
class MachinesRuleTest {

  /** Tests, of a machine in a field and of two made by the test, that break them when they are to. */
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

    /** Only one call breaks it: it is whole again when the test ends. */
    @Test
    void theOneThatIsMendedInTime() {
      SimulatedMachine machine =
          pages == 0 ? Machines.boot() : Machines.boot(Machines.SMALL, "2.6.36", PlantedKernels.leavingPagesIsolated());
      long address = 1L << 32;
      machine.self().mapPrivate(address, 1, SimulatedProcess.PROT_READ_WRITE);
      machine.self().write(address, 1);
      machine.self().pin(address);
      try {
        machine.self().movePages(
            0, 1, UserLongs.of(address), UserInts.of(1), UserInts.of(new int[1]), MovePages.MPOL_MF_MOVE);
      } finally {
        machine.kernel().nodes.zone(0).stat(ZoneStat.NR_ISOLATED_ANON, -pages);
      }
    }
  }

  /** Boots machines in all ways that there are without Machines. */
  static class BootsItsMachinesItself {

    private static final MachineSpec SPEC = Machines.SMALL;

    void boot() {
      SimulatedMachine.boot(SPEC, "2.6.36");
      SimulatedMachine.boot(SPEC, "2.6.36", null);
      SimulatedMachine.boot(SPEC, "2.6.36", null, Kernel::new);
      SimulatedMigrator.open("2.6.36");
      SimulatedMigrator.open("2.6.36", SPEC);
    }
  }

  private static final ArchRule ALL_ARE_CHECKED = noClasses()
      .that().doNotHaveSimpleName("Machines").and().doNotHaveSimpleName("PlantedKernels")
      .and().areNotAssignableFrom(SimulatedMigratorTest.class)
      .should().accessTargetWhere(describe("makes a machine", MachinesRuleTest::makesAMachine))
      .because("Machines holds each machine to the invariants after its calls and when its test ends");

  private static boolean makesAMachine(JavaAccess<?> access) {
    String name = access.getTarget().getName();
    return access.getTargetOwner().isEquivalentTo(SimulatedMachine.class) && name.equals("boot")
        || access.getTargetOwner().isEquivalentTo(SimulatedMigrator.class) && name.equals("open")
        || access.getTargetOwner().isEquivalentTo(Kernel.class) && name.equals("<init>");
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
          .assertStatistics(stats -> stats.started(3).failed(3));
    } finally {
      TestsThatBreakTheirMachines.pages = 0;
    }
  }

  @Test
  void everyMachineOfATestIsOneThatIsChecked() {
    JavaClasses tests =
        new ClassFileImporter().withImportOption(new ImportOption.OnlyIncludeTests()).importPackages("io.github.pageferry.sim");
    assertThat(tests).isNotEmpty();
    ALL_ARE_CHECKED.check(tests.that(describe("tests", type -> !type.isEquivalentTo(BootsItsMachinesItself.class))));
  }

  @Test
  void whoeverBootsItsMachinesItselfIsFound() {
    JavaClasses offender = new ClassFileImporter().importClasses(BootsItsMachinesItself.class);
    assertThat(ALL_ARE_CHECKED.evaluate(offender).getFailureReport().getDetails())
        .as("five calls, and the constructor that one is given").hasSize(6);
  }
}
