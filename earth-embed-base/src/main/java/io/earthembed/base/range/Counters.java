package io.earthembed.base.range;

import io.earthembed.imagery.FetchStats;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests and bytes of reads. Safe for many threads. */
public final class Counters {
  public final LongAdder requests = new LongAdder();
  public final LongAdder bytesRead = new LongAdder();
  public final LongAdder bytesWanted = new LongAdder();
  public final LongAdder retries = new LongAdder();
  public final LongAdder footerHits = new LongAdder();
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
