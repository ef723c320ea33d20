package io.github.pageferry.it.lab.guest;

/** What the API says inside a guest, for tests that know how the guest was built. */
final class GuestFacts {

  private GuestFacts() {}

  static String of(String name) {
    throw new IllegalArgumentException("no such facts: " + name);
  }
}
