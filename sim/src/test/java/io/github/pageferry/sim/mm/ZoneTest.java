package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ZoneTest {

  private static final int[][] DISTANCES = {{10, 20}, {20, 10}};

  private final PageFrames frames = new PageFrames(Nodes.segments(new int[] {3, 2000}));
  private final Nodes nodes = Nodes.layOut(frames, new int[] {3, 2000}, DISTANCES);

  @Test
  void zonesLieOneAfterTheOtherAtSegments() {
    assertThat(frames.segments()).isEqualTo(1 + 1 + 2);
    assertThat(nodes.zone(0).firstFrame()).isEqualTo(1024);
    assertThat(nodes.zone(1).firstFrame()).isEqualTo(2048);
    assertThat(frames.pageToNid(1024)).isZero();
    assertThat(frames.pageToNid(2048)).isEqualTo(1);
    assertThat(frames.pageToNid(4095)).isEqualTo(1);
    assertThat(nodes.zone(1).node()).isEqualTo(1);
    assertThat(nodes.zone(1).presentPages()).isEqualTo(2000);
  }

  @Test
  void freshFramesComeInOrderUntilThereAreNone() {
    Zone zone = nodes.zone(0);
    assertThat(zone.freePages()).isEqualTo(3);
    assertThat(zone.touchedEnd()).isEqualTo(1024);
    assertThat(zone.takeFree()).isEqualTo(1024);
    assertThat(zone.takeFree()).isEqualTo(1025);
    assertThat(zone.touchedEnd()).isEqualTo(1026);
    assertThat(zone.takeFree()).isEqualTo(1026);
    assertThat(zone.takeFree()).isZero();
    assertThat(zone.freePages()).isZero();
    assertThat(zone.touchedEnd()).isEqualTo(1027);
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
