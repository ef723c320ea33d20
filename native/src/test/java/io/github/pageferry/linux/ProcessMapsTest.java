package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code maps} and {@code numa_maps}, as kernels write them ({@code fs/proc/task_mmu.c}). */
class ProcessMapsTest {

  @TempDir
  Path folder;

  @Test
  void aMapping() {
    assertThat(MapsParser.maps("7f12c0021000-7f12c4000000 rw-p 00001000 fe:00 1234   /opt/a b (deleted)\n"))
        .containsExactly(new Mapping(
            0x7f12c0021000L, 0x7f12c4000000L, "rw-p", 0x1000, "fe:00", 1234, "/opt/a b (deleted)"));
  }

  @Test
  void mappingsWithoutAFileAndBeyondSignedAddresses() {
    List<Mapping> mappings = MapsParser.maps("""
        c0000000-c0001000 ---p 00000000 00:00 0\s
        55ebc8d36000-55ebc8d57000 rw-p 00000000 00:00 0                          [heap]
        ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
        """);
    assertThat(mappings).extracting(Mapping::name).containsExactly("", "[heap]", "[vsyscall]");
    assertThat(mappings).extracting(Mapping::bytes).containsExactly(0x1000L, 0x21000L, 0x1000L);
  }

  @Test
  void anonymousMemoryOnTwoNodes() {
    assertThat(MapsParser.numaMaps(
        "7f12c0000000 bind:0-1 anon=300 dirty=290 swapcache=2 active=0 N0=100 N64=200 kernelpagesize_kB=4\n"))
        .containsExactly(new NumaMapping(0x7f12c0000000L, "bind:0-1", new TreeMap<>(Map.of(0, 100L, 64, 200L)), 4096,
            Optional.empty(), Map.of("anon", 300L, "dirty", 290L, "swapcache", 2L, "active", 0L), Set.of()));
  }

  @Test
  void aFileWithABlankAndAnEqualsSignInItsName() {
    NumaMapping mapping = MapsParser.numaMaps(
        "7f00 default file=/a\\040b\\075c\\040(deleted) mapped=3 mapmax=27 N0=3 kernelpagesize_kB=4\n").get(0);
    assertThat(mapping.file()).contains("/a b=c (deleted)");
    assertThat(mapping.counts()).containsEntry("mapmax", 27L);
    assertThat(mapping.pages()).isEqualTo(3);
  }

  @Test
  void everyPolicyAsTheKernelWritesIt() {
    for (String policy : List.of("default", "local", "prefer:1", "prefer (many):0,2", "prefer (many)=static:0",
        "bind=static|balancing:0-3", "interleave=relative:0-1", "weighted interleave:0-1", "weighted interleave=static:0-1")) {
      assertThat(MapsParser.numaMaps("7f00 " + policy + " anon=1 N0=1\n")).singleElement()
          .satisfies(mapping -> {
            assertThat(mapping.policy()).isEqualTo(policy);
            assertThat(mapping.pagesByNode()).containsExactly(Map.entry(0, 1L));
          });
    }
  }

  @Test
  void hugePagesAreCountedInTheirOwnSize() {
    NumaMapping mapping = MapsParser.numaMaps(
        "7f00 default file=/anon_hugepage\\040(deleted) huge anon=4 dirty=4 N1=4 kernelpagesize_kB=2048\n").get(0);
    assertThat(mapping.marks()).containsExactly("huge");
    assertThat(mapping.pageBytes()).isEqualTo(2 << 20);
  }

  @Test
  void aMappingWithoutPagesHasNone() {
    assertThat(MapsParser.numaMaps("7ffc00 default stack\n7ffc01 default\n")).hasSize(2)
        .allSatisfy(mapping -> assertThat(mapping.pages()).isZero());
  }

  @Test
  void linesThatAreNoneAreLeftOut() {
    assertThat(MapsParser.maps("nonsense\n\n12-zz rw-p 0 0 0\n1-2 rw-p 0 0:0 99999999999999999999\n")).isEmpty();
    assertThat(MapsParser.numaMaps("\nnonsense\nxyz default N0=1\n")).isEmpty();
    assertThat(MapsParser.numaMaps("7f00 default N0=many Nx=1 =\n")).singleElement()
        .satisfies(mapping -> assertThat(mapping.pages()).isZero());
  }

  @Test
  void thisProcessHasItsPagesSomewhere() throws IOException {
    Host.migrator().close();
    try (Pages pages = Pages.touched(7)) {
      ProcessMaps maps = new ProcessMaps();
      assertThat(maps.mappings(0)).anyMatch(mapping -> Long.compareUnsigned(mapping.start(), pages.address()) <= 0
          && Long.compareUnsigned(mapping.end(), pages.address() + pages.bytes()) >= 0);
      assertThat(maps.numaMappings(Posix.getpid())).anyMatch(mapping -> mapping.pages() >= 7 && mapping.pageBytes() > 0);
    }
  }

  @Test
  void aProcessThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> new ProcessMaps(folder).mappings(123))
        .isInstanceOf(IOException.class).hasMessage("there is no process 123");
    assertThatThrownBy(() -> new ProcessMaps().numaMappings(-5))
        .isInstanceOf(IOException.class).hasMessage("no process has the pid -5");
  }

  @Test
  void aKernelWithoutNumaMapsIsSaid() {
    new FakeRoot(folder).file("/proc/123/maps", "");
    assertThatThrownBy(() -> new ProcessMaps(folder).numaMappings(123)).hasMessageContaining("CONFIG_NUMA");
  }

  @Test
  void anotherUsersProcessIsRefusedWithWhatToDo() {
    Host.needsRoot();
    assertThatThrownBy(() -> OnThread.run(() -> {
      Posix.becomeUser(65534);
      try {
        new ProcessMaps().mappings(1);
      } catch (IOException e) {
        throw new IllegalStateException(e.getMessage());
      }
    })).hasMessageContaining("/proc/1/maps may not be read").hasMessageContaining("CAP_SYS_PTRACE");
  }
}
