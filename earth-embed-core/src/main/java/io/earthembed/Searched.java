package io.earthembed;

import io.earthembed.base.thread.Lifetime;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.collection.EmbeddingCollection;
import io.earthembed.collection.Snapshot;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.index.EmbeddingIndex;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts that an explorer searches, until it is closed or another explorer's parts replace them.
 * Safe for many threads.
 */
final class Searched {
  private final EmbeddingModel model;
  private final @Nullable ImageryStore imagery;
  private final Supplier<View> newest;
  private final Object tiles;
  private final Runnable closeTiles;
  private final boolean ownsTiles;
  private final Lifetime lifetime = Lifetime.of("the explorer", this::closeOwned);
  private volatile boolean ownsAll;

  private Searched(
      EmbeddingModel model,
      @Nullable ImageryStore imagery,
      Supplier<View> newest,
      Object tiles,
      Runnable closeTiles,
      boolean ownsTiles) {
    this.model = model;
    this.imagery = imagery;
    this.newest = newest;
    this.tiles = tiles;
    this.closeTiles = closeTiles;
    this.ownsTiles = ownsTiles;
  }

  /** Returns parts that never change. */
  static Searched fixed(
      TileCatalog catalog,
      EmbeddingModel model,
      EmbeddingIndex index,
      @Nullable ImageryStore imagery,
      boolean ownsIndex) {
    View view = new View(model, catalog, index, () -> {});
    return new Searched(model, imagery, () -> view, catalog, index::close, ownsIndex);
  }

  /** Returns the parts of a collection, which may change from search to search. */
  static Searched of(
      EmbeddingCollection collection, EmbeddingModel model, @Nullable ImageryStore imagery) {
    Supplier<View> newest =
        () -> {
          Snapshot snapshot = collection.snapshot();
          return new View(model, snapshot.catalog(), snapshot.index(), snapshot::close);
        };
    return new Searched(model, imagery, newest, collection, collection::close, false);
  }

  /**
   * The parts as they are now, for one search. The thread that opened a view closes it; until then
   * its index stays open.
   */
  record View(EmbeddingModel model, TileCatalog catalog, EmbeddingIndex index, Runnable end)
      implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }

  /**
   * Opens a view.
   *
   * @throws IllegalStateException after {@link #close}
   */
  @SuppressWarnings("MustBeClosed") // the view closes the scope
  View view() {
    Lifetime.Scope open = lifetime.use();
    boolean done = false;
    try {
      View now = newest.get();
      Runnable end =
          () -> {
            now.close();
            open.close();
          };
      done = true;
      return new View(now.model, now.catalog, now.index, end);
    } finally {
      if (!done) open.close();
    }
  }

  /** Returns closed parts of the same description, which own nothing. */
  Searched closedCopy() {
    Searched copy = new Searched(model, imagery, newest, tiles, () -> {}, false);
    copy.close();
    return copy;
  }

  EmbeddingModel model() {
    return model;
  }

  @Nullable ImageryStore imagery() {
    return imagery;
  }

  /** Hands all parts over: {@link #close} closes them. */
  void ownAll() {
    ownsAll = true;
  }

  /** Waits for open views, then closes the parts that are owned. Closing twice is harmless. */
  void close() {
    lifetime.close();
  }

  private void closeOwned() {
    if (ownsAll || ownsTiles) closeTiles.run();
    if (!ownsAll) return;
    model.close();
    if (imagery != null) imagery.close();
  }

  @Override
  public String toString() {
    return tiles + ", " + model;
  }
}
