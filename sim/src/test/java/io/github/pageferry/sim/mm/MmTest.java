package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Finding, linking and unlinking VMAs. */
class MmTest {

  private static final long PAGE = PageTable.PAGE_SIZE;

  private final Mm mm = new Mm();

  private Vma link(long first, long pages) {
    Vma vma = new Vma(mm, first * PAGE, (first + pages) * PAGE, VmFlag.READ);
    mm.link(vma);
    return vma;
  }

  private List<Vma> chain() {
    List<Vma> chain = new ArrayList<>();
    Vma before = null;
    for (Vma vma = mm.first(); vma != null; vma = vma.next) {
      assertThat(vma.prev).isSameAs(before);
      chain.add(vma);
      before = vma;
    }
    assertThat(mm.mapCount()).isEqualTo(chain.size());
    return chain;
  }

  @Test
  void vmasAreChainedByAddressHoweverTheyCome() {
    Vma c = link(30, 1);
    Vma a = link(10, 2);
    Vma b = link(20, 3);
    assertThat(chain()).containsExactly(a, b, c);
    mm.unlink(b);
    assertThat(chain()).containsExactly(a, c);
    mm.unlink(a);
    assertThat(chain()).containsExactly(c);
    mm.unlink(c);
    assertThat(chain()).isEmpty();
    assertThat(mm.first()).isNull();
  }

  @Test
  void aVmaIsFoundByWhatItEndsAbove() {
    Vma a = link(10, 2);
    Vma b = link(20, 3);
    assertThat(mm.findVma(0)).isSameAs(a);
    assertThat(mm.findVma(10 * PAGE)).isSameAs(a);
    assertThat(mm.findVma(12 * PAGE - 1)).isSameAs(a);
    assertThat(mm.findVma(12 * PAGE)).isSameAs(b);
    assertThat(mm.findVma(19 * PAGE)).isSameAs(b);
    assertThat(mm.findVma(22 * PAGE)).isSameAs(b);
    assertThat(mm.findVma(23 * PAGE)).isNull();
    assertThat(mm.findVma(Long.MAX_VALUE)).isNull();
  }

  @Test
  void theKernelsHalfIsAboveAllVmas() {
    Vma a = link(10, 2);
    assertThat(mm.findVma(-1)).isNull();
    assertThat(mm.findVma(Long.MIN_VALUE)).isNull();
    assertThat(mm.findVmaPrev(-1)).isSameAs(a);
  }

  @Test
  void theVmaBeforeIsThatBelowTheFoundOne() {
    Vma a = link(10, 2);
    Vma b = link(20, 3);
    assertThat(mm.findVmaPrev(0)).isNull();
    assertThat(mm.findVmaPrev(11 * PAGE)).isNull();
    assertThat(mm.findVmaPrev(12 * PAGE)).isSameAs(a);
    assertThat(mm.findVmaPrev(21 * PAGE)).isSameAs(a);
    assertThat(mm.findVmaPrev(23 * PAGE)).isSameAs(b);
  }

  @Test
  void theVmaFoundLastIsForgottenWhenItGoes() {
    Vma a = link(10, 2);
    assertThat(mm.findVma(11 * PAGE)).isSameAs(a);
    mm.unlink(a);
    assertThat(mm.findVma(11 * PAGE)).isNull();
  }

  @Test
  void theVmaFoundLastIsAskedForItsBoundsAgain() {
    Vma a = link(10, 2);
    Vma b = link(20, 3);
    assertThat(mm.findVma(21 * PAGE)).isSameAs(b);
    b.start = 22 * PAGE;
    a.end = 22 * PAGE;
    assertThat(mm.findVma(21 * PAGE)).isSameAs(a);
    assertThat(mm.findVma(22 * PAGE)).isSameAs(b);
    b.end = 22 * PAGE + 1;
    assertThat(mm.findVma(22 * PAGE + 1)).isNull();
  }

  @Test
  void thereIsRoomForMany() {
    for (int i = 99; i >= 0; i--) {
      link(2L * i, 1);
    }
    assertThat(chain()).hasSize(100);
    for (int i = 0; i < 100; i++) {
      Vma vma = mm.findVma(2L * i * PAGE);
      assertThat(vma).isNotNull();
      assertThat(vma.start).isEqualTo(2L * i * PAGE);
    }
  }

  @Test
  void aVmaThatIsNotThereCannotGo() {
    link(10, 2);
    assertThatThrownBy(() -> mm.unlink(new Vma(mm, PAGE, 2 * PAGE, 0))).isInstanceOf(KernelBug.class);
  }

  @Test
  void aVmaKnowsItsPages() {
    Vma vma = link(10, 3);
    assertThat(vma.pages()).isEqualTo(3);
    assertThat(vma.pgoff).isEqualTo(10);
    assertThat(vma.pageIndex(11 * PAGE + 5)).isEqualTo(11);
    vma.pgoff = 100;
    assertThat(vma.pageIndex(12 * PAGE)).isEqualTo(102);
    assertThat(vma.has(VmFlag.READ | VmFlag.WRITE)).isTrue();
    assertThat(vma.has(VmFlag.WRITE)).isFalse();
    assertThat(vma.mapping()).isNull();
    assertThat(vma).hasToString("a000-d000");
  }

  @Test
  void aCopyIsInNoListAndHasNoChain() {
    Vma vma = link(10, 3);
    vma.pgoff = 5;
    vma.pageProt = Pte.PAGE_NONE;
    vma.policy = new Policy(Policy.BIND, 0);
    AnonVmaChain.link(vma, new Mappings().allocAnonVma());
    Vma copy = vma.copy();
    assertThat(copy.start).isEqualTo(vma.start);
    assertThat(copy.end).isEqualTo(vma.end);
    assertThat(copy.flags).isEqualTo(vma.flags);
    assertThat(copy.pgoff).isEqualTo(5);
    assertThat(copy.pageProt).isEqualTo(Pte.PAGE_NONE);
    assertThat(copy.policy).isSameAs(vma.policy);
    assertThat(copy.mm).isSameAs(mm);
    assertThat(copy.next).isNull();
    assertThat(copy.prev).isNull();
    assertThat(copy.anonVmaChain).isEmpty();
  }

  @Test
  void newEntriesOfPrivateMappingsAreNotWritable() {
    assertThat(VmFlag.pageProt(0)).isEqualTo(Pte.PAGE_NONE);
    assertThat(VmFlag.pageProt(VmFlag.SHARED)).isEqualTo(Pte.PAGE_NONE);
    assertThat(VmFlag.pageProt(VmFlag.READ)).isEqualTo(Pte.PAGE_READONLY);
    assertThat(VmFlag.pageProt(VmFlag.READ | VmFlag.WRITE)).isEqualTo(Pte.PAGE_READONLY);
    assertThat(VmFlag.pageProt(VmFlag.READ | VmFlag.SHARED)).isEqualTo(Pte.PAGE_READONLY);
    assertThat(VmFlag.pageProt(VmFlag.WRITE | VmFlag.SHARED)).isEqualTo(Pte.PAGE_SHARED);
  }

  @Test
  void aMappingIsCopyOnWriteWherePrivateAndMaybeWritable() {
    assertThat(VmFlag.isCow(VmFlag.MAYWRITE)).isTrue();
    assertThat(VmFlag.isCow(VmFlag.MAYWRITE | VmFlag.READ)).isTrue();
    assertThat(VmFlag.isCow(VmFlag.MAYWRITE | VmFlag.SHARED)).isFalse();
    assertThat(VmFlag.isCow(VmFlag.WRITE)).isFalse();
  }
}
