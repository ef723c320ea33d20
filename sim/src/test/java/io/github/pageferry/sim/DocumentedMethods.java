package io.github.pageferry.sim;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Of the model's sources the methods whose documentation begins with functions of the kernel. */
final class DocumentedMethods {

  /** One function, and what stands between it and one more. */
  private static final Pattern FUNCTION = Pattern.compile("\\{@code (\\w+)\\([^}]*\\)}(?:, | and | with | to |, also |, later )?");

  /**
   * A method.
   *
   * @param type its class without the package, {@code Outer.Inner} where that is in another
   * @param functions those that its documentation begins with, by their names alone; at least one
   */
  record Method(String type, String name, List<String> functions) {}

  private final List<Method> methods = new ArrayList<>();

  private DocumentedMethods() {}

  /** Those of all sources below these directories, private ones too. */
  static List<Method> below(List<Path> directories) throws IOException {
    DocumentedMethods found = new DocumentedMethods();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources = directories.stream().flatMap(DocumentedMethods::sources).toList();
      JavacTask task = (JavacTask) compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        found.new Scanner(docs).scan(unit, null);
      }
    }
    return found.methods;
  }

  private static Stream<Path> sources(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> functions(String documentation) {
    List<String> functions = new ArrayList<>();
    for (Matcher matcher = FUNCTION.matcher(documentation); matcher.lookingAt(); matcher.region(matcher.end(), documentation.length())) {
      functions.add(matcher.group(1));
    }
    return functions;
  }

  private final class Scanner extends TreePathScanner<Void, Void> {
    private final DocTrees docs;

    Scanner(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      String documentation = docs.getDocComment(getCurrentPath());
      List<String> functions = documentation == null ? List.of() : functions(documentation.strip());
      if (!functions.isEmpty()) {
        methods.add(new Method(type(getCurrentPath()), method.getName().toString(), functions));
      }
      return super.visitMethod(method, unused);
    }

    private String type(TreePath path) {
      String name = "";
      for (TreePath at = path; at != null; at = at.getParentPath()) {
        if (at.getLeaf() instanceof ClassTree type) {
          name = type.getSimpleName() + (name.isEmpty() ? "" : ".") + name;
        }
      }
      return name;
    }
  }
}
