package io.earthembed.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.TilePicture;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Acquisition;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.pipeline.SmallWorld.Adder;
import io.earthembed.pipeline.SmallWorld.Sink;
import io.earthembed.pipeline.SmallWorld.Store;
import io.earthembed.pipeline.SmallWorld.Written;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EmbeddingPipelineTest {
  private final Store store = new Store();
  private final Adder adder = new Adder("adder");
  private final Sink sink = new Sink();

  private static EmbeddingTarget target(Adder encoder, Crops crops, EmbeddingSink sink) {
    return new EmbeddingTarget(encoder, TilePicture.TRUE_COLOR, crops, sink);
  }

  private EmbeddingPipeline pipeline(Crops crops) {
    return EmbeddingPipeline.of(store, List.of(target(adder, crops, sink)));
  }

  /** Computes the expected rows in a plain loop. */
  private static List<String> expected(int tiles, Crops crops, Set<Integer> without) {
    Store store = new Store();
    Adder adder = new Adder("adder");
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < tiles; i++) {
      if (without.contains(i)) continue;
      TileRecord record = SmallWorld.record(i);
      TileRef source = Objects.requireNonNull(record.source());
      Tile tile = store.fetch(source, TileParts.TRUE_COLOR);
      Raster picture = tile.trueColor();
      for (Fragment square : crops.of(SmallWorld.SIDE, SmallWorld.SIDE)) {
        Raster cut = square.cut(picture);
        TileRecord at =
            new TileRecord(
                crops.id(record.id(), square),
                record.cell(),
                record.productId(),
                record.timestamp(),
                square.center(Objects.requireNonNull(picture.reference())),
                record.cloudCover(),
                source,
                record.attributes());
        CropFootprint footprint =
            new CropFootprint(
                square.row(),
                square.column(),
                square.size(),
                square.size(),
                Objects.requireNonNull(cut.reference()));
        rows.add(
            new EmbeddedTile(at, footprint)
                + " "
                + Arrays.toString(adder.encode(List.of(cut)).row(0)));
      }
    }
    return rows;
  }

  @Property(tries = 60)
  void makesWhatALoopMakes(
      @ForAll @IntRange(max = 60) int tiles,
      @ForAll @IntRange(min = 1, max = 25) int partSize,
      @ForAll @IntRange(min = 1, max = 20) int batchSize,
      @ForAll @IntRange(min = 1, max = 9) int readers,
      @ForAll @IntRange(min = 1, max = 20_000) int readAhead,
      @ForAll boolean fragments,
      @ForAll @UniqueElements @Size(max = 8) Set<@IntRange(max = 59) Integer> broken) {
    Crops crops = fragments ? Crops.fragments(8) : Crops.center(8);
    Sink written = new Sink();
    Store flaky = new Store();
    flaky.broken.addAll(broken);
    EmbeddingPipeline.Report report =
        EmbeddingPipeline.builder(flaky, List.of(target(new Adder("adder"), crops, written)))
            .partSize(partSize)
            .batchSize(batchSize)
            .readers(readers)
            .readAhead(readAhead)
            .maxFailures(8)
            .build()
            .run(SmallWorld.records(tiles));
    assertEquals(expected(tiles, crops, broken), written.rows());
    int failed = (int) broken.stream().filter(i -> i < tiles).count();
    assertEquals(failed, report.failures().size());
    assertEquals(tiles - failed, report.embedded());
    assertEquals((tiles + partSize - 1) / partSize, written.parts.size());
    assertEquals(tiles, flaky.fetched.get());
    assertEquals(failed, written.failures.values().stream().mapToInt(List::size).sum(), "recorded");
  }

  /** An encoder that asks for time and place, and keeps what it was told. */
  private record Asking(Adder adder, Set<Acquisition> told) implements Encoder<Raster> {
    @Override
    public ModelInfo model() {
      return adder.model();
    }

    @Override
    public List<String> assumptions(Raster crop) {
      return crop.acquisition().center() == null ? List.of("place unknown: zeros") : List.of();
    }

    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      for (Raster crop : inputs) told.add(crop.acquisition());
      return adder.encode(inputs);
    }

    @Override
    public void close() {}
  }

  @Test
  void passesOnWhatArchiveAndRecordsKnow() {
    Asking asking = new Asking(new Adder("asking"), new HashSet<>());
    Crops grid = Crops.fragments(10);
    EmbeddingTarget bands = new EmbeddingTarget(asking, TilePicture.ALL_BANDS, grid, new Sink());
    TileRecord record = SmallWorld.record(3);
    assertEquals(
        Map.of(), EmbeddingPipeline.of(store, List.of(bands)).run(List.of(record)).assumptions());
    Set<GeoPoint> centers = new HashSet<>();
    for (Fragment square : grid.of(SmallWorld.SIDE, SmallWorld.SIDE)) {
      centers.add(square.center(new GeoReference(32631, 500_600, 1_000_000, 10)));
    }
    assertEquals(4, centers.size());
    Set<Acquisition> expected = new HashSet<>();
    for (GeoPoint center : centers) expected.add(new Acquisition(record.timestamp(), center, 10));
    assertEquals(expected, asking.told);

    // A thumbnail has no georeference, so only the middle of it lies where the record says.
    asking.told.clear();
    EmbeddingTarget middle =
        new EmbeddingTarget(asking, TilePicture.THUMBNAIL, Crops.center(10), new Sink());
    assertEquals(
        Map.of(), EmbeddingPipeline.of(store, List.of(middle)).run(List.of(record)).assumptions());
    assertEquals(
        Set.of(new Acquisition(record.timestamp(), record.center(), Double.NaN)), asking.told);
    EmbeddingTarget parts = new EmbeddingTarget(asking, TilePicture.THUMBNAIL, grid, new Sink());
    assertEquals(
        Map.of("place unknown: zeros", 4L),
        EmbeddingPipeline.of(store, List.of(parts)).run(List.of(record)).assumptions());
  }

  @Test
  void feedsSeveralModelsInOnePass() {
    Sink other = new Sink();
    store.pauseMillis = 1;
    EmbeddingPipeline.builder(
            store,
            List.of(
                target(adder, Crops.center(12), sink),
                target(new Adder("other"), Crops.fragments(9), other)))
        .partSize(16)
        .batchSize(5)
        .build()
        .run(SmallWorld.records(40));
    assertEquals(40, store.fetched.get(), "each tile is read once");
    assertEquals(expected(40, Crops.center(12), Set.of()), sink.rows());
    assertEquals(expected(40, Crops.fragments(9), Set.of()), other.rows());
    assertEquals("other", other.parts.values().iterator().next().origin().model().name());
    // A sink that joins later gets the parts that it lacks; the other sink is not touched.
    Sink late = new Sink();
    EmbeddingPipeline.Report report =
        EmbeddingPipeline.builder(
                store,
                List.of(
                    target(adder, Crops.center(12), sink),
                    target(new Adder("late"), Crops.center(4), late)))
            .partSize(16)
            .build()
            .run(SmallWorld.records(40));
    assertEquals(40, report.embedded());
    assertEquals(expected(40, Crops.center(4), Set.of()), late.rows());
  }

  @Test
  void goesOnWhereItStopped() {
    sink.room = 3;
    EmbeddingPipeline pipeline =
        pipeline(Crops.center(8)).toBuilder().partSize(10).batchSize(4).build();
    assertThrows(CorruptDataException.class, () -> pipeline.run(SmallWorld.records(75)));
    assertEquals(3, sink.parts.size());
    sink.room = Integer.MAX_VALUE;
    sink.parts.remove(sink.parts.keySet().iterator().next());
    int before = store.fetched.get();
    List<EmbeddingProgress> seen = new ArrayList<>();
    EmbeddingPipeline.Report report =
        pipeline.toBuilder().detailedProgress(seen::add).build().run(SmallWorld.records(75));
    assertEquals(20, report.resumed());
    assertEquals(55, report.embedded());
    assertEquals(55, store.fetched.get() - before, "what is there is not read again");
    assertEquals(expected(75, Crops.center(8), Set.of()), sink.rows());
    EmbeddingProgress last = seen.get(seen.size() - 1);
    assertEquals(75, last.done());
    assertEquals(75, last.total());
    assertEquals(20, last.resumed());
    assertEquals(0, Objects.requireNonNull(last.timeLeft()).toMillis());
    EmbeddingPipeline.Report again = pipeline.run(SmallWorld.records(75));
    assertEquals(75, again.resumed());
    assertEquals(0, again.embedded());
  }

  @Test
  void refusesPartsOfOtherWork() {
    EmbeddingPipeline pipeline = pipeline(Crops.center(8)).toBuilder().partSize(10).build();
    pipeline.run(SmallWorld.records(30));
    List<String> rows = sink.rows();
    for (EmbeddingPipeline other :
        List.of(
            pipeline.toBuilder().partSize(11).build(),
            pipeline(Crops.center(9)).toBuilder().partSize(10).build(),
            EmbeddingPipeline.builder(
                    store, List.of(target(new Adder("other"), Crops.center(8), sink)))
                .partSize(10)
                .build())) {
      assertThrows(EarthEmbedException.class, () -> other.run(SmallWorld.records(30)));
    }
    EarthEmbedException fewer =
        assertThrows(EarthEmbedException.class, () -> pipeline.run(SmallWorld.records(20)));
    assertTrue(fewer.getMessage().contains("part-00002"), fewer.getMessage());
    assertThrows(
        EarthEmbedException.class, () -> pipeline.run(SmallWorld.records(31).subList(1, 31)));
    assertEquals(rows, sink.rows());
    // Under another name there is room beside them.
    pipeline.toBuilder().partName("more").build().run(SmallWorld.records(45).subList(30, 45));
    assertEquals(5, sink.parts.size());
  }

  /** As in the guide: the list has grown, and its parts have another name. */
  @Test
  void addsWhatTheSinkLacks() {
    for (Crops crops : List.of(Crops.center(8), Crops.fragments(8))) {
      Sink grown = new Sink();
      EmbeddingPipeline pipeline =
          EmbeddingPipeline.builder(store, List.of(target(adder, crops, grown)))
              .partSize(10)
              .build();
      pipeline.run(SmallWorld.records(25));
      int before = store.fetched.get();
      // The new ones among the old ones, and some twice.
      List<TileRecord> longer = new ArrayList<>(SmallWorld.records(48));
      Collections.shuffle(longer, new Random(1));
      longer.addAll(longer.subList(10, 30));
      grown.room = grown.parts.size() + 1;
      EmbeddingPipeline more = pipeline.toBuilder().partName("more").build();
      assertThrows(CorruptDataException.class, () -> more.run(longer));
      grown.room = Integer.MAX_VALUE;
      List<EmbeddingProgress> seen = new ArrayList<>();
      EmbeddingPipeline.Report report =
          more.toBuilder().detailedProgress(seen::add).build().run(longer);
      assertEquals(23 - 10, report.embedded());
      assertEquals(25 + 10 + 20, report.resumed());
      assertEquals(48 + 20, seen.get(seen.size() - 1).done());
      assertTrue(store.fetched.get() - before <= 23 + 23, "what is there is not read again");
      assertEquals(
          new TreeSet<>(expected(48, crops, Set.of())), new TreeSet<>(grown.rows()), "all rows");
      assertEquals(expected(48, crops, Set.of()).size(), grown.rows().size(), "each once");
      assertEquals(0, more.run(longer).embedded());
      assertEquals(0, pipeline.toBuilder().partName("third").build().run(longer).embedded());
      assertEquals(48 / 10 + 2, grown.parts.size(), "no empty parts");
    }
  }

  /** Each of several sinks gets the parts that it lacks. */
  @Test
  void addsToEachSinkWhatItLacks() {
    Sink other = new Sink();
    EmbeddingPipeline both =
        EmbeddingPipeline.of(
            store,
            List.of(
                target(adder, Crops.center(8), sink),
                target(new Adder("other"), Crops.center(9), other)));
    pipeline(Crops.center(8)).toBuilder().partName("early").build().run(SmallWorld.records(15));
    EmbeddingPipeline.Report report =
        both.toBuilder().partSize(7).build().run(SmallWorld.records(20));
    assertEquals(20, report.embedded());
    assertEquals(expected(20, Crops.center(8), Set.of()), sink.rows());
    assertEquals(expected(20, Crops.center(9), Set.of()), other.rows());
    assertEquals(20, both.toBuilder().partSize(7).build().run(SmallWorld.records(20)).resumed());
  }

  /** Embeddings of another model or of other crops are refused, not added as missing ones. */
  @Test
  void refusesToAddToWhatWasMadeOtherwise() {
    pipeline(Crops.center(8)).run(SmallWorld.records(15));
    assertThrows(
        EarthEmbedException.class,
        () ->
            pipeline(Crops.center(9)).toBuilder()
                .partName("more")
                .build()
                .run(SmallWorld.records(20)));
    assertEquals(1, sink.parts.size());
  }

  @Test
  void tellsOfBlankCropsAndCanLeaveThemOut() {
    store.black.addAll(List.of(3, 4, 17));
    List<EmbeddingProgress> seen = new ArrayList<>();
    adder.acceptsBlack = true;
    EmbeddingPipeline pipeline = pipeline(Crops.center(8)).toBuilder().partSize(10).build();
    EmbeddingPipeline.Report kept =
        pipeline.toBuilder().detailedProgress(seen::add).build().run(SmallWorld.records(30));
    List<String> blank = kept.blank().stream().map(TileRecord::id).toList();
    assertEquals(List.of("tile-3", "tile-4", "tile-17"), blank);
    assertEquals(30, kept.embedded());
    assertEquals(30, sink.rows().size());
    EmbeddingProgress last = seen.get(seen.size() - 1);
    assertEquals(3, last.blank());
    assertTrue(last.toString().endsWith(", 3 blank"), last.toString());
    // A set without them is another set.
    assertThrows(
        EarthEmbedException.class,
        () -> pipeline.toBuilder().skipBlankCrops(true).build().run(SmallWorld.records(30)));
    for (Crops crops : List.of(Crops.center(8), Crops.fragments(8))) {
      Sink without = new Sink();
      EmbeddingPipeline.Report left =
          EmbeddingPipeline.builder(store, List.of(target(adder, crops, without)))
              .partSize(10)
              .skipBlankCrops(true)
              .build()
              .run(SmallWorld.records(30));
      assertEquals(27, left.embedded());
      assertEquals(0, left.failures().size());
      assertEquals(3 * crops.of(SmallWorld.SIDE, SmallWorld.SIDE).size(), left.blank().size());
      assertEquals(expected(30, crops, Set.of(3, 4, 17)), without.rows());
    }
  }

  /** One different pixel in one channel makes a crop not blank. */
  @Test
  void knowsWhatIsBlank() {
    for (SampleType type : SampleType.values()) {
      Raster raster = Raster.allocate(5, 4, 3, type);
      TileRecord tile = SmallWorld.record(1);
      assertTrue(new PartBuilder.Crop(tile, raster, new EmbeddedTile(tile, null)).isBlank());
      for (int i = 0; i < 20; i++) {
        raster.set(i / 4, i % 4, 0, 7);
        raster.set(i / 4, i % 4, 2, 1);
      }
      assertTrue(new PartBuilder.Crop(tile, raster, new EmbeddedTile(tile, null)).isBlank());
      for (int i = 0; i < 20; i++) {
        raster.set(i / 4, i % 4, i % 3, 9);
        assertFalse(new PartBuilder.Crop(tile, raster, new EmbeddedTile(tile, null)).isBlank());
        raster.set(i / 4, i % 4, i % 3, i % 3 == 0 ? 7 : i % 3 == 1 ? 0 : 1);
      }
    }
    Raster pixel = Raster.allocate(1, 1, 3, SampleType.UINT8);
    TileRecord tile = SmallWorld.record(1);
    assertFalse(new PartBuilder.Crop(tile, pixel, new EmbeddedTile(tile, null)).isBlank());
  }

  @Test
  void leavesOutAsManyTilesAsItMay() {
    store.broken.addAll(List.of(3, 17));
    EmbeddingPipeline pipeline = pipeline(Crops.center(8)).toBuilder().partSize(10).build();
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> pipeline.toBuilder().maxFailures(1).build().run(SmallWorld.records(30)));
    assertTrue(e.getMessage().contains("2 tiles failed"), e.getMessage());
    assertTrue(e.getMessage().contains("part_1.parquet#17"), e.getMessage());
    assertEquals(2, sink.failures.size(), "those of the part that was not completed too");
    assertEquals(1, sink.parts.size(), "what was complete is written");
    store.broken.remove(17);
    EmbeddingPipeline.Report report = pipeline.run(SmallWorld.records(30));
    assertEquals(0, report.failures().size());
    assertEquals(1, sink.failures.size(), "the list of a part that has all its tiles is gone");
    assertEquals(expected(30, Crops.center(8), Set.of(3)), sink.rows());
  }

  @Test
  void leavesOutWholeTilesThatAnEncoderRefuses() {
    // Some fragments of a tile may have been encoded when another is refused.
    adder.refuseBelow = 4;
    EmbeddingPipeline.Report report =
        pipeline(Crops.fragments(8)).toBuilder()
            .batchSize(7)
            .maxFailures(100)
            .build()
            .run(SmallWorld.records(100));
    int refused = report.failures().size();
    assertTrue(refused > 0 && refused < 50, refused + " refused");
    assertTrue(String.valueOf(report.failures().get(0).reason().getMessage()).contains("too dark"));
    Set<Integer> without = new java.util.HashSet<>();
    for (FailedTile failure : report.failures()) {
      without.add(Objects.requireNonNull(failure.tile().source()).rowGroup());
    }
    assertEquals(expected(100, Crops.fragments(8), without), sink.rows());
    assertEquals(100 - refused, report.embedded());
  }

  @Test
  void noticesThatAnotherTileLiesThere() {
    TileRecord r = SmallWorld.record(4);
    TileRecord wrong =
        new TileRecord(
            r.id(),
            SmallWorld.record(5).cell(),
            r.productId(),
            r.timestamp(),
            r.center(),
            r.cloudCover(),
            r.source());
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class, () -> pipeline(Crops.center(8)).run(List.of(wrong)));
    assertTrue(e.getMessage().contains(wrong.cell().name()), e.getMessage());
  }

  /** Even with a slow encoder, read-ahead does not exceed its limit. */
  @Test
  void holdsReadersBack() {
    for (int readAhead : List.of(1 << 20, 3 * 8 * 8 * 3)) {
      store.fetched.set(0);
      AtomicInteger most = new AtomicInteger();
      adder.pauseMillis = 5;
      Sink fresh = new Sink();
      EmbeddingPipeline.builder(store, List.of(target(adder, Crops.center(8), fresh)))
          .readers(2)
          .batchSize(1)
          .readAhead(readAhead)
          .progress(
              (task, done, total) ->
                  most.accumulateAndGet(store.fetched.get() - (int) done, Math::max))
          .build()
          .run(SmallWorld.records(60));
      assertEquals(60, fresh.rows().size());
      // Four tiles for each reader, or three crops' bytes, four while no size is known; and the one
      // at the encoder.
      int allowed = (readAhead == 1 << 20 ? 8 : 4) + 1;
      assertTrue(most.get() <= allowed, most + " ahead");
      adder.pauseMillis = 0;
    }
  }

  /** With any number of readers, the whole tiles in memory do not exceed the limit. */
  @Test
  void readsFewLargeTilesAtOnce() {
    store.pauseMillis = 2;
    // A tile has three bands of two bytes.
    int tile = 2 * 3 * 2 * SmallWorld.SIDE * SmallWorld.SIDE;
    pipeline(Crops.center(1)).toBuilder()
        .readers(20)
        .readAhead(6 * tile)
        .build()
        .run(SmallWorld.records(200));
    assertTrue(store.mostAtOnce.get() <= 6, store.mostAtOnce + " at once");
    assertTrue(store.mostAtOnce.get() > 1, "but more than one");
    assertEquals(expected(200, Crops.center(1), Set.of()), sink.rows());
  }

  @Test
  @Timeout(600)
  void takesAsManyReadersAsItIsGiven() {
    pipeline(Crops.center(1)).toBuilder()
        .readers(Integer.MAX_VALUE)
        .build()
        .run(SmallWorld.records(30));
    assertEquals(expected(30, Crops.center(1), Set.of()), sink.rows());
  }

  /** The memory limit counts the few bytes of a thumbnail, so it admits many of them. */
  @Test
  void readsManyThumbnailsAtOnce() {
    store.pauseMillis = 10;
    EmbeddingPipeline.builder(
            store,
            List.of(new EmbeddingTarget(adder, TilePicture.THUMBNAIL, Crops.center(8), sink)))
        .readers(20)
        .build()
        .run(SmallWorld.records(200));
    assertEquals(200, sink.rows().size());
    assertTrue(store.mostAtOnce.get() > 8, store.mostAtOnce + " at once");
  }

  /** The same thread also writes the parts. */
  @Test
  void recordsFailuresByTheThreadThatWrites() {
    Set<Thread> writers = ConcurrentHashMap.newKeySet();
    EmbeddingSink watched =
        new EmbeddingSink() {
          @Override
          public Set<String> parts() {
            return sink.parts();
          }

          @Override
          public void require(String part, EmbeddingOrigin origin) {
            sink.require(part, origin);
          }

          @Override
          public Set<String> ids(Set<String> parts, EmbeddingOrigin origin) {
            return sink.ids(parts, origin);
          }

          @Override
          public void recordFailures(String part, List<FailedTile> failures) {
            writers.add(Thread.currentThread());
            sink.recordFailures(part, failures);
          }

          @Override
          public void write(
              String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings) {
            writers.add(Thread.currentThread());
            sink.write(part, origin, tiles, embeddings);
          }
        };
    store.broken.add(17);
    EmbeddingPipeline pipeline =
        EmbeddingPipeline.of(store, List.of(target(adder, Crops.center(8), watched)));
    assertThrows(
        EarthEmbedException.class,
        () -> pipeline.toBuilder().partSize(10).build().run(SmallWorld.records(30)));
    assertEquals(1, sink.parts.size());
    assertEquals(1, sink.failures.size());
    assertEquals(1, writers.size(), writers.toString());
  }

  @Test
  @Timeout(600)
  void endsWhenInterrupted() throws Exception {
    store.pauseMillis = 200;
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread runner =
        new Thread(
            () -> {
              try {
                pipeline(Crops.center(8)).toBuilder()
                    .partSize(5)
                    .build()
                    .run(SmallWorld.records(10_000));
              } catch (EarthEmbedException e) {
                end.set(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    runner.start();
    Thread.sleep(700);
    runner.interrupt();
    runner.join();
    assertNotNull(end.get(), "ends with an exception, its interrupt status kept");
    int fetched = store.fetched.get();
    Thread.sleep(300);
    assertEquals(fetched, store.fetched.get(), "nobody reads on");
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(t -> t.getName().startsWith("earth-embed-feed")));
  }

  @Test
  void anEncoderThatIsInterruptedLeavesNoTileOut() {
    adder.interruptedIn = 2;
    EmbeddingPipeline pipeline =
        pipeline(Crops.center(8)).toBuilder().partSize(10).maxFailures(100).build();
    assertThrows(EarthEmbedException.class, () -> pipeline.run(SmallWorld.records(20)));
    assertTrue(Thread.interrupted(), "the state is kept");
    assertEquals(Map.of(), sink.failures);
    for (Written part : sink.parts.values()) assertEquals(10, part.tiles().size());
  }

  @Test
  void passesOnWhatTheSourceOfTilesThrows() {
    List<TileRecord> tiles = SmallWorld.records(20);
    tiles.add(
        new TileRecord(
            "nowhere",
            tiles.get(0).cell(),
            "p",
            tiles.get(0).timestamp(),
            tiles.get(0).center(),
            Float.NaN,
            null));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                pipeline(Crops.center(8)).toBuilder()
                    .partSize(10)
                    .build()
                    .run(tiles.iterator(), -1));
    assertTrue(String.valueOf(e.getMessage()).contains("nowhere"));
    assertEquals(2, sink.parts.size());
  }

  @Test
  void namesTheFolderTilesComeFrom() {
    pipeline(Crops.center(8)).run(SmallWorld.records(15));
    SmallWorld.Written written = sink.parts.values().iterator().next();
    assertEquals("mem:/images/", written.origin().source());
    assertEquals("TRUE_COLOUR, centre 8", written.origin().crops());
    assertEquals("quarters", written.origin().preparation());
  }

  /** Datasets made before the identifiers were spelled in American English hold these. */
  @Test
  void keepsTheSpellingsThatDatasetsStore() {
    Map<TilePicture, String> stored =
        Map.of(
            TilePicture.TRUE_COLOR, "TRUE_COLOUR, centre 8",
            TilePicture.MAJORTOM_COLOR, "MAJORTOM_COLOUR, centre 8",
            TilePicture.THUMBNAIL, "THUMBNAIL, centre 8",
            TilePicture.ALL_BANDS, "ALL_BANDS, centre 8");
    for (TilePicture picture : TilePicture.values()) {
      EmbeddingTarget target = new EmbeddingTarget(adder, picture, Crops.center(8), sink);
      assertEquals(stored.get(picture), target.origin("").crops());
    }
    pipeline(Crops.center(8)).run(SmallWorld.records(2));
    // The CRC-32 of "TRUE_COLOUR, centre 8" and the two tiles.
    assertEquals(Set.of("part-00000-69a22fac"), sink.parts.keySet());
  }

  @Test
  void tellsRateAndTimeLeft() {
    ProgressMeter meter = new ProgressMeter(1_000, (task, done, total) -> {}, progress -> {});
    meter.start(0);
    meter.resumed(100, 1_000_000_000L);
    assertNull(meter.at(1_000_000_000L).timeLeft(), "no rate before the first tile");
    for (int i = 1; i <= 100; i++) meter.worked(i, i / 50, i / 25, i * 1_000_000_000L);
    EmbeddingProgress progress = meter.at(100 * 1_000_000_000L);
    assertEquals(1, progress.rate(), 0.05);
    assertEquals(800, Objects.requireNonNull(progress.timeLeft()).toSeconds(), 40);
    // Four times as fast for the last half minute, and that is what counts.
    for (int i = 1; i <= 160; i++) meter.worked(100 + i, 2, 4, (400 + i) * 250_000_000L);
    EmbeddingProgress later = meter.at(140 * 1_000_000_000L);
    assertEquals(4, later.rate(), 0.2);
    assertEquals(
        "360 of 1,000 tiles (36 %), 4.0 a second, 2 min left, 2 failed, 4 blank",
        later.toString().replaceAll("\\d+\\.\\d a", "4.0 a"));
  }

  @Test
  void refusesArgumentsThatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> Crops.center(0));
    assertThrows(IllegalArgumentException.class, () -> EmbeddingPipeline.of(store, List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            EmbeddingPipeline.of(
                store,
                List.of(
                    target(adder, Crops.center(1), sink), target(adder, Crops.center(2), sink))));
    EmbeddingPipeline pipeline = pipeline(Crops.center(8));
    assertThrows(IllegalArgumentException.class, () -> pipeline.toBuilder().partSize(0).build());
    assertThrows(IllegalArgumentException.class, () -> pipeline.toBuilder().readers(0).build());
    assertThrows(IllegalArgumentException.class, () -> pipeline.toBuilder().readAhead(0).build());
    assertThrows(IllegalArgumentException.class, () -> pipeline.toBuilder().batchSize(-1).build());
    assertThrows(
        IllegalArgumentException.class, () -> pipeline.toBuilder().maxFailures(-1).build());
    assertThrows(
        IllegalArgumentException.class, () -> pipeline.toBuilder().partName("../part").build());
    assertThrows(
        IllegalArgumentException.class, () -> pipeline.toBuilder().partName("_part").build());
    // A closed store ends the run at once, regardless of the allowed failures.
    ImageryStore closed =
        new ImageryStore() {
          @Override
          public Tile fetch(TileRef tile, TileParts parts) {
            throw new IllegalStateException("closed");
          }

          @Override
          public CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts) {
            throw new IllegalStateException("closed");
          }

          @Override
          public Outcomes fetchEach(
              List<TileRef> tiles, TileParts parts, ProgressListener progress) {
            throw new IllegalStateException("closed");
          }

          @Override
          public io.earthembed.imagery.FetchStats stats() {
            return store.stats();
          }

          @Override
          public void close() {}
        };
    assertThrows(
        IllegalStateException.class,
        () ->
            EmbeddingPipeline.builder(closed, List.of(target(adder, Crops.center(8), sink)))
                .maxFailures(1_000)
                .build()
                .run(SmallWorld.records(50)));
  }
}
