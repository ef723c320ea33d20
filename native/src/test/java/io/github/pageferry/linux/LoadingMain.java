package io.github.pageferry.linux;

/** Says in a JVM of its own whether and why the backend can be had there. */
final class LoadingMain {

  private LoadingMain() {}

  public static void main(String[] args) {
    LinuxMigratorProvider provider = new LinuxMigratorProvider();
    String first = provider.whyUnavailable().orElse("available");
    System.out.println(first);
    // The second time a class that failed to initialize fails in another way: the reason must stay the same.
    System.out.println(first.equals(provider.whyUnavailable().orElse("available")));
    try (var migrator = provider.open("")) {
      System.out.println(migrator.description());
    } catch (IllegalStateException e) {
      System.out.println(first.equals(e.getMessage()));
    }
  }
}
