package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What page->mapping points to, and the chains of anon_vmas. */
class MappingsTest {

  private final Mappings mappings = new Mappings();

  @Test
  void anAnonVmaIsFoundByItsHandle() {
    AnonVma a = mappings.allocAnonVma();
    AnonVma b = mappings.allocAnonVma();
    assertThat(a.id()).isNotEqualTo(b.id()).isPositive();
    assertThat(mappings.anonVma(a.handle())).isSameAs(a);
    assertThat(mappings.anonVma(b.handle())).isSameAs(b);
    assertThat(mappings.anonVma(0)).isNull();
    assertThat(mappings.anonVma(a.handle() | PageFrames.MAPPING_KSM)).as("KSM's pages have none").isNull();
    assertThat(mappings.space(a.handle())).isNull();
    assertThat(a.root).isSameAs(a);
  }

  @Test
  void numbersOfFreedAnonVmasAreUsedAgain() {
    AnonVma a = mappings.allocAnonVma();
    AnonVma b = mappings.allocAnonVma();
    mappings.freeAnonVma(a);
    assertThat(mappings.anonVma(a.handle())).isNull();
    AnonVma c = mappings.allocAnonVma();
    assertThat(c.id()).isEqualTo(a.id());
    assertThat(mappings.anonVma(c.handle())).isSameAs(c);
    assertThat(mappings.anonVma(b.handle())).isSameAs(b);
    assertThat(mappings.allocAnonVma().id()).isGreaterThan(b.id());
  }

  private static List<Vma> walk(AnonVma anonVma) {
    List<Vma> vmas = new ArrayList<>();
    for (AnonVmaChain link = anonVma.first(); link != null; link = link.next()) {
      assertThat(link.anonVma()).isSameAs(anonVma);
      vmas.add(link.vma());
    }
    assertThat(anonVma.isEmpty()).isEqualTo(vmas.isEmpty());
    return vmas;
  }

  @Test
  void anAnonVmaLeadsToItsVmasTheOldestFirst() {
    Mm mm = new Mm();
    Vma first = new Vma(mm, 0, 4096, 0);
    Vma second = new Vma(mm, 4096, 8192, 0);
    Vma third = new Vma(mm, 8192, 12288, 0);
    AnonVma anonVma = mappings.allocAnonVma();
    assertThat(walk(anonVma)).isEmpty();
    AnonVmaChain.link(first, anonVma);
    AnonVmaChain.link(second, anonVma);
    AnonVmaChain.link(third, anonVma);
    assertThat(walk(anonVma)).containsExactly(first, second, third);
    assertThat(first.anonVmaChain).hasSize(1);
    second.anonVmaChain.get(0).unlink();
    assertThat(walk(anonVma)).containsExactly(first, third);
    third.anonVmaChain.get(0).unlink();
    assertThat(walk(anonVma)).containsExactly(first);
    AnonVmaChain.link(second, anonVma);
    first.anonVmaChain.get(0).unlink();
    assertThat(walk(anonVma)).containsExactly(second);
    second.anonVmaChain.get(1).unlink();
    assertThat(walk(anonVma)).isEmpty();
  }
}
