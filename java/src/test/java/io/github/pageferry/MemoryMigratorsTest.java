package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.spi.MemoryMigratorProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryMigratorsTest {

  @AfterEach
  void clearProperty() {
    System.clearProperty(MemoryMigrators.PROPERTY);
    Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
  }

  @Test
  void findsBackends() {
    try (MemoryMigrator migrator = MemoryMigrators.open("scripted")) {
      assertThat(migrator.description()).isEqualTo("scripted");
    }
    System.setProperty(MemoryMigrators.PROPERTY, "scripted");
    try (MemoryMigrator migrator = MemoryMigrators.open()) {
      assertThat(migrator.description()).isEqualTo("scripted");
    }
  }

  @Test
  void findsBackendsThoughOthersCannotBeLoaded(@TempDir Path folder) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(MemoryMigratorProvider.class.getName()),
        "io.github.pageferry.NoSuchProvider\n" + getClass().getName() + "\n");
    URL[] path = {folder.toUri().toURL()};
    ClassLoader child = new URLClassLoader(path, getClass().getClassLoader()) {
      @Override
      public Enumeration<URL> getResources(String name) throws IOException {
        // The broken ones first, so that who stops at them finds nothing.
        List<URL> found = new ArrayList<>(Collections.list(findResources(name)));
        found.addAll(Collections.list(getParent().getResources(name)));
        return Collections.enumeration(found);
      }
    };
    Thread.currentThread().setContextClassLoader(child);
    MemoryMigrators.open("scripted").close();
  }

  @Test
  void findsBackendsFromAThreadWhoseClassLoaderSeesNone() {
    Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
    MemoryMigrators.open("scripted").close();
  }

  @Test
  void passesOnWhatTheBackendRefuses() {
    assertThatThrownBy(() -> MemoryMigrators.open("scripted:bad"))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("\"bad\" is no option");
    assertThatThrownBy(() -> MemoryMigrators.open("nosuch")).hasMessageContaining("\"scripted\"");
    assertThatThrownBy(() -> MemoryMigrators.open(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void whatItOpensCanBeClosedTwiceAndNotUsedThen() {
    MemoryMigrator migrator = MemoryMigrators.open("scripted");
    migrator.close();
    migrator.close();

    PageBatch batch = PageBatch.ofCapacity(1);
    assertThatThrownBy(() -> migrator.queryPages(MemoryMigrator.SELF, batch)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(migrator::topology).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> migrator.bind(0, 0, MemoryPolicy.DEFAULT, Set.of())).isInstanceOf(IllegalStateException.class);
  }
}
