package io.github.pageferry.it.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Extra references on pages: each page is spliced into a pipe of its own that nobody reads, vmsplice(2). */
final class Pins implements AutoCloseable {

  private record Pin(long address, int readEnd, int writeEnd) {

    void drop() {
      Libc.close(readEnd);
      Libc.close(writeEnd);
    }
  }

  /** Native memory: two ints for a pipe's ends, at 8 a struct iovec. */
  private final ByteBuffer arguments = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder());

  private final List<Pin> pins = new ArrayList<>();

  /** Takes a reference on the page at this address. Returns 0 or an errno negated. */
  long pin(long address) {
    long at = Libc.addressOf(arguments);
    Libc.must("pipe2", Libc.pipe2(at, Libc.O_CLOEXEC));
    Pin pin = new Pin(address, arguments.getInt(0), arguments.getInt(4));
    arguments.putLong(8, address).putLong(16, Libc.PAGE_SIZE);
    long spliced = Libc.result(Libc.vmsplice(pin.writeEnd, at + 8, 1, 0));
    if (spliced == Libc.PAGE_SIZE) {
      pins.add(pin);
      return 0;
    }
    pin.drop();
    return spliced < 0 ? spliced : Errnos.EFAULT;
  }

  /** Drops the reference that was last taken at this address. Returns 0, or ENOENT negated where there is none. */
  long unpin(long address) {
    for (int i = pins.size() - 1; i >= 0; i--) {
      if (pins.get(i).address == address) {
        pins.remove(i).drop();
        return 0;
      }
    }
    return Errnos.ENOENT;
  }

  @Override
  public void close() {
    pins.forEach(Pin::drop);
    pins.clear();
  }
}
