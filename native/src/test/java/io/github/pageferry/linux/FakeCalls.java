package io.github.pageferry.linux;

import com.sun.jna.Pointer;
import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** System calls that note their arguments, masks as their words, and return what they are told to. */
final class FakeCalls implements SystemCalls {

  /** For example {@code mbind(4096, 8192, 2, [1, 1], 129, 2)}. */
  final List<String> made = new ArrayList<>();

  private final Map<SystemCall, Long> results = new EnumMap<>(SystemCall.class);

  /** What get_mempolicy(2) refuses fewer mask bits than. */
  long nodeIds;

  FakeCalls returning(SystemCall call, long result) {
    results.put(call, result);
    return this;
  }

  FakeCalls failing(SystemCall call, Errno errno) {
    return returning(call, -errno.number());
  }

  @Override
  public long movePages(int pid, long count, long pages, long nodes, long status, int flags) {
    return note(SystemCall.MOVE_PAGES, pid, count, pages, nodes, status, flags);
  }

  @Override
  public long migratePages(int pid, long maxnode, long oldNodes, long newNodes) {
    return note(SystemCall.MIGRATE_PAGES, pid, maxnode, mask(oldNodes, maxnode - 1), mask(newNodes, maxnode - 1));
  }

  @Override
  public long mbind(long address, long length, int mode, long nodemask, long maxnode, int flags) {
    return note(SystemCall.MBIND, address, length, mode, mask(nodemask, maxnode - 1), maxnode, flags);
  }

  @Override
  public long setMempolicy(int mode, long nodemask, long maxnode) {
    return note(SystemCall.SET_MEMPOLICY, mode, mask(nodemask, maxnode - 1), maxnode);
  }

  @Override
  public long getMempolicy(long mode, long nodemask, long maxnode, long address, int flags) {
    if (nodemask != 0 && maxnode < nodeIds) {
      return -Errno.EINVAL.number();
    }
    if (nodemask != 0 && nodeIds > 0) {
      new Pointer(nodemask).setLong((nodeIds - 1) / 64 * 8, 1L << (nodeIds - 1));
    }
    return note(SystemCall.GET_MEMPOLICY, mode == 0 ? 0 : 1, maxnode, address, flags);
  }

  @Override
  public long setMempolicyHomeNode(long start, long length, long homeNode, long flags) {
    return note(SystemCall.SET_MEMPOLICY_HOME_NODE, start, length, homeNode, flags);
  }

  @Override
  public long getcpu(long cpu, long node) {
    return note(SystemCall.GETCPU);
  }

  /** The words that the kernel reads of a mask with so many bits. */
  private static List<Long> mask(long address, long bits) {
    List<Long> words = new ArrayList<>();
    for (int word = 0; address != 0 && word < (bits + 63) / 64; word++) {
      words.add(new Pointer(address).getLong(8L * word));
    }
    return words;
  }

  private long note(SystemCall call, Object... arguments) {
    made.add(call.kernelName() + List.of(arguments).toString().replaceFirst("^\\[", "(").replaceFirst("]$", ")"));
    return results.getOrDefault(call, 0L);
  }
}
