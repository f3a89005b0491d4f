package io.earthembed.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.catalog.AttributeCondition;
import io.earthembed.catalog.RandomCatalog;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The live rows that a collection should have, searched as one flat index. */
final class FlatReference {
  static final int DIMENSION = 3;
  static final EmbeddingOrigin ORIGIN =
      new EmbeddingOrigin(new ModelInfo("toy", "1", DIMENSION), "as is", "all", "made up");

  private static final List<TileRecord> RECORDS = RandomCatalog.records(5, 400);

  private static final List<String> CROPS = List.of("maize", "oat", "rye", "wheat");

  private record Row(TileRecord tile, float[] vector) {}

  private final Map<String, Row> live = new LinkedHashMap<>();

  FlatReference copy() {
    FlatReference copy = new FlatReference();
    copy.live.putAll(live);
    return copy;
  }

  /** Returns a made-up record of an id. */
  static TileRecord tile(String id, Random random) {
    TileRecord like = RECORDS.get(random.nextInt(RECORDS.size()));
    return new TileRecord(
        id,
        like.cell(),
        like.productId(),
        like.timestamp(),
        random.nextInt(9) == 0 ? null : like.center(),
        like.cloudCover(),
        like.source(),
        attributes(random));
  }

  /** Returns some of four attributes; a segment may lack one altogether. */
  private static Attributes attributes(Random random) {
    Attributes own = Attributes.NONE;
    if (random.nextInt(3) > 0) own = own.with("crop", CROPS.get(random.nextInt(CROPS.size())));
    if (random.nextInt(3) == 0) own = own.with("parcel", random.nextInt(5));
    if (random.nextInt(20) == 0) own = own.with("sown", Instant.ofEpochSecond(random.nextInt(9)));
    return random.nextInt(9) == 0 ? own.with("organic", random.nextBoolean()) : own;
  }

  /** Returns vectors of few values, so that many scores tie. */
  static Vectors vectors(int rows, Random random) {
    Vectors vectors = Vectors.allocate(rows, DIMENSION);
    for (int i = 0; i < rows; i++) vectors.set(i, vector(random));
    return vectors;
  }

  private static float[] vector(Random random) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) vector[i] = random.nextInt(-1, 2) * 0.7f;
    return vector;
  }

  void put(List<TileRecord> tiles, Vectors vectors) {
    for (TileRecord tile : tiles) live.remove(tile.id());
    for (int i = 0; i < tiles.size(); i++) {
      live.put(tiles.get(i).id(), new Row(tiles.get(i), vectors.row(i)));
    }
  }

  long remove(Collection<String> ids) {
    return ids.stream().filter(id -> live.remove(id) != null).count();
  }

  boolean has(String id) {
    return live.containsKey(id);
  }

  List<String> ids() {
    return new ArrayList<>(live.keySet());
  }

  /** Compares all that a snapshot answers with the answers of one catalog and one index. */
  void requireEqual(Snapshot snapshot, Metric metric, Random random) {
    TileCatalog catalog = snapshot.catalog();
    TileCatalog expected = TileCatalog.of(live.values().stream().map(Row::tile).toList());
    int n = live.size();
    assertEquals(n, catalog.size());
    assertEquals(ids(), ids(catalog));
    for (int i = 0; i < n; i++) assertEquals(expected.record(i), catalog.record(i));
    assertEquals(expected.fingerprint(), catalog.fingerprint());
    for (String id : List.of("1", "7", "40", "none")) {
      assertEquals(expected.find(id), catalog.find(id));
    }
    GeoPoint point = new GeoPoint(random.nextDouble(-90, 90), random.nextDouble(-180, 180));
    assertEquals(expected.nearest(point), catalog.nearest(point));
    TileFilter filter = filter(random);
    assertSame(expected.select(filter), catalog.select(filter), n);
    assertSame(expected.undated(filter), catalog.undated(filter), n);
    try (ExactIndex flat = new ExactIndex(DIMENSION, metric)) {
      for (Row row : live.values()) flat.add(Vectors.of(row.vector));
      EmbeddingIndex index = snapshot.index();
      assertEquals(n, index.size());
      OrdinalSet passing = expected.select(filter);
      Vectors queries = vectors(2, random);
      int k = random.nextInt(1, n + 3);
      List<Neighbors> found = index.search(queries, k, passing);
      List<Neighbors> all = index.search(queries, k, OrdinalSet.all());
      for (int q = 0; q < 2; q++) {
        assertSame(flat.search(queries, k, passing).get(q), found.get(q));
        assertSame(flat.search(queries, k, OrdinalSet.all()).get(q), all.get(q));
      }
      float floor = random.nextInt(-2, 2) * 0.49f;
      float[] query = queries.row(0);
      assertSame(flat.searchAbove(query, floor, passing), index.searchAbove(query, floor, passing));
      float[] stored = new float[DIMENSION];
      float[] kept = new float[DIMENSION];
      for (int i = 0; i < n; i++) {
        flat.reconstruct(i, stored);
        index.reconstruct(i, kept);
        assertArrayEquals(stored, kept);
      }
    }
    List<float[]> streamed = new ArrayList<>();
    snapshot.forEachBatch(
        batch -> {
          for (int i = 0; i < batch.rows(); i++) streamed.add(batch.row(i));
        });
    assertEquals(n, streamed.size());
    int i = 0;
    for (Row row : live.values()) assertArrayEquals(row.vector, streamed.get(i++));
  }

  static List<String> ids(TileCatalog catalog) {
    List<String> ids = new ArrayList<>();
    for (long i = 0; i < catalog.size(); i++) ids.add(catalog.id(i));
    return ids;
  }

  private static TileFilter filter(Random random) {
    TileFilter box = TileFilter.within(new BoundingBox(-100, -90, 170, random.nextInt(0, 90)));
    TileFilter clear = TileFilter.cloudCoverAtMost(random.nextInt(20, 100));
    TileFilter period =
        TileFilter.sensed(Instant.EPOCH, Instant.ofEpochMilli(1_500_000_000_000L + (150L << 30)));
    AttributeCondition crop = TileFilter.attribute("crop");
    return switch (random.nextInt(10)) {
      case 0 -> box;
      case 1 -> box.or(clear);
      case 2 -> period.and(clear);
      case 3 -> period.negate();
      case 6 -> crop.is("oat").or(crop.above("rye").and(clear));
      case 7 -> TileFilter.attribute("parcel").in(List.of(1, 2.0, 7)).negate();
      case 8 -> TileFilter.attribute("sown").below(Instant.ofEpochSecond(5));
      case 9 -> TileFilter.attribute("organic").isPresent().or(box);
      case 4 -> (catalog, i) -> catalog.id(i).hashCode() % 2 == 0;
      default -> TileFilter.ALL;
    };
  }

  private static void assertSame(OrdinalSet expected, OrdinalSet actual, int size) {
    assertArrayEquals(expected.toBitmap(size), actual.toBitmap(size));
  }

  private static void assertSame(Neighbors expected, Neighbors actual) {
    assertEquals(
        Arrays.toString(expected.ordinals()) + Arrays.toString(expected.scores()),
        Arrays.toString(actual.ordinals()) + Arrays.toString(actual.scores()));
  }
}
