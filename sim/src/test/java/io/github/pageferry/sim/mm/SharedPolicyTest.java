package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code mpol_set_shared_policy()}: ranges of a file, cut and replaced. */
class SharedPolicyTest {

  private final SharedPolicy shared = new SharedPolicy();
  private final Policy a = new Policy(Policy.BIND, 0);
  private final Policy b = new Policy(Policy.INTERLEAVE, 0);

  /** a, b or - for pages 0 to 9. */
  private String policies() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      Policy policy = shared.lookup(i);
      text.append(policy == a ? 'a' : policy == b ? 'b' : policy == null ? '-' : '?');
    }
    return text.toString();
  }

  @Test
  void withoutAnyThereIsNone() {
    assertThat(policies()).isEqualTo("----------");
    assertThat(shared.policies()).isEmpty();
  }

  @Test
  void aRangeHasItsPolicy() {
    shared.set(2, 5, a);
    assertThat(policies()).isEqualTo("--aaa-----");
    assertThat(a.has(Policy.F_SHARED)).isTrue();
  }

  @Test
  void theLaterOneWinsWhereverItLies() {
    shared.set(2, 8, a);
    shared.set(4, 6, b);
    assertThat(policies()).isEqualTo("--aabbaa--");
    shared.set(0, 3, b);
    assertThat(policies()).isEqualTo("bbbabbaa--");
    shared.set(7, 10, b);
    assertThat(policies()).isEqualTo("bbbabbabbb");
    shared.set(0, 10, a);
    assertThat(policies()).isEqualTo("aaaaaaaaaa");
    assertThat(shared.policies()).containsExactly(a);
  }

  @Test
  void noneTakesAwayWhatThereWas() {
    shared.set(2, 8, a);
    shared.set(4, 6, null);
    assertThat(policies()).isEqualTo("--aa--aa--");
    shared.set(0, 3, null);
    assertThat(policies()).isEqualTo("---a--aa--");
    shared.set(0, 10, null);
    assertThat(policies()).isEqualTo("----------");
  }

  @Test
  void rangesStayInOrder() {
    shared.set(6, 8, b);
    shared.set(1, 3, a);
    assertThat(policies()).isEqualTo("-aa---bb--");
    assertThat(shared.policies()).containsExactly(a, b);
  }
}
