package io.earthembed.benchmarks;

import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.DatasetCompression;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.MetadataIndex;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Times datasets and the metadata index, one line of "name value unit" each, best of five.
 * datasets.py calls it, and times pyarrow in the same run on the same files.
 *
 * <p>Commands: {@code read DIMENSION FILE...}, {@code write ROWS DIMENSION FOLDER}, {@code index
 * FOLDER}.
 */
public final class Datasets {
  private static final int RUNS = 5;

  private Datasets() {}

  private interface Work {
    void run() throws Exception;
  }

  /** Returns the seconds of the fastest of several runs. */
  private static double best(Work work) throws Exception {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
  }

  private static void print(String name, double value, String unit) {
    System.out.printf(Locale.ROOT, "%s\t%.6g\t%s%n", name, value, unit);
  }

  /**
   * Runs a command.
   *
   * @param args see the class
   */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "read" -> read(Integer.parseInt(args[1]), List.of(args).subList(2, args.length));
      case "write" -> write(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Path.of(args[3]));
      case "index" -> index(Path.of(args[1]));
      default -> throw new IllegalArgumentException("no such command: " + args[0]);
    }
  }

  private static void read(int dimension, List<String> files) throws Exception {
    ModelInfo model = new ModelInfo("benchmark", "1", dimension);
    for (String file : files) {
      Path path = Path.of(file);
      String name = String.valueOf(path.getFileName()).replace(".parquet", "");
      GeoParquetDataset dataset = GeoParquetDataset.open(path, model);
      Vectors target = Vectors.allocate(dataset.catalog().size(), dimension);
      dataset.read(target); // the pages of target and file are in memory by now
      print(name + " read into memory that is there", best(() -> dataset.read(target)), "s");
      if (name.equals("none")) {
        long bytes = 4L * dimension * target.rows();
        print("mmap copy of as many bytes", best(() -> copy(path, target, bytes)), "s");
        print(name + " read into new memory", best(() -> dataset.vectors().rows()), "s");
        print(
            "mmap copy into new memory",
            best(() -> copy(path, Vectors.allocate(target.rows(), dimension), bytes)),
            "s");
      }
      double[] sum = {0};
      print(
          name + " in batches",
          best(() -> dataset.forEachBatch(batch -> sum[0] += batch.chunk(0).get(0))),
          "s");
    }
  }

  /** Copies the matrix's number of bytes from a mapping of the file to its memory. */
  private static void copy(Path file, Vectors target, long bytes) throws Exception {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long at = 0;
      for (int c = 0; c < target.chunkCount(); c++) {
        long n = Math.min(4L * target.chunk(c).remaining(), bytes - at);
        ByteBuffer from =
            channel.map(FileChannel.MapMode.READ_ONLY, at, n).order(ByteOrder.nativeOrder());
        target.chunk(c).put(from.asFloatBuffer());
        at += n;
      }
    }
  }

  private static void write(int rows, int dimension, Path folder) throws Exception {
    Random random = new Random(1);
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    List<EmbeddedTile> tiles = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < dimension; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
      tiles.add(
          new EmbeddedTile(
              new TileRecord(
                  "id-" + i,
                  new GridCell(i % 800, i % 1000),
                  "S2A_MSIL2A_20221115T161819_" + i / 100,
                  Instant.ofEpochSecond(1_600_000_000L),
                  new GeoPoint(46, -3),
                  Float.NaN,
                  new TileRef(URI.create("https://example.org/part_" + i / 500), i % 500)),
              null));
    }
    vectors.normalize();
    ModelInfo model = new ModelInfo("benchmark", "1", dimension);
    for (DatasetCompression compression : DatasetCompression.values()) {
      GeoParquetSink sink = new GeoParquetSink(folder, model, compression);
      String name = "written-" + compression;
      print(name, best(() -> sink.write(name, tiles, vectors)), "s");
      print(name + " size", Files.size(folder.resolve(name + ".parquet")), "bytes");
    }
  }

  /**
   * Indexes as many tiles as MajorTOM's Core-S2L2A has, for several numbers of tiles per product.
   */
  private static void index(Path folder) throws Exception {
    index(folder, 60, "");
    index(folder, 1, ", a product for each tile");
  }

  private static void index(Path folder, int tilesOfProduct, String how) throws Exception {
    int tiles = 2_245_886;
    Random random = new Random(2);
    MetadataIndex.Builder builder = MetadataIndex.builder();
    GridCell[] cells = new GridCell[tiles];
    String[] products = new String[tiles / tilesOfProduct + 1];
    for (int p = 0; p < products.length; p++) {
      products[p] =
          String.format(
              Locale.ROOT,
              "S2A_MSIL2A_20221115T161819_N0400_R%03d_T%07d_20221116T000000",
              p % 143,
              p);
    }
    for (int i = 0; i < tiles; i++) {
      cells[i] = new GridCell(i % 1893 - 946, i / 1893 * 3 - 1800);
      builder.add(
          cells[i],
          products[i / tilesOfProduct],
          new TileRef(
              URI.create("https://example.org/images/part_" + (i / 500) + ".parquet"), i % 500));
    }
    Path file = folder.resolve("metadata-" + tilesOfProduct + ".index");
    builder.build().save(file);
    print("index file" + how, Files.size(file), "bytes");
    double open = best(() -> MetadataIndex.open(file).size());
    print("index opened, checksums verified" + how, open, "s");
    MetadataIndex index = MetadataIndex.open(file);
    int lookups = 1_000_000;
    int[] which = random.ints(lookups, 0, tiles).toArray();
    int[] found = {0};
    double seconds =
        best(
            () -> {
              for (int i : which) {
                if (index.indexOf(cells[i], products[i / tilesOfProduct]) >= 0) found[0]++;
              }
            });
    if (found[0] != RUNS * lookups) throw new IllegalStateException("not all were found");
    print("index look-up at random" + how, seconds / lookups * 1e6, "us");
    double whole =
        best(
            () -> {
              for (int i : which) {
                if (index.find(cells[i], products[i / tilesOfProduct]).isPresent()) found[0]++;
              }
            });
    print("index look-up with its reference made" + how, whole / lookups * 1e6, "us");
  }
}
