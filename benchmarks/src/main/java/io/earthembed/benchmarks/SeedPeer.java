package io.earthembed.benchmarks;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Our side of {@code benchmarks/peers/seed/seed.py}. {@code shards FOLDER}: shards of generated
 * landscapes, twelve bands and a thumbnail each, under many names. {@code set FOLDER BASE ROWS}:
 * the landscapes' embeddings by the demo model among random ones. {@code ask FOLDER}: reads a text
 * per line and finds the five best tiles and their thumbnails.
 */
public final class SeedPeer {
  private static final int SHARDS = 2;
  private static final int PER_SHARD = 500;
  private static final int REAL = SHARDS * PER_SHARD;

  /** The names of one shard: in an archive of many files, five good tiles are seldom in one. */
  private static final int NAMES = 50;

  /** Pixels per side. */
  private static final int SIDE = 192;

  /** The dimension of a full-size model; the demo model's components come first. */
  static final int DIMENSION = 768;

  private SeedPeer() {}

  /** Runs a command; see the class. */
  public static void main(String[] args) throws IOException {
    switch (args[0]) {
      case "shards" -> shards(Path.of(args[1]));
      case "set" -> set(Path.of(args[1]), args[2], Integer.parseInt(args[3]));
      case "ask" -> ask(Path.of(args[1]));
      default -> throw new IllegalArgumentException("no such command: " + args[0]);
    }
  }

  private static Landscape landscape(int i) {
    return Landscape.generate(LandscapeKind.values()[i % LandscapeKind.values().length], i, SIDE);
  }

  private static GridCell cell(int i) {
    return MajorTomGrid.CORE.cellOf(place(i));
  }

  private static GeoPoint place(int i) {
    return new GeoPoint(-60 + i % 1200 * 0.1, -170 + i / 1200 * 0.1 % 340);
  }

  private static URI address(String base, int tile) {
    return URI.create(base + "part_" + tile / PER_SHARD + "_" + tile % NAMES + ".parquet");
  }

  private static void shards(Path folder) throws IOException {
    for (int s = 0; s < SHARDS; s++) {
      Path shard = folder.resolve("part_" + s + ".parquet");
      try (ShardWriter writer = new ShardWriter(shard)) {
        for (int i = s * PER_SHARD; i < (s + 1) * PER_SHARD; i++) {
          Landscape landscape = landscape(i);
          Map<Band, Raster> bands = new EnumMap<>(Band.class);
          for (Band band : Band.values()) bands.put(band, landscape.band(band));
          writer.add(
              new ShardTile(
                  cell(i), "product-" + i, Instant.EPOCH, place(i), bands, landscape.trueColor()));
        }
        writer.finish();
      }
      for (int n = 0; n < NAMES; n++) {
        Files.createLink(folder.resolve("part_" + s + "_" + n + ".parquet"), shard);
      }
    }
  }

  private static void set(Path folder, String base, int rows) throws IOException {
    try (EmbeddingModel model = model()) {
      Vectors vectors = SyntheticData.vectors(rows, DIMENSION, 5);
      List<EmbeddedTile> tiles = new ArrayList<>();
      Random random = new Random(6);
      for (int i = 0; i < rows; i++) {
        if (i < REAL) vectors.set(i, model.image().encode(landscape(i).trueColor()));
        int at = i < REAL ? i : random.nextInt(REAL);
        TileRef source = new TileRef(address(base, at), at % PER_SHARD);
        tiles.add(
            new EmbeddedTile(
                new TileRecord(
                    "tile-" + i,
                    cell(i),
                    "product-" + i,
                    Instant.EPOCH,
                    place(i),
                    Float.NaN,
                    source),
                null));
      }
      new GeoParquetSink(folder.resolve("set"), model.info()).write("part", tiles, vectors);
    }
  }

  /** Returns the demo model with zeros appended to its embeddings. */
  static EmbeddingModel model() {
    EmbeddingModel demo = DemoModel.load();
    ModelInfo info = new ModelInfo(demo.info().name(), demo.info().version(), DIMENSION);
    return EmbeddingModel.of(new Widened<>(demo.image(), info))
        .withText(new Widened<>(demo.text().orElseThrow(), info));
  }

  private record Widened<T>(Encoder<T> tower, ModelInfo model) implements Encoder<T> {
    @Override
    public Vectors encode(List<? extends T> inputs) {
      Vectors narrow = tower.encode(inputs);
      Vectors wide = Vectors.allocate(narrow.rows(), DIMENSION);
      for (long i = 0; i < narrow.rows(); i++) {
        wide.set(i, Arrays.copyOf(narrow.row(i), DIMENSION));
      }
      return wide;
    }

    @Override
    public void close() {
      tower.close();
    }
  }

  /** Prints the ordinals of five tiles and the process's peak memory in bytes. */
  private static void ask(Path folder) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    GeoParquetDataset dataset = GeoParquetDataset.open(folder.resolve("set"));
    FaissIndex index = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
    try (EarthExplorer earth =
        EarthExplorer.open(dataset, model(), index, ParquetImageryStore.open()).owning()) {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        SearchResult found = earth.search(Query.text(text), SearchOptions.top(5));
        for (ImageryStore.Outcome tile : earth.fetch(found, TileParts.THUMBNAIL)) tile.orThrow();
        StringBuilder answer = new StringBuilder("ok");
        for (Hit hit : found.hits()) answer.append(' ').append(hit.ordinal());
        System.out.println(answer + " " + peak());
      }
    }
  }

  private static long peak() throws IOException {
    return Files.readString(Path.of("/proc/self/status"))
        .lines()
        .filter(line -> line.startsWith("VmHWM"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
