package io.earthembed.imagery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.geo.GridCell;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A store that has only {@link ImageryStore#fetch}. */
class ImageryStoreTest {
  private static final URI SHARD = URI.create("file:///shard");
  private static final int DAMAGED = 3;

  private static final class OnlyFetch implements ImageryStore {
    final AtomicInteger fetched = new AtomicInteger();

    @Override
    public Tile fetch(TileRef tile, TileParts parts) {
      fetched.incrementAndGet();
      if (tile.rowGroup() == DAMAGED) throw new EarthEmbedException("damaged");
      String product = "product-" + tile.rowGroup();
      return new Tile(tile, new GridCell(1, 2), product, null, Map.of(), null, null);
    }
  }

  private static List<TileRef> tiles(int n) {
    return IntStream.range(0, n).mapToObj(i -> new TileRef(SHARD, i)).toList();
  }

  @Test
  void readsAllTilesAndReportsFailuresOneByOne() {
    try (ImageryStore store = new OnlyFetch()) {
      List<ImageryStore.Outcome> outcomes = store.fetchAll(tiles(50), TileParts.THUMBNAIL);
      for (int i = 0; i < 50; i++) {
        ImageryStore.Outcome outcome = outcomes.get(i);
        assertEquals(i, outcome.source().rowGroup());
        if (i == DAMAGED) {
          EarthEmbedException e = assertThrows(EarthEmbedException.class, outcome::orThrow);
          assertEquals("damaged", e.getMessage());
        } else {
          assertEquals("product-" + i, outcome.orThrow().productId());
        }
      }
      assertEquals(new FetchStats(0, 0, 0, 0, 0, 0), store.stats());
    }
  }

  @Test
  void readsNothingAhead() {
    OnlyFetch store = new OnlyFetch();
    List<String> progress = new ArrayList<>();
    ProgressListener listener =
        (what, done, total) -> progress.add(what + " " + done + "/" + total);
    try (ImageryStore.Outcomes outcomes =
        store.fetchEach(tiles(1000), TileParts.THUMBNAIL, listener)) {
      for (int i = 0; i < 5; i++) assertTrue(outcomes.hasNext() && outcomes.next() != null);
    }
    assertEquals(5, store.fetched.get());
    assertEquals(5, progress.size());
    assertEquals("reading tiles 5/1000", progress.get(4));
  }

  @Test
  void endsAfterTheLastTile() {
    ImageryStore.Outcomes outcomes =
        new OnlyFetch().fetchEach(tiles(1), TileParts.THUMBNAIL, ProgressListener.NONE);
    assertEquals("product-0", outcomes.next().orThrow().productId());
    assertFalse(outcomes.hasNext());
    assertThrows(NoSuchElementException.class, outcomes::next);
    outcomes.close();
  }

  @Test
  void readsOneTileAsynchronously() throws Exception {
    ImageryStore store = new OnlyFetch();
    Tile tile = store.fetchAsync(new TileRef(SHARD, 1), TileParts.THUMBNAIL).get();
    assertEquals("product-1", tile.productId());
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () -> store.fetchAsync(new TileRef(SHARD, DAMAGED), TileParts.THUMBNAIL).get());
    assertEquals("damaged", Objects.requireNonNull(e.getCause()).getMessage());
  }
}
