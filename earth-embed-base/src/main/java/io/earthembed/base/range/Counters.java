package io.earthembed.base.range;

import io.earthembed.imagery.FetchStats;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests and bytes of reads. Safe for many threads. */
public final class Counters {
  /** Range requests sent, including retries, and reads of local files. */
  public final LongAdder requests = new LongAdder();

  /** Bytes received from servers or read from files. */
  public final LongAdder bytesRead = new LongAdder();

  /** Stored bytes of what was asked for. */
  public final LongAdder bytesWanted = new LongAdder();

  /** Repeated requests. */
  public final LongAdder retries = new LongAdder();

  /** Footers found in memory or on disk. */
  public final LongAdder footerHits = new LongAdder();

  /** Columns found in the cache on disk. */
  public final LongAdder cacheHits = new LongAdder();

  /** Returns the counts so far. */
  public FetchStats read() {
    return new FetchStats(
        requests.sum(),
        bytesRead.sum(),
        bytesWanted.sum(),
        retries.sum(),
        footerHits.sum(),
        cacheHits.sum());
  }
}
