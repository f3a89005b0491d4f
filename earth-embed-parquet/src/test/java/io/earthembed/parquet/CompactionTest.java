package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.GeoReference;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files of a dataset are merged; interruptions and concurrent readers lose nothing. */
class CompactionTest {
  private static final long MEBIBYTE = 1 << 20;

  @TempDir Path folder;

  private static ModelInfo model(int dimension) {
    return new ModelInfo("model", "2", dimension);
  }

  private static EmbeddingOrigin origin(int dimension, int part) {
    return EmbeddingOrigin.of(model(dimension))
        .withCrops("TRUE_COLOUR, centre 384")
        .withSource("https://example.com/" + part);
  }

  private static EmbeddedTile tile(Random random, String id) {
    if (random.nextInt(6) == 0) {
      return new EmbeddedTile(new TileRecord(id, null, null, null, null, Float.NaN, null), null);
    }
    GeoPoint center = new GeoPoint(48.1, 9.5 + random.nextDouble());
    TileRecord record =
        new TileRecord(
            id,
            MajorTomGrid.CORE.cellOf(center),
            random.nextBoolean() ? "prodüct" : null,
            Instant.ofEpochSecond(1_700_000_000 + random.nextInt(1_000_000)),
            center,
            random.nextInt(101),
            new TileRef(URI.create("https://example.com/a.parquet"), random.nextInt(50)));
    double east = 500_000 + (center.longitude() - 9) * 74_000;
    GeoReference reference = new GeoReference(32632, east, 5_330_000, 10);
    return new EmbeddedTile(record, new CropFootprint(0, 0, 384, 384, reference));
  }

  /** Writes parts of up to {@code most} rows, some of them without rows. */
  private static GeoParquetSink write(
      Path folder, long seed, int parts, int most, int dimension, DatasetCompression compression) {
    Random random = new Random(seed);
    GeoParquetSink sink = new GeoParquetSink(folder, model(dimension), compression);
    for (int part = 0; part < parts; part++) {
      int rows = random.nextInt(most + 1);
      List<EmbeddedTile> tiles = new ArrayList<>();
      Vectors vectors = Vectors.allocate(rows, dimension);
      float[] row = new float[dimension];
      for (int i = 0; i < rows; i++) {
        tiles.add(tile(random, "tile-" + part + "-" + i));
        for (int d = 0; d < dimension; d++) row[d] = (float) random.nextGaussian();
        vectors.set(i, row);
      }
      sink.write(name(part), origin(dimension, part), tiles, vectors);
    }
    return sink;
  }

  private static String name(int part) {
    return String.format("part-%05d-0123abcd", part);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".parquet"))
          .sorted()
          .toList();
    }
  }

  /** Everything that a reader gets, in order. */
  private static List<String> rows(Path folder) {
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    Vectors vectors = dataset.vectors();
    List<String> rows = new ArrayList<>();
    float[] row = new float[vectors.dimension()];
    for (long i = 0; i < dataset.catalog().size(); i++) {
      vectors.get(i, row);
      rows.add(dataset.catalog().record(i) + " " + Arrays.toString(row));
    }
    return rows;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) Files.copy(file, to.resolve(file.getFileName()));
    }
  }

  @Test
  void mergedFilesHaveTheSameRowsPartsAndFailures() throws Exception {
    GeoParquetSink sink = write(folder, 1, 9, 7, 5, DatasetCompression.NONE);
    TileRecord lost = new TileRecord("lost", null, null, null, null, Float.NaN, null);
    sink.recordFailures(
        name(3), List.of(new FailedTile(lost, new EarthEmbedException("no bytes"))));
    List<String> before = rows(folder);
    Set<String> parts = sink.parts();
    Map<String, Set<String>> ids = new TreeMap<>();
    for (String part : parts) ids.put(part, sink.ids(Set.of(part), origin(5, 0)));

    assertEquals(8, sink.compact(MEBIBYTE));

    assertEquals(List.of("part-00000-0123abcd.compacted.parquet"), names(folder));
    assertEquals(before, rows(folder));
    assertEquals(parts, sink.parts());
    for (String part : parts) {
      assertEquals(ids.get(part), sink.ids(Set.of(part), origin(5, 0)), part);
      sink.require(part, origin(5, 0));
    }
    assertTrue(Files.exists(folder.resolve(name(3) + ".failed.jsonl")));
    Path merged = folder.resolve(names(folder).get(0));
    String geo = Footer.read(new FileRanges(merged, new Counters()), 1 << 16).metadata().get("geo");
    JsonObject place =
        new Gson()
            .fromJson(geo, JsonObject.class)
            .getAsJsonObject("columns")
            .getAsJsonObject("geometry");
    assertEquals("[\"Polygon\"]", place.get("geometry_types").toString());
    double west = place.getAsJsonArray("bbox").get(0).getAsDouble();
    double east = place.getAsJsonArray("bbox").get(2).getAsDouble();
    assertTrue(west > 9.4 && west < 9.7 && east > 10.3 && east < 10.6, geo);
    EmbeddingOrigin joined = GeoParquetDataset.open(folder).origin();
    assertEquals("TRUE_COLOUR, centre 384", joined.crops());
    EarthEmbedException held =
        assertThrows(
            EarthEmbedException.class,
            () -> sink.write(name(4), origin(5, 0), List.of(), Vectors.allocate(0, 5)));
    assertTrue(held.getMessage().contains("since a compaction"), held.getMessage());
    assertEquals(0, sink.compact(MEBIBYTE), "there is nothing left to merge");

    // The next night's part joins the merged file.
    Vectors one = Vectors.allocate(1, 5);
    one.set(0, new float[] {1, 2, 3, 4, 5});
    sink.write("part-00009-0123abcd", origin(5, 9), List.of(tile(new Random(3), "new")), one);
    List<String> grown = rows(folder);
    assertEquals(before.size() + 1, grown.size());
    assertEquals(1, sink.compact(MEBIBYTE));
    assertEquals(grown, rows(folder));
    assertEquals(10, sink.parts().size());
  }

  @Test
  void rowGroupsAndFilesStayInTheirLimits() throws Exception {
    GeoParquetSink sink = write(folder, 2, 40, 9, 16, DatasetCompression.ZSTD);
    List<String> before = rows(folder);
    long file = Files.size(folder.resolve(names(folder).get(0)));
    int fewer = sink.compact(5 * file);
    List<String> names = names(folder);
    assertEquals(40 - fewer, names.size());
    assertTrue(names.size() < 20 && names.size() > 4, names.toString());
    for (String name : names) assertTrue(Files.size(folder.resolve(name)) <= 5 * file, name);
    assertEquals(before, rows(folder));

    new DatasetCompaction(folder, model(16), MEBIBYTE, 20, () -> {}).run();
    assertEquals(1, names(folder).size());
    List<Long> groups =
        Footer.read(new FileRanges(folder.resolve(names(folder).get(0)), new Counters()), 1 << 16)
            .rowGroups()
            .stream()
            .map(Footer.Group::rows)
            .toList();
    assertTrue(groups.size() > 5, groups.toString());
    assertEquals(before, rows(folder));
  }

  @Test
  void filesThatDoNotFitStay() throws Exception {
    Path other = folder.resolve("other");
    write(other, 3, 3, 4, 5, DatasetCompression.ZSTD);
    Path data = folder.resolve("data");
    GeoParquetSink sink = write(data, 4, 2, 4, 5, DatasetCompression.NONE);
    for (String name : names(other)) Files.copy(other.resolve(name), data.resolve("q" + name));
    // Two of no compression, then three of Zstandard.
    List<String> before = rows(data);
    assertEquals(3, sink.compact(MEBIBYTE));
    assertEquals(
        List.of("part-00000-0123abcd.compacted.parquet", "qpart-00000-0123abcd.compacted.parquet"),
        names(data));
    assertEquals(before, rows(data));

    GeoParquetSink third = new GeoParquetSink(data, new ModelInfo("third", "1", 5));
    EarthEmbedException model =
        assertThrows(EarthEmbedException.class, () -> third.compact(MEBIBYTE));
    assertTrue(model.getMessage().contains("was made by"), model.getMessage());
    assertEquals(before, rows(data));
    assertThrows(IllegalArgumentException.class, () -> sink.compact(0));
  }

  @Test
  void anInterruptionAtAnyStepLosesAndDoublesNothing() throws Exception {
    Path original = folder.resolve("original");
    write(original, 5, 7, 5, 6, DatasetCompression.NONE);
    List<String> expected = rows(original);
    Set<String> parts = new GeoParquetSink(original, model(6)).parts();
    int step = 0;
    for (boolean done = false; !done; step++) {
      Path copy = folder.resolve("copy-" + step);
      copy(original, copy);
      int at = step;
      AtomicInteger passed = new AtomicInteger();
      Runnable interruption =
          () -> {
            if (passed.getAndIncrement() == at) throw new IllegalStateException("interrupted");
          };
      DatasetCompaction compaction =
          new DatasetCompaction(copy, model(6), MEBIBYTE, 100, interruption);
      try {
        compaction.run();
        done = true;
      } catch (IllegalStateException e) {
        assertEquals("interrupted", e.getMessage());
      }
      assertEquals(expected, rows(copy), "after step " + step);
      List<Path> files = GeoParquetDataset.files(copy);
      GeoParquetSink sink = new GeoParquetSink(copy, model(6));
      assertEquals(parts, sink.parts(), "after step " + step);
      // Opening the sink has removed what was replaced, for programs that list the files.
      assertEquals(files.stream().map(file -> file.getFileName().toString()).toList(), names(copy));
      sink.compact(MEBIBYTE);
      assertEquals(1, names(copy).size());
      assertEquals(expected, rows(copy), "repeated after step " + step);
    }
    assertTrue(step > 7, step + " steps");
  }

  @Test
  void readersSeeTheOldOrTheNewFiles() throws Exception {
    Path data = folder.resolve("data");
    int rounds = 12;
    GeoParquetSink sink = write(data, 6, 1, 4, 4, DatasetCompression.NONE);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger opened = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              long most = 0;
              try {
                while (!stop.get()) {
                  var catalog = GeoParquetDataset.open(data).catalog();
                  Set<String> ids = new HashSet<>();
                  for (long i = 0; i < catalog.size(); i++) ids.add(catalog.id(i));
                  assertEquals(catalog.size(), ids.size(), "no row twice");
                  assertTrue(catalog.size() >= most, "no row lost: " + catalog.size());
                  most = catalog.size();
                  opened.incrementAndGet();
                }
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    reader.start();
    Random random = new Random(8);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < 5; i++) {
        int part = 100 + 5 * round + i;
        Vectors one = Vectors.allocate(1, 4);
        one.set(0, new float[] {part, 0, 0, 1});
        sink.write(name(part), origin(4, 0), List.of(tile(random, "id-" + part)), one);
      }
      sink.compact(MEBIBYTE);
    }
    stop.set(true);
    reader.join();
    if (failure.get() != null) throw new AssertionError(failure.get());
    assertTrue(opened.get() > 1, opened + " times opened");
    assertEquals(1, names(data).size());
  }

  @Test
  void oneCompactionRunsAtATime() throws Exception {
    GeoParquetSink sink = write(folder, 7, 3, 3, 4, DatasetCompression.NONE);
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(".compaction.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertTrue(lock.isValid());
      EarthEmbedException running =
          assertThrows(EarthEmbedException.class, () -> sink.compact(MEBIBYTE));
      assertTrue(running.getMessage().contains("another compaction is running"));
    }
    assertEquals(2, sink.compact(MEBIBYTE));
  }

  @Test
  void aPipelineFindsWhatIsEmbeddedInMergedFiles() throws Exception {
    Path shards = Files.createDirectories(folder.resolve("shards"));
    try (ShardWriter writer = new ShardWriter(shards.resolve("part_0.parquet"))) {
      for (int i = 0; i < 20; i++) writer.add(KilledRunTest.tile(i));
      writer.finish();
    }
    Path out = folder.resolve("out");
    long embedded = KilledRun.embed(shards, out, 0).embedded();
    assertEquals(19, embedded); // tile 11 cannot be embedded
    for (String name : List.of("one", "two")) {
      List<String> before = rows(out.resolve(name));
      assertEquals(
          6, new GeoParquetSink(out.resolve(name), new ModelInfo(name, "1", 9)).compact(MEBIBYTE));
      assertEquals(before, rows(out.resolve(name)));
    }
    var again = KilledRun.embed(shards, out, 0);
    assertEquals(0, again.embedded());
    assertEquals(20, again.resumed());
    assertEquals(1, names(out.resolve("one")).size());
  }

  @Test
  void pyarrowAndDuckDbReadTheSameRows() throws Exception {
    int cases = Integer.getInteger("earthembed.compactions", 12);
    Random random = new Random(9);
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/compaction_peer.py"))) {
      for (int i = 0; i < cases; i++) {
        long seed = random.nextLong();
        Path data = folder.resolve("case-" + i);
        int parts = 2 + random.nextInt(12);
        int dimension = 1 + random.nextInt(70);
        DatasetCompression compression = DatasetCompression.values()[random.nextInt(2)];
        GeoParquetSink sink =
            write(data, seed, parts, 1 + random.nextInt(40), dimension, compression);
        String message = "case " + i + ", seed " + seed;
        JsonObject before = new Gson().fromJson(peer.ask(data.toString()), JsonObject.class);
        long groupRows = 1 + random.nextInt(100);
        new DatasetCompaction(data, model(dimension), MEBIBYTE, groupRows, () -> {}).run();
        JsonObject after = new Gson().fromJson(peer.ask(data.toString()), JsonObject.class);
        assertTrue(names(data).size() < parts, message);
        int groups = after.remove("groups").getAsInt();
        assertTrue(groups <= before.remove("groups").getAsInt(), message);
        assertEquals(before, after, message);
        if (parts > 6) assertFalse(after.getAsJsonArray("covered").isEmpty(), message);
        assertFalse(after.get("rows").getAsInt() == 0, message);
        assertArrayEquals(
            sink.parts().stream().sorted().toArray(),
            Stream.iterate(0, n -> n + 1).limit(parts).map(CompactionTest::name).toArray(),
            message);
      }
    }
  }
}
