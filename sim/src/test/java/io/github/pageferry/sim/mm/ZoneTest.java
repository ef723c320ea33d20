package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ZoneTest {

  private static final int[][] DISTANCES = {{10, 20}, {20, 10}};

  private final PageFrames frames = new PageFrames(Nodes.segments(new int[] {3, 2000}));
  private final Nodes nodes = Nodes.layOut(frames, new int[] {3, 2000}, DISTANCES);

  @Test
  void zonesTakeSegmentsOfFramesAsTheyNeedThem() {
    assertThat(frames.segments()).isEqualTo(1 + 1 + 2);
    Zone zone = nodes.zone(1);
    assertThat(zone.node()).isEqualTo(1);
    assertThat(zone.presentPages()).isEqualTo(2000);
    assertThat(zone.end()).isEqualTo(2000);
    assertThat(zone.frame(0)).isZero();
    for (int place = 0; place < 1024; place++) {
      assertThat(zone.takeFree()).isEqualTo(1024 + place);
    }
    assertThat(nodes.zone(0).takeFree()).isEqualTo(2048);
    assertThat(zone.frame(1024)).isZero();
    assertThat(zone.takeFree()).isEqualTo(3072);
    assertThat(zone.frame(1023)).isEqualTo(2047);
    assertThat(zone.frame(1024)).isEqualTo(3072);
    assertThat(frames.pageToNid(2047)).isEqualTo(1);
    assertThat(frames.pageToNid(2048)).isZero();
    assertThat(frames.pageToNid(3072)).isEqualTo(1);
    assertThat(nodes.pageZone(2047)).isSameAs(zone);
    assertThat(nodes.pageZone(2048)).isSameAs(nodes.zone(0));
    assertThat(nodes.pageZone(3072)).isSameAs(zone);
  }

  @Test
  void whatIsIsolatedIsFoundByItsPlaceInTheZone() {
    Zone zone = nodes.zone(1);
    zone.takeFree();
    nodes.zone(0).takeFree();
    for (int place = 1; place <= 1024; place++) {
      zone.takeFree();
    }
    int last = zone.frame(1024);
    assertThat(last).as("not beside the zone's first frames").isEqualTo(3072);
    zone.isolate(1024, 1536);
    zone.giveBack(last);
    assertThat(zone.takeFree()).as("the next place that is not isolated").isEqualTo(last + 512);
    zone.undoIsolate();
    assertThat(zone.takeFree()).isEqualTo(last);
  }

  @Test
  void whatThereIsNoRoomForIsNotLost() {
    PageFrames few = new PageFrames(Nodes.segments(new int[] {2000}), null, 2);
    Zone zone = Nodes.layOut(few, new int[] {2000}, new int[][] {{10}}).zone(0);
    for (int place = 0; place < 1024; place++) {
      zone.takeFree();
    }
    assertThatThrownBy(zone::takeFree).isInstanceOf(IllegalStateException.class);
    assertThat(zone.touchedEnd()).isEqualTo(1024);
    assertThat(zone.freePages()).isEqualTo(976);
  }

  @Test
  void freshFramesComeInOrderUntilThereAreNone() {
    Zone zone = nodes.zone(0);
    assertThat(zone.freePages()).isEqualTo(3);
    assertThat(zone.touchedEnd()).isZero();
    assertThat(zone.takeFree()).isEqualTo(1024);
    assertThat(zone.takeFree()).isEqualTo(1025);
    assertThat(zone.touchedEnd()).isEqualTo(2);
    assertThat(zone.takeFree()).isEqualTo(1026);
    assertThat(zone.takeFree()).isZero();
    assertThat(zone.freePages()).isZero();
    assertThat(zone.touchedEnd()).isEqualTo(3);
  }

  @Test
  void whatWasFreedLastIsHandedOutFirst() {
    Zone zone = nodes.zone(0);
    int a = zone.takeFree();
    int b = zone.takeFree();
    zone.giveBack(a);
    zone.giveBack(b);
    assertThat(zone.freePages()).isEqualTo(3);
    assertThat(zone.takeFree()).isEqualTo(b);
    assertThat(frames.lruNext(b)).isZero();
    assertThat(zone.takeFree()).isEqualTo(a);
    assertThat(zone.takeFree()).isEqualTo(1026);
    assertThat(zone.freePages()).isZero();
  }

  @Test
  void countersAreOfTheirKind() {
    Zone zone = nodes.zone(1);
    zone.stat(ZoneStat.NR_SHMEM, 5);
    zone.stat(ZoneStat.NR_SHMEM, -2);
    assertThat(zone.stat(ZoneStat.NR_SHMEM)).isEqualTo(3);
    assertThat(zone.stat(ZoneStat.NR_MLOCK)).isZero();
    assertThat(nodes.zone(0).stat(ZoneStat.NR_SHMEM)).isZero();
  }

  @Test
  void theListsCountersComeFirstInTheListsOrder() {
    assertThat(ZoneStat.ofLru(Lru.INACTIVE_ANON)).isEqualTo(ZoneStat.NR_INACTIVE_ANON);
    assertThat(ZoneStat.ofLru(Lru.ACTIVE_ANON)).isEqualTo(ZoneStat.NR_ACTIVE_ANON);
    assertThat(ZoneStat.ofLru(Lru.INACTIVE_FILE)).isEqualTo(ZoneStat.NR_INACTIVE_FILE);
    assertThat(ZoneStat.ofLru(Lru.ACTIVE_FILE)).isEqualTo(ZoneStat.NR_ACTIVE_FILE);
    assertThat(ZoneStat.ofLru(Lru.UNEVICTABLE)).isEqualTo(ZoneStat.NR_UNEVICTABLE);
    assertThat(nodes.zone(0).lru(Lru.ACTIVE_ANON)).isNotSameAs(nodes.zone(0).lru(Lru.ACTIVE_FILE));
  }
}
