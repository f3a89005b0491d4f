package io.earthembed.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionWriterTest {
  private static final CollectionOptions UNMERGED =
      CollectionOptions.DEFAULTS.withBackgroundMerges(false);

  private final Random random = new Random(3);

  @TempDir Path folder;

  private CollectionWriter open(CollectionOptions options) {
    return CollectionWriter.open(folder, FlatReference.ORIGIN, options);
  }

  private List<TileRecord> tiles(int from, int to) {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = from; i < to; i++) tiles.add(FlatReference.tile("" + i, random));
    return tiles;
  }

  private Vectors vectors(int n) {
    return FlatReference.vectors(n, random);
  }

  private static List<String> ids(CollectionWriter writer) {
    try (Snapshot now = writer.collection().snapshot()) {
      return FlatReference.ids(now.catalog());
    }
  }

  @Test
  void refusesWhatItCannotStoreAndKeepsTheRest() {
    try (CollectionWriter writer = open(UNMERGED)) {
      writer.add(tiles(0, 3), vectors(3));
      for (List<TileRecord> known : List.of(tiles(2, 5), tiles(0, 1))) {
        String message =
            String.valueOf(
                assertThrows(
                        IllegalArgumentException.class,
                        () -> writer.add(known, vectors(known.size())))
                    .getMessage());
        assertTrue(message.contains("has a tile of the id " + known.get(0).id()), message);
      }
      List<TileRecord> twice = List.of(tiles(7, 8).get(0), tiles(7, 8).get(0));
      assertThrows(IllegalArgumentException.class, () -> writer.upsert(twice, vectors(2)));
      assertThrows(IllegalArgumentException.class, () -> writer.add(tiles(8, 9), vectors(2)));
      Vectors other = Vectors.allocate(1, 4);
      assertThrows(IllegalArgumentException.class, () -> writer.add(tiles(8, 9), other));
      Vectors nan = Vectors.of(new float[] {0, Float.NaN, 0});
      assertThrows(IllegalArgumentException.class, () -> writer.add(tiles(8, 9), nan));
      assertEquals(0, writer.remove(List.of("unknown")));
      writer.add(List.of(), Vectors.allocate(0, FlatReference.DIMENSION));
      assertEquals(List.of("0", "1", "2"), ids(writer));
    }
  }

  /** An attribute keeps its type; a removed tile counts until its segment is merged. */
  @Test
  void refusesAnAttributeOfAnotherTypeThanItsTilesHave() {
    try (CollectionWriter writer = open(UNMERGED)) {
      TileRecord whole = withYield(tiles(0, 1).get(0), 3);
      TileRecord fraction = withYield(tiles(1, 2).get(0), 3.5);
      writer.add(List.of(whole, tiles(5, 6).get(0)), vectors(2));
      List<TileRecord> more = List.of(tiles(4, 5).get(0), fraction);
      String message =
          assertThrows(IllegalArgumentException.class, () -> writer.upsert(more, vectors(2)))
              .getMessage();
      assertEquals(
          "attribute yield of tile 1 (row 1) is of type NUMBER, but of type INTEGER in the"
              + " collection",
          message);
      assertEquals(List.of("0", "5"), ids(writer));
      writer.remove(List.of("0"));
      assertThrows(IllegalArgumentException.class, () -> writer.add(more, vectors(2)));
      writer.compact();
      writer.add(more, vectors(2));
      try (Snapshot now = writer.collection().snapshot()) {
        assertEquals(3.5, now.catalog().attribute(2, "yield"));
      }
    }
  }

  private static TileRecord withYield(TileRecord tile, Object value) {
    return tile.withAttributes(Attributes.NONE.with("yield", value));
  }

  @Test
  void keepsTheOrderOfAdditionsAndMovesReplacedTilesToTheEnd() {
    try (CollectionWriter writer = open(UNMERGED)) {
      writer.add(tiles(0, 4), vectors(4));
      writer.upsert(tiles(1, 2), vectors(1));
      writer.add(tiles(4, 5), vectors(1));
      assertEquals(List.of("0", "2", "3", "1", "4"), ids(writer));
      writer.compact();
      assertEquals(List.of("0", "2", "3", "1", "4"), ids(writer));
      try (Snapshot now = writer.collection().snapshot()) {
        assertEquals(1, now.segments());
      }
    }
  }

  @Test
  void isOpenForOneWriterAtATime() {
    CollectionWriter writer = open(UNMERGED);
    String message = assertThrows(EarthEmbedException.class, () -> open(UNMERGED)).getMessage();
    assertEquals(folder + ": another writer has the collection open", message);
    writer.close();
    writer.close();
    open(UNMERGED).close();
    assertThrows(IllegalStateException.class, () -> writer.remove(List.of("1")));
    assertThrows(IllegalStateException.class, writer::compact);
    assertThrows(IllegalStateException.class, () -> writer.collection().snapshot());
  }

  @Test
  void opensOnlyWithItsOwnModelAndMetric() {
    Attribution attribution = new Attribution("Érica\n& Söhne", "CC-BY-4.0", "");
    open(UNMERGED.withAttribution(attribution)).close();
    EmbeddingOrigin other = EmbeddingOrigin.of(new ModelInfo("other", "1", 3));
    assertThrows(
        IllegalArgumentException.class, () -> CollectionWriter.open(folder, other, UNMERGED));
    assertThrows(IllegalArgumentException.class, () -> open(UNMERGED.withMetric(Metric.L2)));
    try (EmbeddingCollection reader = EmbeddingCollection.open(folder);
        Snapshot empty = reader.snapshot()) {
      assertEquals(FlatReference.ORIGIN, empty.origin());
      assertEquals(attribution, empty.attribution());
      assertEquals(0, empty.catalog().size());
      assertEquals(0, empty.index().search(new float[3], 5).size());
    }
  }

  @Test
  void readersFollowAndTheirSnapshotsStay() {
    try (CollectionWriter writer = open(UNMERGED)) {
      writer.add(tiles(0, 3), vectors(3));
      try (EmbeddingCollection reader = EmbeddingCollection.open(folder)) {
        Snapshot before = reader.snapshot();
        assertFalse(reader.refresh());
        writer.remove(List.of("1"));
        writer.add(tiles(3, 5), vectors(2));
        writer.compact(); // removes the files that the snapshot reads
        assertEquals(3, before.catalog().size());
        assertTrue(reader.refresh());
        try (Snapshot after = reader.snapshot()) {
          assertEquals(List.of("0", "2", "3", "4"), FlatReference.ids(after.catalog()));
          assertTrue(after.version() > before.version());
        }
        assertEquals(3, before.index().search(new float[3], 9).size());
        long[] rows = new long[1];
        before.forEachBatch(batch -> rows[0] += batch.rows());
        assertEquals(3, rows[0]);
        before.close();
        before.close();
        assertThrows(IllegalStateException.class, () -> before.index().search(new float[3], 9));
        assertThrows(IllegalStateException.class, () -> before.forEachBatch(batch -> {}));
      }
    }
  }

  @Test
  void addsOfADatasetOnlyWhatItLacks() {
    try (CollectionWriter writer = open(UNMERGED);
        CollectionWriter source =
            CollectionWriter.open(folder.resolve("source"), FlatReference.ORIGIN, UNMERGED)) {
      FlatReference expected = new FlatReference();
      List<TileRecord> tiles = tiles(0, 200);
      Vectors vectors = vectors(200);
      source.add(tiles, vectors);
      writer.add(tiles.subList(70, 140), slice(vectors, 70, 140));
      expected.put(tiles.subList(70, 140), slice(vectors, 70, 140));
      try (Snapshot all = source.collection().snapshot()) {
        assertEquals(130, writer.addMissing(all));
        assertEquals(0, writer.addMissing(all));
      }
      expected.put(tiles.subList(0, 70), slice(vectors, 0, 70));
      expected.put(tiles.subList(140, 200), slice(vectors, 140, 200));
      try (Snapshot now = writer.collection().snapshot()) {
        expected.requireEqual(now, Metric.INNER_PRODUCT, random);
      }
    }
  }

  private static Vectors slice(Vectors vectors, int from, int to) {
    Vectors slice = Vectors.allocate(to - from, vectors.dimension());
    for (int i = from; i < to; i++) slice.set(i - from, vectors.row(i));
    return slice;
  }

  /** Threads add, replace and remove their own tiles while others search. */
  @Test
  void mergesInTheBackgroundWhileThreadsChangeAndSearch() throws Exception {
    CollectionOptions options =
        CollectionOptions.DEFAULTS.withIndexer(ExactIndexer::build).withIndexedRows(50);
    try (CollectionWriter writer = open(options)) {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      AtomicBoolean done = new AtomicBoolean();
      List<Future<?>> changes = new ArrayList<>();
      List<Future<?>> searches = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        int base = 1000 * t;
        changes.add(threads.submit(() -> change(writer, base)));
        searches.add(
            threads.submit(
                () -> {
                  while (!done.get()) {
                    try (Snapshot now = writer.collection().snapshot()) {
                      int n = (int) now.catalog().size();
                      assertEquals(n, now.index().search(new float[3], 1000).size());
                    }
                  }
                }));
      }
      for (Future<?> change : changes) change.get();
      done.set(true);
      for (Future<?> search : searches) search.get();
      threads.shutdown();
      List<String> expected = new ArrayList<>();
      for (int base : new int[] {0, 1000}) {
        for (int i = 0; i < 60; i++) if (i % 3 != 0) expected.add("" + (base + i));
      }
      assertEquals(expected, ids(writer).stream().sorted(BY_NUMBER).toList());
      writer.compact(); // waits for the merge in the background
    }
    try (CollectionWriter writer = open(options);
        Snapshot now = writer.collection().snapshot()) {
      assertEquals(1, now.segments());
      assertEquals(80, now.catalog().size());
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(5, files.count(), "manifest, lock and the files of one segment");
    }
  }

  private static final java.util.Comparator<String> BY_NUMBER =
      java.util.Comparator.comparingInt(Integer::parseInt);

  private static void change(CollectionWriter writer, int base) {
    Random random = new Random(base);
    for (int i = base; i < base + 60; i++) {
      List<TileRecord> tile = List.of(FlatReference.tile("" + i, random));
      writer.add(tile, FlatReference.vectors(1, random));
      if (i % 5 == 0) writer.upsert(tile, FlatReference.vectors(1, random));
      if ((i - base) % 3 == 2) writer.remove(List.of("" + (i - 2)));
    }
  }

  @Test
  void aSearchRunsToItsEndWhenTheCollectionIsClosed() {
    CollectionWriter writer = open(UNMERGED);
    writer.add(tiles(0, 3), vectors(3));
    try (Snapshot open = writer.collection().snapshot()) {
      writer.close();
      assertEquals(3, open.index().search(new float[3], 9).size());
    }
  }

  @Test
  void namesTheFileThatIsDamaged() throws IOException {
    try (CollectionWriter writer = open(UNMERGED)) {
      writer.add(tiles(0, 3), vectors(3));
      writer.remove(List.of("1"));
    }
    List<Path> all;
    try (Stream<Path> files = Files.list(folder)) {
      all = files.filter(file -> !file.endsWith("write.lock")).toList();
    }
    assertEquals(4, all.size());
    for (Path file : all) {
      byte[] bytes = Files.readAllBytes(file);
      for (int at : new int[] {3, bytes.length / 2, bytes.length - 3}) {
        byte[] damaged = bytes.clone();
        damaged[at] ^= 0x10;
        Files.write(file, damaged);
        String message =
            assertThrows(CorruptDataException.class, () -> EmbeddingCollection.open(folder))
                .getMessage();
        assertTrue(message.startsWith(file.toString()), message);
      }
      Files.write(file, bytes);
    }
    EmbeddingCollection.open(folder).close();
  }

  @Test
  void saysThatAFolderHasNoCollection() {
    String message =
        assertThrows(EarthEmbedException.class, () -> EmbeddingCollection.open(folder))
            .getMessage();
    assertEquals(folder + " holds no collection: no collection.manifest", message);
  }
}
