package io.github.pageferry.it.lab.guest;

import io.github.pageferry.Errno;
import io.github.pageferry.it.host.RawCall;
import io.github.pageferry.it.host.ScratchMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Arguments that no call of the API passes, given to the guest's kernel itself, with the errno that comes back. */
final class ArgumentFacts {

  // Guests are x86-64: arch/x86/entry/syscalls/syscall_64.tbl.
  private static final long MBIND = 237;
  private static final long SET_MEMPOLICY = 238;
  private static final long GET_MEMPOLICY = 239;
  private static final long MIGRATE_PAGES = 256;
  private static final long MOVE_PAGES = 279;

  private static final long PREFERRED = 1;
  private static final long F_NODE = 1;
  private static final long F_ADDR = 1 << 1;
  private static final long F_MEMS_ALLOWED = 1 << 2;
  private static final long ONE_WORD = Long.SIZE + 1;
  private static final long PAGE_BYTES = 4096;

  private final Map<String, String> facts = new TreeMap<>();
  /** Two pages: one that is bound, and one that may not be accessed. */
  private final long memory;
  private final long mask;

  private ArgumentFacts(long memory, long mask) {
    this.memory = memory;
    this.mask = mask;
  }

  static Map<String, String> all() {
    try (ScratchMemory memory = new ScratchMemory(2 * PAGE_BYTES); ScratchMemory mask = new ScratchMemory(PAGE_BYTES)) {
      mask.buffer().putLong(0, 1);
      memory.forbidFrom(PAGE_BYTES);
      ArgumentFacts facts = new ArgumentFacts(memory.address(), mask.address());
      facts.masks();
      facts.modesAndFlags();
      facts.addresses();
      return facts.facts;
    }
  }

  private void masks() {
    Map<String, Long> unreadable = new LinkedHashMap<>();
    unreadable.put("in the kernel's half", -1L);
    unreadable.put("without access", memory + PAGE_BYTES);
    unreadable.put("of no mapping", PAGE_BYTES);
    unreadable.forEach((where, bad) -> {
      ask("migrate_pages, both masks " + where, MIGRATE_PAGES, 0, ONE_WORD, bad, bad);
      ask("migrate_pages, target mask " + where, MIGRATE_PAGES, 0, ONE_WORD, mask, bad);
      ask("mbind, mask " + where, MBIND, memory, PAGE_BYTES, PREFERRED, bad, ONE_WORD, 0);
      ask("set_mempolicy, mask " + where, SET_MEMPOLICY, PREFERRED, bad, ONE_WORD);
    });
    ask("migrate_pages, masks wider than a page", MIGRATE_PAGES, 0, -1, mask, mask);
    ask("mbind, mask wider than a page", MBIND, memory, PAGE_BYTES, PREFERRED, mask, -1, 0);
    ask("set_mempolicy, mask wider than a page", SET_MEMPOLICY, PREFERRED, mask, -1);
    ask("get_mempolicy, mask of one bit", GET_MEMPOLICY, 0, mask, 1, 0, 0);
  }

  private void modesAndFlags() {
    for (int unknown : new int[] {-1, 1 << 10, Integer.MIN_VALUE}) {
      ask("mbind, mode " + unknown, MBIND, memory, PAGE_BYTES, unknown, 0, 0, 0);
      ask("set_mempolicy, mode " + unknown, SET_MEMPOLICY, unknown, 0, 0);
    }
    for (int unknown : new int[] {-1, 1 << 20}) {
      ask("mbind, flags " + unknown, MBIND, memory, PAGE_BYTES, 0, 0, 0, unknown);
      ask("get_mempolicy, flags " + unknown, GET_MEMPOLICY, 0, 0, 0, 0, unknown);
      ask("move_pages, flags " + unknown, MOVE_PAGES, 0, 0, 0, 0, 0, unknown);
    }
    ask("get_mempolicy, flags that exclude each other", GET_MEMPOLICY, 0, 0, 0, 0, F_MEMS_ALLOWED | F_NODE);
    ask("move_pages, MPOL_MF_STRICT", MOVE_PAGES, 0, 0, 0, 0, 0, 1);
  }

  private void addresses() {
    ask("get_mempolicy, an address without MPOL_F_ADDR", GET_MEMPOLICY, 0, 0, 0, memory, 0);
    ask("get_mempolicy, the address 0", GET_MEMPOLICY, 0, 0, 0, 0, F_ADDR);
    ask("get_mempolicy, the node of no access", GET_MEMPOLICY, mask, 0, 0, memory + PAGE_BYTES, F_ADDR | F_NODE);
    ask("get_mempolicy, a mode that cannot be written", GET_MEMPOLICY, memory + PAGE_BYTES, 0, 0, 0, 0);
  }

  private void ask(String what, long number, long... arguments) {
    long result = RawCall.make(number, arguments);
    facts.put(what, result < 0 ? Errno.find((int) -result).orElseThrow().name() : Long.toString(result));
  }
}
