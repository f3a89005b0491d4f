package io.earthembed.guides.examples;

import io.earthembed.common.ProgressListener;
import io.earthembed.geo.BoundingBox;
import io.earthembed.hub.Hub;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.MetadataIndex;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.S3Access;
import io.earthembed.parquet.ShardAccess;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.stac.StacClient;
import io.earthembed.stac.StacSearch;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The code of docs/guides/imagery.md, sources.md and SECURITY.md. */
public final class ImageryGuide {
  private ImageryGuide() {}

  /** Reads one tile. */
  public static List<Raster> tile(URI shard) {
    // [tile
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      Tile tile = store.fetch(new TileRef(shard, 17), TileParts.TRUE_COLOR);
      Raster picture = tile.trueColor();
      Raster red = tile.band(Band.B04); // h x w x 1 UINT16, with its place
      return List.of(picture, red);
    }
    // tile]
  }

  /** Indexes byte ranges. */
  public static void index(URI shard, Path file) {
    // [index
    MetadataIndex.builder()
        .addShard(shard, List.of("B02", "B03", "B04", "thumbnail"))
        .build()
        .save(file);
    // index]
  }

  /** Reads many tiles and shows each on arrival. */
  public static void each(
      ImageryStore store, List<TileRef> refs, ProgressListener progress, Consumer<Tile> screen) {
    // [each
    try (ImageryStore.Outcomes outcomes = store.fetchEach(refs, TileParts.THUMBNAIL, progress)) {
      while (outcomes.hasNext()) {
        ImageryStore.Outcome outcome = outcomes.next(); // in the order in which they are had
        if (outcome.failure() == null) screen.accept(outcome.tile());
      }
    }
    // each]
  }

  /** Opens a store with a cache on disk. */
  public static ParquetImageryStore cached(Path folder) {
    // [cache
    StoreOptions options = StoreOptions.builder().cache(folder, 20L << 30).build(); // bytes
    ParquetImageryStore store = ParquetImageryStore.open(options);
    // cache]
    return store;
  }

  /** Opens a store for a hub's shards. */
  public static ParquetImageryStore hub() {
    // [hub
    Hub hub = Hub.fromEnvironment(); // endpoint, token: see hub.md
    ParquetImageryStore store =
        ParquetImageryStore.open(StoreOptions.defaults(), ShardAccess.of(hub));
    // hub]
    return store;
  }

  /** Restricts a store to some hosts. */
  public static ShardAccess hosts(Hub hub) {
    // [hosts
    ShardAccess known =
        ShardAccess.of(hub).onlyFrom(Set.of("huggingface.co", "cdn-lfs.huggingface.co"));
    // hosts]
    return known;
  }

  /** Opens a store for a bucket's shards. */
  public static ParquetImageryStore bucket() {
    // [bucket
    S3Presigner presigner = S3Presigner.builder().region(Region.EU_CENTRAL_1).build();
    S3Access bucket = S3Access.of(presigner, Duration.ofHours(1));
    ParquetImageryStore store = ParquetImageryStore.open(StoreOptions.defaults(), bucket);
    // bucket]
    return store;
  }

  /** Lists the files of a set by STAC. */
  public static List<URI> stac() {
    // [stac
    StacClient api = StacClient.of(URI.create("https://stac.earthgenome.org"));
    StacSearch search =
        StacSearch.of("ssl4eo_yearly_embeddings")
            .in(new BoundingBox(-74.3, 40.5, -73.7, 40.9))
            .between(Instant.parse("2025-01-01T00:00:00Z"), Instant.parse("2025-12-31T00:00:00Z"));
    List<URI> files = api.search(search).map(item -> item.asset("embeddings").href()).toList();
    // stac]
    return files;
  }
}
