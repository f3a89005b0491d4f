package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.testkit.ImageryStoreContract;
import io.earthembed.testkit.process.ChildJvm;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A second process rewrites, cuts, replaces and deletes the files that are read: {@code
 * -Dearthembed.changes=10000} times, some hundred in a build. Readers throw our exceptions or give
 * right answers, and the process goes on.
 */
class ChangingFilesTest {
  private static final int CHANGES = Integer.getInteger("earthembed.changes", 300);
  private static final int ROWS = 3000;
  private static final ModelInfo MODEL = new ModelInfo("m", "1", 16);

  @TempDir Path folder;

  /** Returns the value of a row in a version of a file; the versions differ by their number. */
  private static float value(int state, int row, int column) {
    return 1 + state * 1000 + row % 500 + column / 16f;
  }

  private static Vectors vectors(int state) {
    Vectors vectors = Vectors.allocate(ROWS, MODEL.dimension());
    float[] row = new float[MODEL.dimension()];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < row.length; j++) row[j] = value(state, i, j);
      vectors.set(i, row);
    }
    return vectors;
  }

  private static TileRecord tile(int state, int i) {
    return new TileRecord(
        "tile-" + state + "-" + i,
        new GridCell(i / 50, i % 50),
        "product-" + state,
        Instant.ofEpochSecond(1_600_000_000 + state),
        new GeoPoint(i / 100.0, state),
        Float.NaN,
        null);
  }

  /** Writes the files in one version. */
  private static void write(Path folder, int state) throws IOException {
    Files.createDirectories(folder);
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) tiles.add(tile(state, i));
    List<EmbeddedTile> embedded = tiles.stream().map(tile -> new EmbeddedTile(tile, null)).toList();
    for (DatasetCompression compression : DatasetCompression.values()) {
      new GeoParquetSink(folder, MODEL, compression)
          .write(
              "dataset-" + compression.name().toLowerCase(java.util.Locale.ROOT),
              embedded,
              vectors(state));
    }
    TileCatalog.of(tiles).save(folder.resolve("catalog"));
    ExactIndex exact = new ExactIndex(MODEL.dimension(), Metric.COSINE);
    exact.add(vectors(state));
    exact.save(folder.resolve("exact"));
    MetadataIndex.Builder index = MetadataIndex.builder();
    for (TileRecord tile : tiles) {
      index.add(
          tile.cell(),
          String.valueOf(tile.productId()),
          new TileRef(java.net.URI.create("file:/" + state), state));
    }
    index.build().save(folder.resolve("index"));
    TestShards.write(
        folder.resolve("shard.parquet"),
        List.of(ImageryStoreContract.tile(state), ImageryStoreContract.tile(state + 2)));
  }

  /**
   * Changes the files. Arguments: the folders of both versions, the folder to read, the number of
   * changes.
   */
  static final class Changer {
    public static void main(String[] args) throws Exception {
      Path[] states = {Path.of(args[0]), Path.of(args[1])};
      Path target = Path.of(args[2]);
      Random random = new Random(Long.getLong("earthembed.seed", 1));
      List<Path> names;
      try (Stream<Path> all = Files.list(states[0])) {
        names = all.filter(Files::isRegularFile).map(Path::getFileName).sorted().toList();
      }
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        Thread.sleep(random.nextInt(20)); // in the midst of another read each time
        Path name = names.get(random.nextInt(names.size()));
        Path file = target.resolve(name);
        byte[] bytes = Files.readAllBytes(states[random.nextInt(2)].resolve(name));
        switch (random.nextInt(5)) {
          case 0 -> overwrite(file, bytes);
          case 1 -> cut(file, random.nextInt(bytes.length));
          case 2 -> Files.deleteIfExists(file);
          default -> {
            Path fresh = target.resolve(".fresh");
            Files.write(fresh, bytes);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
          }
        }
      }
    }

    private static void overwrite(Path file, byte[] bytes) throws IOException {
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        for (int at = 0; at < bytes.length; at += 5000) {
          out.write(bytes, at, Math.min(5000, bytes.length - at));
        }
        out.setLength(bytes.length);
      }
    }

    private static void cut(Path file, int length) throws IOException {
      if (!Files.exists(file)) return;
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        out.setLength(length);
      }
    }
  }

  /** Reads the files until it is asked to end. */
  static final class Reader {
    private static int right;
    private static int refused;

    public static void main(String[] args) throws Exception {
      Path files = Path.of(args[0]);
      System.out.println("ready");
      while (System.in.available() == 0) {
        for (DatasetCompression compression : DatasetCompression.values()) {
          Path file =
              files.resolve(
                  "dataset-" + compression.name().toLowerCase(java.util.Locale.ROOT) + ".parquet");
          attempt(() -> dataset(file));
        }
        attempt(() -> catalog(files.resolve("catalog")));
        attempt(() -> exact(files.resolve("exact")));
        attempt(() -> index(files.resolve("index")));
        attempt(() -> shard(files.resolve("shard.parquet")));
      }
      System.out.println(right + " right, " + refused + " refused");
    }

    private static void attempt(Runnable reading) {
      try {
        reading.run();
        right++;
      } catch (EarthEmbedException e) {
        refused++;
      }
    }

    private static void same(Object expected, Object actual) {
      if (!expected.equals(actual)) throw new AssertionError(actual + ", not " + expected);
    }

    private static void dataset(Path file) {
      GeoParquetDataset dataset = GeoParquetDataset.open(file);
      int state = dataset.catalog().id(0).charAt(5) - '0';
      for (int i = 0; i < ROWS; i++) same(tile(state, i).id(), dataset.catalog().id(i));
      Vectors vectors = dataset.vectors();
      float[] row = new float[MODEL.dimension()];
      for (int i = 0; i < ROWS; i++) {
        vectors.get(i, row);
        for (int j = 0; j < row.length; j++) same(value(state, i, j), row[j]);
      }
    }

    private static void catalog(Path file) {
      TileCatalog catalog = TileCatalog.open(file);
      for (int i = 0; i < ROWS; i++) catalog.record(i);
    }

    private static void exact(Path file) {
      try (ExactIndex index = ExactIndex.load(file)) {
        same((long) ROWS, index.size());
      }
    }

    private static void index(Path file) {
      MetadataIndex index = MetadataIndex.open(file);
      for (int i = 0; i < 20; i++) index.ofProduct(index.entry(i % 2).productId());
    }

    private static void shard(Path file) {
      try (ParquetImageryStore store = ParquetImageryStore.open()) {
        store.fetch(new TileRef(file.toUri(), 1), TileParts.ALL_BANDS);
      }
    }
  }

  @Test
  void neverEndTheProcess() throws Exception {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    Path files = folder.resolve("files");
    write(one, 0);
    write(two, 1);
    write(files, 0);
    Path log = folder.resolve("log");
    Process reader =
        ChildJvm.withMemory(400, 200, 0)
            .builder(Reader.class.getName(), files.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      ChildJvm.withMemory(200, 50, 0)
          .withPatience(Duration.ofMinutes(60))
          .run(
              Changer.class,
              one.toString(),
              two.toString(),
              files.toString(),
              String.valueOf(CHANGES))
          .requireSuccess();
      reader.outputWriter().append("end\n").close();
      assertTrue(reader.waitFor(120, java.util.concurrent.TimeUnit.SECONDS), "no end");
    } finally {
      reader.destroyForcibly();
    }
    String said = Files.readString(log);
    System.out.println(said);
    assertEquals(0, reader.exitValue(), said);
  }
}
