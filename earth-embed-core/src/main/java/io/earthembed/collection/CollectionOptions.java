package io.earthembed.collection;

import io.earthembed.dataset.Attribution;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import io.earthembed.vector.Metric;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link CollectionWriter}. Immutable and safe for many threads. */
public final class CollectionOptions {
  /** The defaults of all settings. */
  public static final CollectionOptions DEFAULTS = new CollectionOptions(new Values());

  private static final class Values extends Settings<Values> {
    Metric metric = ExactIndex.DEFAULT_METRIC;
    Attribution attribution = Attribution.NONE;
    @Nullable SegmentIndexer indexer;
    long indexedRows = 10_000;
    boolean backgroundMerges = true;
  }

  private final Values values;

  private CollectionOptions(Values values) {
    this.values = values;
  }

  /** Returns options with the metric of the scores (default inner product). */
  public CollectionOptions withMetric(Metric metric) {
    Values changed = values.copy();
    changed.metric = Objects.requireNonNull(metric, "metric");
    return new CollectionOptions(changed);
  }

  /** Returns options with the attribution that a new collection keeps (default none). */
  public CollectionOptions withAttribution(Attribution attribution) {
    Values changed = values.copy();
    changed.attribution = Objects.requireNonNull(attribution, "attribution");
    return new CollectionOptions(changed);
  }

  /**
   * Returns options with an indexer for segments of many rows (default none: the vectors of every
   * segment are searched exactly, in memory).
   */
  public CollectionOptions withIndexer(SegmentIndexer indexer) {
    Values changed = values.copy();
    changed.indexer = Objects.requireNonNull(indexer, "indexer");
    return new CollectionOptions(changed);
  }

  /**
   * Returns options with the number of rows from which a segment gets an index of the {@link
   * #withIndexer indexer} (default 10,000). The vectors of smaller segments are searched exactly.
   *
   * @param rows 1 or more
   */
  public CollectionOptions withIndexedRows(long rows) {
    Checks.positive("rows", rows);
    Values changed = values.copy();
    changed.indexedRows = rows;
    return new CollectionOptions(changed);
  }

  /**
   * Returns options that switch merges in the background on or off (default on). Without them the
   * number of segments grows with each addition until {@link CollectionWriter#compact}.
   */
  public CollectionOptions withBackgroundMerges(boolean on) {
    Values changed = values.copy();
    changed.backgroundMerges = on;
    return new CollectionOptions(changed);
  }

  /** Returns the metric of the scores. */
  public Metric metric() {
    return values.metric;
  }

  /** Returns the attribution that a new collection keeps. */
  public Attribution attribution() {
    return values.attribution;
  }

  /** Returns the indexer of a segment, or null if all its vectors are searched exactly. */
  @Nullable SegmentIndexer indexer(long rows) {
    return rows >= values.indexedRows ? values.indexer : null;
  }

  boolean backgroundMerges() {
    return values.backgroundMerges;
  }
}
