package io.earthembed.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.collection.CollectionOptions;
import io.earthembed.collection.CollectionWriter;
import io.earthembed.collection.Snapshot;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.TilePicture;
import io.earthembed.pipeline.SmallWorld.Adder;
import io.earthembed.pipeline.SmallWorld.Store;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that writes into a collection embeds only what the collection lacks. */
class CollectionSinkTest {
  private final Store store = new Store();
  private final Adder adder = new Adder("adder");

  @TempDir Path folder;
  private CollectionWriter writer;
  private EmbeddingTarget target;

  @BeforeEach
  void open() {
    EmbeddingOrigin origin = EmbeddingOrigin.of(adder.model());
    writer = CollectionWriter.open(folder, origin, CollectionOptions.DEFAULTS);
    target = new EmbeddingTarget(adder, TilePicture.TRUE_COLOR, Crops.fragments(8), writer.sink());
  }

  @AfterEach
  void close() {
    writer.close();
  }

  private EmbeddingPipeline.Builder pipeline() {
    return EmbeddingPipeline.builder(store, List.of(target)).partSize(10);
  }

  /** The tiles of which the collection has crops. */
  private Set<String> tiles() {
    try (Snapshot now = writer.collection().snapshot()) {
      return now.catalog().stream()
          .map(record -> Crops.fragments(8).tile(record.id()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> tiles(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> SmallWorld.record(i).id())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void addsLateTilesAndNothingTwice() {
    assertEquals(25, pipeline().build().run(SmallWorld.records(25)).embedded());
    int before = store.fetched.get();
    EmbeddingPipeline.Report late = pipeline().build().run(SmallWorld.records(31));
    assertEquals(6, late.embedded());
    assertEquals(25, late.resumed());
    assertEquals(before + 6, store.fetched.get());
    assertEquals(tiles(31), tiles());
    assertEquals(0, pipeline().build().run(SmallWorld.records(31)).embedded());
    assertEquals(0, pipeline().build().run(List.of()).embedded());
  }

  @Test
  void storesWhatTheEncoderReturns() {
    pipeline().build().run(SmallWorld.records(2));
    SmallWorld.Sink expected = new SmallWorld.Sink();
    EmbeddingPipeline.builder(
            store,
            List.of(
                new EmbeddingTarget(adder, TilePicture.TRUE_COLOR, Crops.fragments(8), expected)))
        .build()
        .run(SmallWorld.records(2));
    try (Snapshot now = writer.collection().snapshot()) {
      assertEquals(expected.rows().size(), now.catalog().size());
      String first = expected.rows().get(0);
      float[] vector = new float[now.index().dimension()];
      now.index().reconstruct(0, vector);
      assertEquals(first.substring(first.lastIndexOf('[')), Arrays.toString(vector), first);
    }
  }

  @Test
  void triesFailedTilesAgain() {
    store.broken.add(3);
    assertEquals(
        1, pipeline().maxFailures(1).build().run(SmallWorld.records(12)).failures().size());
    store.broken.clear();
    assertEquals(1, pipeline().build().run(SmallWorld.records(12)).embedded());
    assertEquals(tiles(12), tiles());
  }

  @Test
  void refusesAnotherModel() {
    pipeline().build().run(SmallWorld.records(2));
    EmbeddingTarget other =
        new EmbeddingTarget(
            new Adder("other"), TilePicture.TRUE_COLOR, Crops.fragments(8), writer.sink());
    assertThrows(
        EarthEmbedException.class,
        () -> EmbeddingPipeline.builder(store, List.of(other)).build().run(SmallWorld.records(3)));
    assertEquals(tiles(2), tiles());
  }
}
