package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The module's README maps the kernel's functions and structures to classes and methods: all are there, and none is missing. */
class KernelMapTest {

  /** {@code Class}, {@code Class.method} or {@code Class.Inner.method} between backquotes, in Java's spelling. */
  private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]\\w*(?:\\.\\w+)*)`");

  private final String readme = Files.readString(Path.of("README.md"));
  private final JavaClasses classes = new ClassFileImporter().importPackages("io.github.pageferry");

  KernelMapTest() throws IOException {}

  private Set<String> named() {
    Set<String> names = new TreeSet<>();
    for (Matcher matcher = NAME.matcher(readme); matcher.find(); ) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** All classes by their names without the package, and all methods with those before them. */
  private Set<String> existing() {
    return classes.stream().filter(type -> !type.isAnonymousClass()).flatMap(type -> {
      String name = type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
      Set<String> names = type.getMethods().stream().map(method -> name + "." + method.getName()).collect(Collectors.toSet());
      names.add(name);
      return names.stream();
    }).collect(Collectors.toSet());
  }

  @Test
  void whatTheMapNamesIsThere() {
    Set<String> names = named();
    assertThat(names).hasSizeGreaterThan(400);
    names.removeAll(existing());
    assertThat(names).as("names of sim/README.md that nothing has").isEmpty();
  }

  @Test
  void everyClassOfTheModelIsInTheMap() {
    Set<String> model = new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("io.github.pageferry.sim.kernel", "io.github.pageferry.sim.mm").stream()
        .filter(JavaClass::isTopLevelClass)
        .map(JavaClass::getSimpleName)
        .filter(name -> !name.equals("package-info"))
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(model).hasSizeGreaterThan(100);
    model.removeAll(named());
    assertThat(model).as("classes that sim/README.md does not name: add a row for each, with what it is in the kernel").isEmpty();
  }

  @Test
  void everyFunctionOfMigrateIsInTheMap() {
    assertThat(readme).contains(
        "`migrate_prep()`", "`migrate_prep_local()`", "`putback_lru_pages()`", "`remove_migration_pte()`", "`remove_migration_ptes()`",
        "`migration_entry_wait()`", "`migrate_page_move_mapping()`", "`migrate_page_copy()`", "`fail_migrate_page()`",
        "`migrate_page()`", "`buffer_migrate_page()`", "`writeout()`", "`fallback_migrate_page()`", "`move_to_new_page()`",
        "`unmap_and_move()`", "`migrate_pages()`", "`new_page_node()`", "`do_move_page_to_node_array()`", "`do_pages_move()`",
        "`do_pages_stat_array()`", "`do_pages_stat()`", "`move_pages(2)`", "`migrate_vmas()`");
  }
}
