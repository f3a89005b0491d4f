package io.earthembed.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.testkit.ImageryStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Tests a store of tiles, on a shard in a file. */
public final class StoreRaces {
  /** Large enough that its ends are read as two ranges, by two threads. */
  private static final Landscape SCENE = Landscape.generate(LandscapeKind.values()[0], 1, 700);

  private static final TileParts ENDS = new TileParts(Set.of(Band.B01), true);
  private static final Raster THUMBNAIL = ImageryStoreContract.tile(0).thumbnail();
  private static final TileRef TILE = new TileRef(shard(), 0);

  private StoreRaces() {}

  private static URI shard() {
    try {
      Path file = Files.createTempFile("earth-embed-races", ".parquet");
      file.toFile().deleteOnExit();
      ImageryStoreContract.Source small = ImageryStoreContract.tile(0);
      Map<Band, Raster> bands = new EnumMap<>(Band.class);
      for (Band band : Band.values()) {
        bands.put(
            band,
            SCENE
                .band(band)
                .withReference(new GeoReference(32633, 500_000, 5_000_000, band.meters())));
      }
      try (ShardWriter writer = new ShardWriter(file)) {
        writer.add(
            new ShardTile(
                small.cell(),
                small.productId(),
                small.timestamp(),
                small.center(),
                bands,
                small.thumbnail()));
        writer.finish();
      }
      return file.toUri();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRight(Tile tile) {
    Raster picture = tile.thumbnail();
    return tile.productId().equals("S2X_TEST_0")
        && tile.band(Band.B01).data().equals(SCENE.band(Band.B01).data())
        && picture != null
        && picture.data().equals(THUMBNAIL.data());
  }

  private static String fetch(ImageryStore store) {
    return CallOutcome.of(() -> isRight(store.fetch(TILE, ENDS)));
  }

  private static String fetchLater(ImageryStore store) {
    return CallOutcome.of(
        () -> {
          try {
            return isRight(store.fetchAsync(TILE, ENDS).get(60, TimeUnit.SECONDS));
          } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
          }
        });
  }

  private static String fetchMany(ImageryStore store) {
    return CallOutcome.of(() -> isRight(store.fetchAll(List.of(TILE), ENDS).get(0).orThrow()));
  }

  /** A read returns the tile, or fails as closed. */
  @JCStressTest
  @JCStressMeta(Closing.class)
  @State
  public static class CloseAgainstFetch {
    private final ImageryStore store = ParquetImageryStore.open();

    /** Reads. */
    @Actor
    public void fetch(LLL_Result r) {
      r.r1 = StoreRaces.fetch(store);
    }

    /** Closes. */
    @Actor
    public void close(LLL_Result r) {
      r.r2 = CallOutcome.closing(store, 3_000);
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = StoreRaces.fetch(store);
    }
  }

  /** A thread that waits for a tile gets it, or fails as closed; it never waits forever. */
  @JCStressTest
  @JCStressMeta(Closing.class)
  @State
  public static class CloseAgainstFetchAsync {
    private final ImageryStore store = ParquetImageryStore.open();

    /** Reads, and waits. */
    @Actor
    public void fetch(LLL_Result r) {
      r.r1 = fetchLater(store);
    }

    /** Closes. */
    @Actor
    public void close(LLL_Result r) {
      r.r2 = CallOutcome.closing(store, 3_000);
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = StoreRaces.fetch(store);
    }
  }

  /** A read of many tiles returns them, or fails as closed. */
  @JCStressTest
  @JCStressMeta(Closing.class)
  @State
  public static class CloseAgainstFetchAll {
    private final ImageryStore store = ParquetImageryStore.open();

    /** Reads. */
    @Actor
    public void fetch(LLL_Result r) {
      r.r1 = fetchMany(store);
    }

    /** Closes. */
    @Actor
    public void close(LLL_Result r) {
      r.r2 = CallOutcome.closing(store, 3_000);
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = StoreRaces.fetch(store);
    }
  }

  /** Both return. */
  @JCStressTest
  @Outcome(id = "done, done, closed", expect = ACCEPTABLE, desc = "Closed.")
  @State
  public static class CloseAgainstClose {
    private final ImageryStore store = ParquetImageryStore.open();

    /** Closes. */
    @Actor
    public void one(LLL_Result r) {
      r.r1 = CallOutcome.closing(store);
    }

    /** Closes. */
    @Actor
    public void other(LLL_Result r) {
      r.r2 = CallOutcome.closing(store);
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = StoreRaces.fetch(store);
    }
  }
}
