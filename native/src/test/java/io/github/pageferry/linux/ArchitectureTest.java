package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.SystemCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** System call numbers, against the headers that Linux 6.1 installs for user space on each architecture. */
class ArchitectureTest {

  /** {@code asm/unistd_64.h}, and {@code asm-generic/unistd.h} for the two that share it. */
  @Test
  void numbersAreThoseOfTheHeaders() {
    assertThat(headerLines(Architecture.X86_64)).containsExactlyInAnyOrder(
        "mbind 237", "set_mempolicy 238", "get_mempolicy 239", "migrate_pages 256", "move_pages 279", "getcpu 309",
        "set_mempolicy_home_node 450");
    for (Architecture generic : List.of(Architecture.AARCH64, Architecture.RISCV64)) {
      assertThat(headerLines(generic)).containsExactlyInAnyOrder(
          "getcpu 168", "mbind 235", "get_mempolicy 236", "set_mempolicy 237", "migrate_pages 238", "move_pages 239",
          "set_mempolicy_home_node 450");
    }
    assertThat(headerLines(Architecture.PPC64LE)).containsExactlyInAnyOrder(
        "migrate_pages 258", "mbind 259", "get_mempolicy 260", "set_mempolicy 261", "move_pages 301", "getcpu 302",
        "set_mempolicy_home_node 450");
    assertThat(headerLines(Architecture.S390X)).containsExactlyInAnyOrder(
        "mbind 268", "get_mempolicy 269", "set_mempolicy 270", "migrate_pages 287", "move_pages 310", "getcpu 311",
        "set_mempolicy_home_node 450");
  }

  @Test
  void architecturesAsTheJvmNamesThem() {
    assertThat(Architecture.named("amd64")).contains(Architecture.X86_64);
    assertThat(Architecture.named("x86_64")).contains(Architecture.X86_64);
    assertThat(Architecture.named("aarch64")).contains(Architecture.AARCH64);
    assertThat(Architecture.named("riscv64")).contains(Architecture.RISCV64);
    assertThat(Architecture.named("ppc64le")).contains(Architecture.PPC64LE);
    assertThat(Architecture.named("s390x")).contains(Architecture.S390X);
    for (String other : List.of("x86", "i386", "arm", "ppc64", "")) {
      assertThat(Architecture.named(other)).isEmpty();
    }
  }

  private static List<String> headerLines(Architecture architecture) {
    List<String> lines = new ArrayList<>();
    for (SystemCall call : SystemCall.values()) {
      lines.add(call.kernelName() + " " + architecture.number(call));
    }
    return lines;
  }
}
