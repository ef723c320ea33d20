package io.github.pageferry.sim;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.pageferry.sim.kernel.Kernel;
import org.junit.jupiter.api.Test;

/** No test can do without the check at its end. */
class MachinesRuleTest {

  @Test
  void everyMachineOfATestIsOneThatIsChecked() {
    JavaClasses tests =
        new ClassFileImporter().withImportOption(new ImportOption.OnlyIncludeTests()).importPackages("io.github.pageferry.sim");
    assertThat(tests).isNotEmpty();
    noClasses().that().doNotHaveSimpleName("Machines").and().areNotAssignableFrom(SimulatedMigratorTest.class)
        .should().callMethod(SimulatedMachine.class, "boot", MachineSpec.class, String.class)
        .orShould().callMethod(SimulatedMigrator.class, "open", String.class)
        .orShould().callMethod(SimulatedMigrator.class, "open", String.class, MachineSpec.class)
        .orShould().callConstructorWhere(com.tngtech.archunit.base.DescribedPredicate.describe(
            "of a kernel", call -> call.getTargetOwner().isEquivalentTo(Kernel.class)))
        .because("Machines holds each machine to the invariants when its test ends")
        .check(tests);
  }

  @Test
  void aMachineThatIsBrokenFailsItsTest() {
    SimulatedMachine machine = Machines.boot();
    machine.self().mapPrivate(1 << 30, 1, SimulatedProcess.PROT_READ_WRITE);
    machine.self().write(1 << 30, 1);
    machine.kernel().current.mm().anonPages++;
    assertThatThrownBy(machine.invariants()::check).hasMessageContaining("MM_ANONPAGES 2");
    Machines.expectViolations();
  }
}
