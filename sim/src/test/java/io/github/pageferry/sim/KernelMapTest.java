package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The module's README maps the kernel's functions and structures to classes and methods: all are there, and none is missing. */
class KernelMapTest {

  /** {@code Class}, {@code Class.method} or {@code Class.Inner.method} between backquotes, in Java's spelling. */
  private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]\\w*(?:\\.\\w+)*)`");

  /** A function of the kernel in a row's first cell. */
  private static final Pattern FUNCTION = Pattern.compile("`(\\w+)\\(");

  private static final Path MODEL = Path.of("src/main/java/io/github/pageferry/sim");

  /** All classes by their names without the package, {@code Outer.Inner} where one is in another; the model has each but once. */
  private static final Map<String, List<JavaClass>> CLASSES = new ClassFileImporter().importPackages("io.github.pageferry").stream()
      .filter(type -> !type.isAnonymousClass())
      .collect(Collectors.groupingBy(KernelMapTest::nameOf));

  private final String readme = Files.readString(Path.of("README.md"));

  KernelMapTest() throws IOException {}

  private static String nameOf(JavaClass type) {
    return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
  }

  /** The first group of all that matches. */
  private static Set<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> named() {
    return found(NAME, readme);
  }

  /** All classes, and all methods and fields with their classes before them. */
  private static Set<String> existing() {
    Set<String> names = new TreeSet<>(CLASSES.keySet());
    CLASSES.forEach((name, types) -> types.forEach(
        type -> type.getMembers().forEach(member -> names.add(name + "." + member.getName()))));
    return names;
  }

  /** What the rows of each function of the kernel name of the model. */
  private Map<String, Set<String>> rows() {
    Map<String, Set<String>> rows = new HashMap<>();
    readme.lines().filter(line -> line.startsWith("| ")).forEach(line -> {
      int end = line.indexOf(" | ");
      Set<String> names = found(NAME, line.substring(end));
      found(FUNCTION, line.substring(0, end)).forEach(
          function -> rows.computeIfAbsent(function, it -> new TreeSet<>()).addAll(names));
    });
    return rows;
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
  void everyFunctionThatAMethodIsDocumentedAsHasItsRow() throws IOException {
    List<DocumentedMethods.Method> methods = DocumentedMethods.below(List.of(MODEL.resolve("kernel"), MODEL.resolve("mm")));
    assertThat(methods).hasSizeGreaterThan(600);
    Map<String, Set<String>> rows = rows();
    assertThat(methods)
        .filteredOn(method -> !rows.keySet().containsAll(method.functions())
            || !rows.get(method.functions().get(0)).contains(method.type() + "." + method.name()))
        .as("methods that no row of sim/README.md names for the first function that they are documented as, or the others of which"
            + " have no row")
        .isEmpty();
  }

  @Test
  void whatAnotherReleaseDoesByAMethodOfItsOwnIsInTheMap() {
    Set<String> names = named();
    Set<String> missing = new TreeSet<>();
    CLASSES.forEach((name, types) -> types.stream().filter(type -> type.getPackageName().endsWith(".sim.kernel")).forEach(
        type -> type.getMethods().stream().map(JavaMember::getName)
            .filter(method -> type.getAllRawSuperclasses().stream().anyMatch(of -> names.contains(nameOf(of) + "." + method)))
            .map(method -> name + "." + method)
            .filter(method -> !names.contains(method))
            .forEach(missing::add)));
    assertThat(missing).as("methods that sim/README.md does not name, though it does those that they override").isEmpty();
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
