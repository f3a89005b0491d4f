package io.earthembed.collection;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Vectors;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One version of a collection, unaffected by later changes. It is a dataset of the live rows, for
 * example to export them, with an index over them. Safe for many threads. While a snapshot is open,
 * the segments of its version stay in memory and can be searched, so close it soon.
 */
public final class Snapshot implements EmbeddingDataset, AutoCloseable {
  private final Version version;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Takes over one use of a version. */
  Snapshot(Version version) {
    this.version = version;
  }

  /** Returns the number of the version, which each change increases. */
  public long version() {
    return version.manifest().version();
  }

  /** Returns how many segments hold the rows. */
  public int segments() {
    return version.parts().size();
  }

  List<Version.Part> parts() {
    return version.parts();
  }

  @Override
  public ModelInfo model() {
    return origin().model();
  }

  @Override
  public EmbeddingOrigin origin() {
    return version.manifest().origin();
  }

  @Override
  public Attribution attribution() {
    return version.manifest().attribution();
  }

  /**
   * Returns the live tiles in the order of their additions. It can be used after {@link #close}.
   */
  @Override
  public TileCatalog catalog() {
    return version.catalog();
  }

  /**
   * Returns the index over the live rows. Searches fail after {@link #close}. Closing the index has
   * no effect.
   */
  public EmbeddingIndex index() {
    return version.index();
  }

  @Override
  public void forEachBatch(Consumer<Vectors> batches) {
    if (closed.get()) throw new IllegalStateException("the snapshot is closed");
    for (Version.Part part : version.parts()) {
      part.segment().vectors().forEachBatch(new LiveBatches(part.live(), batches));
    }
  }

  /** Releases the version. Closing twice is harmless. */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) version.release();
  }

  @Override
  public String toString() {
    return "Snapshot[version " + version() + ", " + catalog() + "]";
  }
}
