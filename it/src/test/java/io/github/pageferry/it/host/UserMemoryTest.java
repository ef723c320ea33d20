package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.host.PageMap.State;
import io.github.pageferry.it.workload.Step.Prot;
import java.nio.LongBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Accesses through the kernel: their effect is that of a user's instruction, and no address harms the JVM. */
class UserMemoryTest {

  private static final int PAGE = Libc.PAGE_SIZE;

  private final UserMemory memory = new UserMemory();
  private final PageMap pageMap = new PageMap();
  private final ScratchMemory pages = new ScratchMemory(8L * PAGE);

  @BeforeEach
  void noHugePages() {
    Libc.madvise(pages.address(), 8L * PAGE, Libc.MADV_NOHUGEPAGE);
  }

  @AfterEach
  void close() {
    memory.close();
    pageMap.close();
    pages.close();
  }

  @Test
  void aReadBringsInOnePageAndAWriteReplacesIt() {
    assertThat(pageMap.state(pages.address())).isEqualTo(State.NONE);
    assertThat(memory.read(pages.address())).isZero();
    assertThat(pageMap.state(pages.address())).isEqualTo(State.PRESENT);
    assertThat(pageMap.state(pages.address() + PAGE)).isEqualTo(State.NONE);
    assertThat(memory.write(pages.address(), Pattern.SAME)).isZero();
    assertThat(pageMap.state(pages.address() + PAGE)).isEqualTo(State.NONE);
    assertThat(pages.buffer().getLong(0)).isNotZero();
  }

  @Test
  void aWriteFillsTheWholePage() {
    memory.write(pages.address() + PAGE, Pattern.of("a", 1));
    LongBuffer expected = LongBuffer.allocate(PAGE / Long.BYTES);
    Pattern.fill(Pattern.of("a", 1), expected);
    assertThat(pages.buffer().slice(PAGE, PAGE).order(pages.buffer().order()).asLongBuffer()).isEqualTo(expected);
    assertThat(pages.buffer().getLong(2 * PAGE)).isZero();
  }

  @Test
  void whatCannotBeAccessedIsEfault() {
    try (AddressWindow window = AddressWindow.take()) {
      assertThat(memory.read(window.hole())).isEqualTo(Errnos.EFAULT);
      assertThat(memory.write(window.hole(), Pattern.SAME)).isEqualTo(Errnos.EFAULT);
    }
    assertThat(memory.read(0)).isEqualTo(Errnos.EFAULT);
    assertThat(memory.write(0, Pattern.SAME)).isEqualTo(Errnos.EFAULT);
    assertThat(memory.read(-PAGE)).isEqualTo(Errnos.EFAULT);
  }

  @Test
  void protectionHoldsAsForAnInstruction() {
    Libc.mprotect(pages.address(), PAGE, Libc.PROT_READ);
    Libc.mprotect(pages.address() + PAGE, PAGE, 0);
    assertThat(memory.read(pages.address())).isZero();
    assertThat(memory.write(pages.address(), Pattern.SAME)).isEqualTo(Errnos.EFAULT);
    assertThat(memory.read(pages.address() + PAGE)).isEqualTo(Errnos.EFAULT);
  }

  @Test
  void patternsDifferByRegionAndPage() {
    assertThat(new long[] {Pattern.of("a", 0), Pattern.of("a", 1), Pattern.of("b", 0), Pattern.of("an", 0),
        Pattern.of("c0", 0), Pattern.SAME, Pattern.ZERO, Pattern.INHERITED}).doesNotHaveDuplicates();
  }

  @Test
  void contentThatIsNotWhatWasWrittenIsNoticed() {
    Region region = new Region("a", pages.address(), 8, false, false, null, Prot.RW);
    ContentCheck check = new ContentCheck(memory, pageMap);
    for (int page : new int[] {0, 1, 7}) {
      memory.write(region.address(page), Pattern.of("a", page));
      region.wrote(page, Pattern.of("a", page));
    }
    int[] places = {0, 0, -2, -2, -2, -2, -2, 0};
    assertThat(check.isIntact(region, places)).isTrue();
    pages.buffer().put(7 * PAGE + PAGE - 1, (byte) ~pages.buffer().get(7 * PAGE + PAGE - 1));
    assertThat(check.isIntact(region, places)).isFalse();
    memory.write(region.address(7), Pattern.of("a", 7));
    assertThat(check.isIntact(region, places)).isTrue();
  }

  @Test
  void aPageThatWasWrittenAndIsGoneIsNoticed() {
    Region region = new Region("a", pages.address(), 2, false, false, null, Prot.RW);
    memory.write(region.address(0), Pattern.SAME);
    region.wrote(0, Pattern.SAME);
    Libc.madvise(region.address(0), PAGE, Libc.MADV_DONTNEED);
    assertThat(new ContentCheck(memory, pageMap).isIntact(region, new int[] {-2, -2})).isFalse();
  }

  @Test
  void lookingAtContentBringsNothingIn() {
    Region region = new Region("a", pages.address(), 8, false, false, null, Prot.RW);
    assertThat(new ContentCheck(memory, pageMap).isIntact(region, new int[] {-2, -2, -2, -2, -2, -2, -2, -2})).isTrue();
    for (int page = 0; page < 8; page++) {
      assertThat(pageMap.state(region.address(page))).isEqualTo(State.NONE);
    }
  }
}
