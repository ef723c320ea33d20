package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PageBatchTest {

  @Test
  void holdsWhatWasAdded() {
    PageBatch batch = PageBatch.ofCapacity(3);
    batch.add(0x1000, 2);
    batch.add(-1L);

    assertThat(batch.size()).isEqualTo(2);
    assertThat(batch.address(0)).isEqualTo(0x1000);
    assertThat(batch.node(0)).isEqualTo(2);
    assertThat(batch.address(1)).isEqualTo(-1L);
    assertThat(batch.node(1)).isZero();
    assertThat(batch.status(0)).isEqualTo(PageStatus.NOT_ATTEMPTED);
    batch.node(0, 5);
    batch.status(1, -14);
    assertThat(batch.node(0)).isEqualTo(5);
    assertThat(batch.status(1)).isEqualTo(-14);
  }

  @Test
  void refusesMoreThanItHolds() {
    PageBatch batch = PageBatch.ofCapacity(2);
    batch.add(1);
    assertThatThrownBy(() -> batch.addRun(0, 1, 2)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> batch.addRun(0, 1, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(batch.size()).isEqualTo(1);
    batch.add(2);
    assertThatThrownBy(() -> batch.add(3)).isInstanceOf(IllegalStateException.class).hasMessageContaining("full");
    assertThatThrownBy(() -> batch.status(2)).isInstanceOf(IndexOutOfBoundsException.class);
    batch.clear();
    assertThatThrownBy(() -> batch.address(0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> PageBatch.ofCapacity(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PageBatch.ofCapacity(PageBatch.MAX_CAPACITY + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void canBeEmpty() {
    PageBatch batch = PageBatch.ofCapacity(0);
    batch.addRun(0, 4096, 0);
    batch.resetStatuses();
    batch.copyStatuses(new int[0], 0);
    assertThat(batch.size()).isZero();
    assertThat(batch.addressesPointer()).isPositive();
  }

  /** Whatever is added in runs is as if it had been added one by one, also over what an earlier use left behind. */
  @Test
  void runsEqualSinglePages() {
    SplittableRandom random = new SplittableRandom(7);
    PageBatch inRuns = PageBatch.ofCapacity(5000);
    PageBatch singly = PageBatch.ofCapacity(5000);
    for (int round = 0; round < 50; round++) {
      inRuns.clear();
      singly.clear();
      while (inRuns.size() < 4000) {
        addSameRun(random, inRuns, singly);
      }
      int[] statuses = new int[inRuns.size() + 1];
      inRuns.copyStatuses(statuses, 1);
      for (int i = 0; i < singly.size(); i++) {
        assertThat(inRuns.address(i)).isEqualTo(singly.address(i));
        assertThat(inRuns.node(i)).isEqualTo(singly.node(i));
        assertThat(statuses[i + 1]).isEqualTo(PageStatus.NOT_ATTEMPTED);
        inRuns.status(i, i);
      }
      assertThat(inRuns.size()).isEqualTo(singly.size());
      inRuns.resetStatuses();
      assertThat(inRuns.status(inRuns.size() - 1)).isEqualTo(PageStatus.NOT_ATTEMPTED);
    }
  }

  private static void addSameRun(SplittableRandom random, PageBatch inRuns, PageBatch singly) {
    int count = Math.min(random.nextInt(1, 1500), inRuns.capacity() - inRuns.size());
    long address = random.nextLong();
    long stride = random.nextLong();
    int node = random.nextInt(-2, 5);
    boolean query = random.nextBoolean();
    if (query) {
      inRuns.addRun(address, stride, count);
    } else {
      inRuns.addRun(address, stride, count, node);
    }
    for (int i = 0; i < count; i++) {
      singly.add(address + i * stride, query ? 0 : node);
    }
  }

  /** The layout that the class describes, as a backend sees it. */
  @Test
  void laysItsArraysOutAsItSays() {
    PageBatch batch = PageBatch.ofCapacity(3);
    batch.add(0x1122334455667788L, 9);
    batch.add(0x10, 8);
    batch.status(1, -16);
    ByteBuffer memory = batch.memory();

    assertThat(memory.getLong(batch.addressesOffset())).isEqualTo(0x1122334455667788L);
    assertThat(memory.getInt(batch.nodesOffset() + 4)).isEqualTo(8);
    assertThat(memory.getInt(batch.statusesOffset() + 4)).isEqualTo(-16);
    assertThat(batch.addressesPointer()).isEqualTo(BufferAddress.of(memory.duplicate().position(0)));
    assertThat(batch.nodesPointer() - batch.addressesPointer()).isEqualTo(24);
    assertThat(batch.statusesPointer() - batch.addressesPointer()).isEqualTo(36);
  }
}
