package io.earthembed.imagery;

import io.earthembed.common.ProgressListener;
import io.earthembed.imagery.ImageryStore.Outcome;
import java.util.List;
import java.util.NoSuchElementException;

/** Reads each tile by {@link ImageryStore#fetch} when it is taken. For one thread. */
final class FetchedInTurn implements ImageryStore.Outcomes {
  private final ImageryStore store;
  private final List<TileRef> tiles;
  private final TileParts parts;
  private final ProgressListener progress;
  private int taken;
  private boolean closed;

  FetchedInTurn(
      ImageryStore store, List<TileRef> tiles, TileParts parts, ProgressListener progress) {
    this.store = store;
    this.tiles = List.copyOf(tiles);
    this.parts = parts;
    this.progress = progress;
  }

  @Override
  public boolean hasNext() {
    return !closed && taken < tiles.size();
  }

  @Override
  @SuppressWarnings("IllegalCatch") // a failure of any kind is the tile's outcome
  public Outcome next() {
    if (!hasNext()) throw new NoSuchElementException("all were taken");
    TileRef tile = tiles.get(taken);
    Outcome outcome;
    try {
      outcome = new Outcome(tile, store.fetch(tile, parts), null);
    } catch (RuntimeException e) {
      outcome = new Outcome(tile, null, e);
    }
    progress.update("reading tiles", ++taken, tiles.size());
    return outcome;
  }

  @Override
  public void close() {
    closed = true;
  }
}
