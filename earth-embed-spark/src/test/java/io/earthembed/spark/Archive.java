package io.earthembed.spark;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Shards of generated landscapes behind a server, and what one machine makes of them. */
final class Archive implements AutoCloseable {
  static final int SIDE = 64;

  final RangeServer server;
  final List<URI> shards = new ArrayList<>();
  private final Path folder;
  private final int perShard;
  private final int side;
  private final Map<Integer, Map<Band, Raster>> scenes = new HashMap<>();

  /** Writes shards, whose tiles lie in three grid rows each, and serves them. */
  Archive(Path folder, int shardCount, int perShard) throws IOException {
    this(folder, shardCount, perShard, SIDE);
  }

  /**
   * Writes shards of tiles of another size.
   *
   * @param side pixels of a tile's side
   */
  Archive(Path folder, int shardCount, int perShard, int side) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.perShard = perShard;
    this.side = side;
    this.server = RangeServer.start(folder);
    for (int s = 0; s < shardCount; s++) {
      String name = String.format(Locale.ROOT, "part_%05d.parquet", s + 1);
      write(folder.resolve(name), s);
      shards.add(server.url(name));
    }
  }

  private void write(Path file, int shard) {
    try (ShardWriter writer = new ShardWriter(file)) {
      for (int i = 0; i < perShard; i++) {
        int number = shard * perShard + i;
        // Cells of the middle latitudes, of which each row has more than 1,500.
        GridCell cell = new GridCell(-300 + 2 * shard + i % 3, number % 1_500);
        Map<Band, Raster> bands = new EnumMap<>(Band.class);
        GeoReference place =
            new GeoReference(32632, 400_000 + number % 300 * 640, 5_000_000 + number, 10);
        scene(number).forEach((band, pixels) -> bands.put(band, pixels.withReference(place)));
        writer.add(
            new ShardTile(
                cell,
                "product-" + number,
                Instant.ofEpochSecond(1_600_000_000L + number),
                MajorTomGrid.CORE.centerOf(cell),
                bands,
                null));
      }
      writer.finish();
    }
  }

  /** Returns one of a few hundred landscapes, which repeat. */
  private Map<Band, Raster> scene(int number) {
    return scenes.computeIfAbsent(
        number % 200,
        n -> {
          Landscape landscape = Landscape.generate(LandscapeKind.values()[n % 10], n, side);
          Map<Band, Raster> bands = new EnumMap<>(Band.class);
          for (Band band : List.of(Band.B02, Band.B03, Band.B04)) {
            bands.put(band, landscape.band(band));
          }
          return bands;
        });
  }

  int tiles() {
    return shards.size() * perShard;
  }

  /** Writes a file with the shards' URLs. */
  Path list() throws IOException {
    return Files.write(folder.resolve("shards.txt"), shards.stream().map(URI::toString).toList());
  }

  /** Writes a file with the shards' file URLs, which bypass the server. */
  Path files() throws IOException {
    List<String> urls = new ArrayList<>();
    for (URI shard : shards) {
      String path = shard.getPath();
      urls.add(folder.resolve(path.substring(1)).toUri().toString());
    }
    return Files.write(folder.resolve("files.txt"), urls);
  }

  /** Embeds everything in this process, without Spark. */
  Path embedHere(Path out) throws IOException {
    EmbedHere.main(new String[] {list().toString(), out.toString(), "" + SIDE, "8", "" + perShard});
    return out;
  }

  /**
   * Returns every row of a dataset as text, by id, with the bits of its vector; fails if an id
   * repeats.
   */
  static Map<String, String> rows(Path dataset) {
    GeoParquetDataset opened = GeoParquetDataset.open(dataset);
    TileCatalog catalog = opened.catalog();
    Vectors vectors = opened.vectors();
    Map<String, String> rows = new TreeMap<>();
    for (long i = 0; i < catalog.size(); i++) {
      TileRecord tile = catalog.record(i);
      String row = opened.origin().model() + " " + tile + " " + Arrays.toString(vectors.row(i));
      if (rows.put(tile.id(), row) != null) throw new AssertionError("twice: " + tile);
    }
    return rows;
  }

  /** Returns names and checksums of all files below a folder. */
  static Map<String, Integer> files(Path folder) throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return files;
  }

  @Override
  public void close() {
    server.close();
  }
}
