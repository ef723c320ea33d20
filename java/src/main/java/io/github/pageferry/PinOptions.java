package io.github.pageferry;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** How a {@link BufferPinner} works. The {@link #DEFAULTS} suit most uses; {@link #builder()} changes single ones. */
public final class PinOptions {

  /** What {@link BufferPinner#on(MemoryMigrator)} uses. */
  public static final PinOptions DEFAULTS = builder().build();

  private final int threads;
  private final long batchBytes;
  private final long pageBytes;
  private final int retries;
  private final long bytesPerSecond;
  private final FuturePages futurePages;
  private final Populate populate;
  private final boolean sharedPages;
  private final boolean queryByFault;
  private final BooleanSupplier cancelled;
  private final Consumer<MoveProgress> progress;
  private final Ticker ticker;

  private PinOptions(Builder builder) {
    threads = builder.threads;
    batchBytes = builder.batchBytes;
    pageBytes = builder.pageBytes;
    retries = builder.retries;
    bytesPerSecond = builder.bytesPerSecond;
    futurePages = builder.futurePages;
    populate = builder.populate;
    sharedPages = builder.sharedPages;
    queryByFault = builder.queryByFault;
    cancelled = builder.cancelled;
    progress = builder.progress;
    ticker = builder.ticker;
  }

  /** A builder with the defaults in it. */
  public static Builder builder() {
    return new Builder();
  }

  int threads() {
    return threads;
  }

  long batchBytes() {
    return batchBytes;
  }

  /** 0 for the base page's size. */
  long pageBytes() {
    return pageBytes;
  }

  int retries() {
    return retries;
  }

  /** 0 for no limit. */
  long bytesPerSecond() {
    return bytesPerSecond;
  }

  FuturePages futurePages() {
    return futurePages;
  }

  Populate populate() {
    return populate;
  }

  boolean sharedPages() {
    return sharedPages;
  }

  boolean queryByFault() {
    return queryByFault;
  }

  BooleanSupplier cancelled() {
    return cancelled;
  }

  Consumer<MoveProgress> progress() {
    return progress;
  }

  Ticker ticker() {
    return ticker;
  }

  /** Collects options. Not safe for use by several threads at once. */
  public static final class Builder {
    private int threads;
    private long batchBytes = 32L << 20;
    private long pageBytes;
    private int retries = 3;
    private long bytesPerSecond;
    private FuturePages futurePages = FuturePages.PREFER;
    private Populate populate = Populate.NO;
    private boolean sharedPages;
    private boolean queryByFault;
    private BooleanSupplier cancelled = () -> false;
    private Consumer<MoveProgress> progress = step -> {};
    private Ticker ticker = Ticker.SYSTEM;

    private Builder() {}

    /**
     * How many threads work, the caller's among them. 0, the default, means one for each two batches of work, up to
     * four and up to the number of processors: the kernel copies pages in the calling thread, but its locks let few of
     * them do so at once.
     *
     * @throws IllegalArgumentException where it is negative
     */
    public Builder threads(int threads) {
      require(threads >= 0, "threads are 0 (automatic) or more, not " + threads);
      this.threads = threads;
      return this;
    }

    /**
     * How much memory one system call is about, in bytes, 32 MiB by default; less than 2 MiB counts as that, and less
     * than one page as one page. Between two calls the work can be cancelled, throttled and watched. Before Linux 6.7
     * page faults of the whole process wait while one mbind moves pages.
     *
     * @throws IllegalArgumentException where it is not positive
     */
    public Builder batchBytes(long batchBytes) {
      require(batchBytes > 0, "a batch has 1 byte or more, not " + batchBytes);
      this.batchBytes = batchBytes;
      return this;
    }

    /**
     * The size of the pages that the memory is made of, in bytes, where it is not the base page's: 2 MiB for mappings
     * of a hugetlbfs of that size, say. Each such page is one address in a system call then, and one page in reports.
     * For transparent huge pages it is not needed, but saves work.
     *
     * @throws IllegalArgumentException where it is not a power of two
     */
    public Builder pageBytes(long pageBytes) {
      require(pageBytes > 0 && Long.bitCount(pageBytes) == 1, "a page's size is a power of two, not " + pageBytes);
      this.pageBytes = pageBytes;
      return this;
    }

    /**
     * How many times pages that did not move although they might (EBUSY, EAGAIN, or no reason given) are tried again,
     * with a pause of 1 ms before the first time, 2 ms before the second and so on to 64 ms. 3 by default.
     *
     * @throws IllegalArgumentException where it is negative
     */
    public Builder retries(int retries) {
      require(retries >= 0, "retries are 0 or more, not " + retries);
      this.retries = retries;
      return this;
    }

    /**
     * The most that may move in a second on average, in bytes, so that the copying leaves other users of the memory's
     * bandwidth some of it. No limit by default. Batches have no more than an eighth of a second's worth, but 2 MiB at
     * least.
     *
     * @throws IllegalArgumentException where it is not positive
     */
    public Builder bytesPerSecond(long bytesPerSecond) {
      require(bytesPerSecond > 0, "the limit is 1 byte a second or more, not " + bytesPerSecond);
      this.bytesPerSecond = bytesPerSecond;
      return this;
    }

    /** What becomes of the range's memory policy; {@link FuturePages#PREFER} by default. */
    public Builder futurePages(FuturePages futurePages) {
      this.futurePages = Objects.requireNonNull(futurePages, "futurePages");
      return this;
    }

    /**
     * Whether pages that are not there are brought in; works on {@link java.nio.ByteBuffer}s. {@link Populate#NO} by
     * default.
     */
    public Builder populate(Populate populate) {
      this.populate = Objects.requireNonNull(populate, "populate");
      return this;
    }

    /**
     * Whether pages that other processes map, too, are moved ({@code MPOL_MF_MOVE_ALL}, needs CAP_SYS_NICE); otherwise
     * they stay, with EACCES as the reason. Off by default.
     */
    public Builder sharedPages(boolean sharedPages) {
      this.sharedPages = sharedPages;
      return this;
    }

    /**
     * Whether get_mempolicy(2) may be asked where pages are, one by one, if move_pages(2) is refused (as the seccomp
     * profiles of container runtimes do). It brings in pages that are not there: reads files, and shows memory that was
     * never written as the kernel's page of zeros. Off by default: placements are unknown then, and {@code locate}
     * fails.
     */
    public Builder queryByFault(boolean queryByFault) {
      this.queryByFault = queryByFault;
      return this;
    }

    /**
     * Asked between batches, by any of the threads that work; once it says true the work ends with a report of what was
     * done. An interrupt of the calling thread does the same, and the thread stays interrupted.
     */
    public Builder cancelWhen(BooleanSupplier cancelled) {
      this.cancelled = Objects.requireNonNull(cancelled, "cancelled");
      return this;
    }

    /**
     * Told after each batch, by one thread at a time, but not always the same. An exception that it throws ends the
     * work and comes out of the call.
     */
    public Builder onProgress(Consumer<MoveProgress> progress) {
      this.progress = Objects.requireNonNull(progress, "progress");
      return this;
    }

    Builder ticker(Ticker ticker) {
      this.ticker = ticker;
      return this;
    }

    /** The options. */
    public PinOptions build() {
      return new PinOptions(this);
    }

    private static void require(boolean condition, String message) {
      if (!condition) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}
