package io.github.pageferry.sim;

import io.github.pageferry.PageBatch;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The arrays of a {@link PageBatch} as a simulated system call is given them: of as many elements as the batch has when the call begins,
 * whatever another thread does to it meanwhile.
 */
final class BatchArrays {

  private final ByteBuffer memory;
  private final long size;
  private final int addresses;
  private final int nodes;
  private final int statuses;

  BatchArrays(PageBatch batch) {
    memory = batch.memory().duplicate().clear().order(ByteOrder.nativeOrder());
    size = batch.size();
    addresses = batch.addressesOffset();
    nodes = batch.nodesOffset();
    statuses = batch.statusesOffset();
  }

  long size() {
    return size;
  }

  UserLongs addresses() {
    return new Addresses();
  }

  UserInts nodes() {
    return new Ints(nodes);
  }

  UserInts statuses() {
    return new Ints(statuses);
  }

  private final class Addresses implements UserLongs {

    @Override
    public long accessible() {
      return size;
    }

    @Override
    public long get(long i) {
      return memory.getLong(addresses + 8 * (int) i);
    }
  }

  private final class Ints implements UserInts {

    private final int offset;

    Ints(int offset) {
      this.offset = offset;
    }

    @Override
    public long accessible() {
      return size;
    }

    @Override
    public int get(long i) {
      return memory.getInt(offset + 4 * (int) i);
    }

    @Override
    public void put(long i, int value) {
      memory.putInt(offset + 4 * (int) i, value);
    }
  }
}
