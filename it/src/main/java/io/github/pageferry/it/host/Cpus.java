package io.github.pageferry.it.host;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.OptionalInt;

/** The CPUs that a thread may run on, sched_setaffinity(2). */
final class Cpus {

  /** More CPUs than any kernel can be built for. */
  private static final int LIMIT = 1 << 16;

  private Cpus() {}

  /** The first of these CPUs that the calling thread may run on. */
  static OptionalInt firstAllowed(BitSet wanted) {
    ByteBuffer mask = ByteBuffer.allocateDirect(LIMIT / 8).order(ByteOrder.nativeOrder());
    Libc.must("sched_getaffinity", Libc.sched_getaffinity(0, LIMIT / 8, Libc.addressOf(mask)));
    BitSet allowed = BitSet.valueOf(mask.asLongBuffer());
    allowed.and(wanted);
    int first = allowed.nextSetBit(0);
    return first < 0 ? OptionalInt.empty() : OptionalInt.of(first);
  }

  static void bindCallingThread(int cpu) {
    ByteBuffer mask = ByteBuffer.allocateDirect(LIMIT / 8).order(ByteOrder.nativeOrder());
    mask.asLongBuffer().put(cpu / Long.SIZE, 1L << cpu % Long.SIZE);
    Libc.must("sched_setaffinity to CPU " + cpu, Libc.sched_setaffinity(0, LIMIT / 8, Libc.addressOf(mask)));
    Reference.reachabilityFence(mask);
  }
}
