package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileFilter;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Duplicates;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.PersistentIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarthExplorerTest {
  @TempDir Path folder;

  private static float score(float[] query, float[] row) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) sum += (double) query[i] * row[i];
    return (float) sum;
  }

  /** Computes the expected hits in a plain loop: every tile, one rule after the other. */
  private static List<Integer> expected(
      Planet planet, float[] query, IntPredicate passes, SearchOptions options) {
    float[] scores = new float[planet.tiles.size()];
    for (int i = 0; i < scores.length; i++) scores[i] = score(query, planet.vectors.row(i));
    List<Integer> order =
        IntStream.range(0, scores.length)
            .filter(passes)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> -scores[i]).thenComparing(i -> i))
            .toList();
    if (order.isEmpty()) return order;
    float threshold = options.minScore();
    if (options.fraction() < 1) {
      int k = Math.max(1, (int) (order.size() * options.fraction()));
      threshold = Math.max(threshold, scores[order.get(k - 1)]);
    }
    List<Integer> taken = new ArrayList<>();
    for (int i : order) {
      if (scores[i] < threshold) continue;
      GeoPoint at = planet.tiles.get(i).center();
      boolean apart =
          taken.stream()
              .allMatch(j -> planet.tiles.get(j).center().distanceTo(at) >= options.minDistance());
      if (apart) taken.add(i);
    }
    int from = Math.min(options.offset(), taken.size());
    int to = (int) Math.min(taken.size(), (long) options.offset() + options.k());
    return taken.subList(from, to);
  }

  @Property(tries = 600)
  void findsExactlyTheBestOfWhatPasses(@ForAll long seed) {
    Random random = new Random(seed);
    Planet planet = Planet.of(seed, 1 + random.nextInt(500));
    double west = random.nextDouble(-180, 180);
    BoundingBox box = new BoundingBox(west, -70, west > 100 ? west - 280 : 179, 80);
    IntPredicate passes = i -> true;
    SearchOptions options = SearchOptions.top(1 + random.nextInt(40));
    if (random.nextInt(3) == 0) options = options.toBuilder().k(Integer.MAX_VALUE).build();
    if (random.nextBoolean()) {
      options = options.toBuilder().filter(TileFilter.within(box)).build();
      passes = passes.and(i -> box.contains(planet.tiles.get(i).center()));
    }
    if (random.nextInt(3) == 0) {
      options = options.toBuilder().filter(TileFilter.cloudCoverAtMost(40)).build();
      passes = passes.and(i -> planet.tiles.get(i).cloudCover() <= 40);
    }
    if (random.nextInt(4) == 0) {
      options = options.toBuilder().filter((catalog, i) -> i % 7 == 1).build();
      passes = passes.and(i -> i % 7 == 1);
    }
    if (random.nextInt(3) == 0) options = options.toBuilder().offset(random.nextInt(60)).build();
    if (random.nextInt(3) == 0)
      options = options.toBuilder().minScore(random.nextFloat() - 0.3f).build();
    if (random.nextInt(3) == 0) {
      double fraction = Math.pow(10, random.nextDouble(-3, 0));
      options = options.toBuilder().fraction(fraction).build();
    }
    if (random.nextInt(3) == 0)
      options = options.toBuilder().minDistance(Math.pow(10, random.nextDouble(3, 7.3))).build();
    if (random.nextInt(3) == 0) options = options.toBuilder().scoreField().build();
    else if (random.nextInt(3) == 0)
      options = options.toBuilder().scoreField(random.nextFloat() - 0.3f).build();

    float[] query =
        random.nextBoolean()
            ? Planet.random(seed + 1)
            : planet.vectors.row(planet.tiles.size() / 2);
    try (EarthExplorer earth = planet.explorer()) {
      SearchResult found = earth.search(Query.vector(query), options);
      List<Integer> expected = expected(planet, query, passes, options);
      assertEquals(
          expected,
          IntStream.range(0, found.neighbors().size())
              .mapToObj(i -> (int) found.neighbors().ordinal(i))
              .toList(),
          options.toString());
      int n = (int) IntStream.range(0, planet.tiles.size()).filter(passes).count();
      assertEquals(n, found.searched());
      List<Hit> hits = found.hits();
      for (int i = 0; i < hits.size(); i++) {
        Hit hit = hits.get(i);
        assertEquals(options.offset() + i + 1, hit.rank());
        assertEquals(planet.tiles.get(expected.get(i)), hit.tile());
        assertEquals(score(query, planet.vectors.row(expected.get(i))), hit.score());
        float own = hit.score();
        long later =
            IntStream.range(0, planet.tiles.size())
                .filter(passes)
                .filter(
                    j -> {
                      float other = score(query, planet.vectors.row(j));
                      return other < own || (other == own && j >= hit.ordinal());
                    })
                .count();
        assertEquals(100.0 * later / n, hit.percentile(), 1e-9);
      }
      if (options.scoreField()) {
        Neighbors field = found.scoreField().orElseThrow();
        SearchOptions all = SearchOptions.above(options.scoreFieldAbove());
        assertEquals(
            expected(planet, query, passes, all),
            IntStream.range(0, field.size()).mapToObj(i -> (int) field.ordinal(i)).toList());
      }
    }
  }

  @Property(tries = 60)
  void pagesFollowOneAnother(@ForAll long seed) {
    Random random = new Random(seed);
    Planet planet = Planet.of(seed, 200 + random.nextInt(300));
    SearchOptions options = SearchOptions.top(Integer.MAX_VALUE);
    if (random.nextBoolean()) options = options.toBuilder().minDistance(500_000).build();
    try (EarthExplorer earth = planet.explorer()) {
      Query query = Query.text("a river " + seed);
      List<Hit> all = earth.search(query, options).hits();
      List<Hit> pages = new ArrayList<>();
      while (pages.size() < all.size()) {
        List<Hit> page =
            earth
                .search(
                    query,
                    options.toBuilder().k(1 + random.nextInt(70)).offset(pages.size()).build())
                .hits();
        assertFalse(page.isEmpty());
        pages.addAll(page);
      }
      assertEquals(all, pages);
      assertTrue(
          earth
              .search(query, options.toBuilder().k(3).offset(all.size()).build())
              .hits()
              .isEmpty());
    }
  }

  @Test
  void addsAndSubtractsVectors() {
    Planet planet = Planet.of(3, 300);
    try (EarthExplorer earth = planet.explorer()) {
      float[] river = earth.search(Query.text("river"), SearchOptions.top(1)).embedding();
      float[] city = earth.search(Query.text("city"), SearchOptions.top(1)).embedding();
      Query query =
          Query.text("river").minus(0.5, Query.text("city")).plus(2, Query.tile("tïle-7"));
      float[] tile = planet.vectors.row(7);
      double[] sum = new double[Planet.DIMENSION];
      double square = 0;
      for (int i = 0; i < sum.length; i++) {
        sum[i] = river[i] - 0.5 * city[i] + 2 * tile[i];
        square += sum[i] * sum[i];
      }
      SearchResult found = earth.search(query, SearchOptions.top(10));
      for (int i = 0; i < sum.length; i++) {
        assertEquals(sum[i] / Math.sqrt(square), found.embedding()[i], 1e-6);
      }
      assertEquals("\"river\" - 0.50 x \"city\" + 2.00 x more like tïle-7", query.describe());
      for (Hit hit : found.hits()) {
        Explanation why = found.explain(hit);
        assertEquals(hit.score(), why.score(), 1e-5);
        assertEquals(3, why.shares().size());
        float[] own = planet.vectors.row(hit.ordinal());
        assertEquals(score(city, own), why.shares().get(1).similarity(), 1e-5);
        assertEquals(
            -0.5 * score(city, own) / Math.sqrt(square), why.shares().get(1).contribution(), 1e-5);
      }
      Query same = Query.text("river").minus(Query.text("river"));
      String message = refusal(() -> earth.search(same, SearchOptions.top(1)));
      assertTrue(message.contains("cancel"), message);
      // The same vector again, without encoding.
      assertEquals(found.hits(), earth.search(found.asQuery(), SearchOptions.top(10)).hits());
    }
  }

  @Test
  void explainsDistancesToo() {
    Planet planet = Planet.of(4, 100);
    try (EarthExplorer earth =
        EarthExplorer.open(
            planet, planet.everything(), new ExactIndex(Planet.DIMENSION, Metric.L2))) {
      Query query = Query.text("river").plus(Query.image(ImageQueries.picture(3)));
      SearchResult found = earth.search(query, SearchOptions.top(5));
      for (Hit hit : found.hits()) assertEquals(hit.score(), found.explain(hit).score(), 1e-5);
      SearchResult plain = earth.search(Query.tile("tïle-9"), SearchOptions.top(1));
      assertEquals(0, plain.hits().get(0).score(), 0);
      assertEquals(0, plain.explain(plain.hits().get(0)).score(), 1e-5);
    }
  }

  /** The index normalises a query, and the explanation is of the normalised query. */
  @Test
  void explainsCosinesOfQueriesOfAnyLength() {
    Planet planet = Planet.of(4, 100);
    try (EarthExplorer earth =
        EarthExplorer.open(
            planet, planet.everything(), new ExactIndex(Planet.DIMENSION, Metric.COSINE))) {
      for (float length : new float[] {2, 0.25f, 0}) {
        float[] vector = Planet.random(8);
        for (int i = 0; i < vector.length; i++) vector[i] *= length;
        SearchResult found = earth.search(Query.vector(vector), SearchOptions.top(5));
        for (Hit hit : found.hits()) {
          Explanation why = found.explain(hit);
          assertEquals(hit.score(), why.score(), 1e-6);
          assertEquals(hit.score(), why.shares().get(0).similarity(), 1e-6);
        }
      }
      Query sum = Query.vector(new float[] {3, 1, 0, 0, 0, 0, 0, 0}).plus(Query.text("river"));
      SearchResult found = earth.search(sum, SearchOptions.top(5));
      for (Hit hit : found.hits()) assertEquals(hit.score(), found.explain(hit).score(), 1e-6);
    }
  }

  /** 0.00435 of 100,000 are 435, although the product with the nearest double is less. */
  @Test
  void takesTheShareThatIsWritten() {
    assertEquals(435, Ranker.share(100_000, 0.00435));
    assertEquals(0, Ranker.share(999, 0.001));
    assertEquals(Integer.MAX_VALUE, Ranker.share(Integer.MAX_VALUE, 1));
    for (int part = 1; part <= 10_000; part++) {
      assertEquals(part * 1_000L, Ranker.share(10_000_000, part / 1e4));
    }
  }

  /** Records whether it was closed, and later calls of its encoders. */
  private static final class Closing<T> implements Encoder<T> {
    final Encoder<T> encoder;
    boolean closed;

    Closing(Encoder<T> encoder) {
      this.encoder = encoder;
    }

    @Override
    public ModelInfo model() {
      return encoder.model();
    }

    @Override
    public Vectors encode(List<? extends T> inputs) {
      if (closed) throw new IllegalStateException("the encoder is closed");
      return encoder.encode(inputs);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void borrowsWhatItIsGiven() throws Exception {
    Planet planet = Planet.of(4, 100);
    Closing<Raster> pictures = new Closing<>(planet.pictures().image());
    EmbeddingModel model = EmbeddingModel.of(pictures);
    Query query = Query.image(ImageQueries.picture(3));
    try (ExactIndex index = exact()) {
      AtomicBoolean storeClosed = new AtomicBoolean();
      ImageryStore store = store(storeClosed);
      EarthExplorer first = EarthExplorer.open(planet, model, index, store);
      EarthExplorer second = EarthExplorer.open(planet, model, index, store);
      List<Hit> expected = first.search(query, SearchOptions.top(5)).hits();
      first.save(folder);
      first.close();
      assertThrows(IllegalStateException.class, () -> first.search(query, SearchOptions.top(5)));
      assertFalse(pictures.closed || storeClosed.get());
      SearchResult found = second.search(query, SearchOptions.top(5));
      assertEquals(expected, found.hits());
      // It owns the index that it loads, and no more.
      ExactIndex[] loaded = {null};
      EarthExplorer again =
          EarthExplorer.open(folder, model, file -> loaded[0] = ExactIndex.load(file), store);
      assertEquals(expected, again.search(query, SearchOptions.top(5)).hits());
      again.close();
      assertThrows(IllegalStateException.class, () -> loaded[0].size());
      assertFalse(pictures.closed || storeClosed.get());
      second.owning().close();
      assertThrows(IllegalStateException.class, index::size);
      assertTrue(pictures.closed && storeClosed.get());
    }
  }

  private static ImageryStore store(AtomicBoolean closed) {
    return (ImageryStore)
        Proxy.newProxyInstance(
            ImageryStore.class.getClassLoader(),
            new Class<?>[] {ImageryStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) closed.set(true);
              return null;
            });
  }

  @Test
  void saysItselfThatItIsClosed() {
    EarthExplorer earth = Planet.of(4, 100).explorer();
    SearchResult found = earth.search(Query.text("river"), SearchOptions.top(1));
    earth.close();
    for (org.junit.jupiter.api.function.Executable use :
        List.<org.junit.jupiter.api.function.Executable>of(
            () -> earth.search(Query.text("river"), SearchOptions.top(1)),
            () -> earth.fetch(found, io.earthembed.imagery.TileParts.THUMBNAIL),
            () -> earth.save(Path.of("nowhere")))) {
      IllegalStateException e = assertThrows(IllegalStateException.class, use);
      assertEquals("the explorer is closed", e.getMessage());
    }
  }

  @Test
  void namesQueriesInWords() {
    try (EarthExplorer earth = Planet.of(4, 100).explorer()) {
      Query none = Query.text("river").minus(Query.text("river"));
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> earth.search(none, SearchOptions.top(1)));
      assertTrue(
          String.valueOf(e.getMessage()).endsWith("one another: \"river\" - \"river\""),
          e.getMessage());
    }
  }

  @Test
  void feedbackMovesTheQuery() {
    Planet planet = Planet.of(5, 400);
    try (EarthExplorer earth = planet.explorer()) {
      SearchResult first = earth.search(Query.text("river"), SearchOptions.top(50));
      List<Hit> liked = first.hits().subList(20, 23);
      List<Hit> disliked = first.hits().subList(0, 2);
      SearchResult second = earth.search(first.refine(liked, disliked), SearchOptions.top(400));
      double[] sum = new double[Planet.DIMENSION];
      double square = 0;
      for (int i = 0; i < sum.length; i++) {
        sum[i] = first.embedding()[i];
        for (Hit hit : liked) sum[i] += 0.75 / 3 * planet.vectors.row(hit.ordinal())[i];
        for (Hit hit : disliked) sum[i] -= 0.15 / 2 * planet.vectors.row(hit.ordinal())[i];
        square += sum[i] * sum[i];
      }
      for (int i = 0; i < sum.length; i++) {
        assertEquals(sum[i] / Math.sqrt(square), second.embedding()[i], 1e-5);
      }
      for (Hit hit : liked) assertTrue(scoreOf(second, hit) > hit.score(), "liked tiles rise");
      Query examples =
          first
              .query()
              .refine(Query.Rocchio.EXAMPLES_ONLY, List.of(Query.tile("tïle-1")), List.of());
      assertEquals(1, earth.search(examples, SearchOptions.top(1)).hits().get(0).ordinal());
      assertThrows(
          IllegalArgumentException.class,
          () -> first.query().refine(Query.Rocchio.EXAMPLES_ONLY, List.of(), List.of()));
      assertThrows(IllegalArgumentException.class, () -> new Query.Rocchio(-1, 0, 0));
    }
  }

  private static float scoreOf(SearchResult result, Hit hit) {
    return result.hits().stream()
        .filter(h -> h.ordinal() == hit.ordinal())
        .findFirst()
        .orElseThrow()
        .score();
  }

  @Test
  void findsMoreLikeATileAndLikeThePlaceOfATile() {
    Planet planet = Planet.of(6, 300);
    try (EarthExplorer withTower = planet.explorer();
        EarthExplorer without = EarthExplorer.open(planet, planet.pictures())) {
      assertEquals(
          11,
          withTower.search(Query.tile("tïle-11"), SearchOptions.top(1)).hits().get(0).ordinal());
      TileRecord tile = planet.tiles.get(42);
      // Slightly off the tile, across the antimeridian if the tile is near it.
      double latitude = tile.center().latitude() - 0.0001;
      double longitude = tile.center().longitude() + 360;
      long nearest = planet.catalog().nearest(new GeoPoint(latitude, longitude)).orElseThrow();
      float[] own = planet.vectors.row(nearest);
      for (EarthExplorer earth : List.of(withTower, without)) {
        SearchResult at = earth.search(Query.tileAt(latitude, longitude), SearchOptions.top(1));
        assertArrayEquals(own, at.embedding());
        assertEquals(1, at.hits().get(0).score(), 1e-6);
      }
      SearchResult fallback =
          without.search(Query.location(latitude, longitude), SearchOptions.top(1));
      assertArrayEquals(own, fallback.embedding());
      SearchResult encoded =
          withTower.search(Query.location(latitude, longitude), SearchOptions.top(1));
      assertFalse(java.util.Arrays.equals(own, encoded.embedding()));
    }
  }

  @Test
  void asksForAPictureAndATextAsOneQuery() {
    Planet planet = Planet.of(7, 50);
    Raster picture = ImageQueries.picture(1);
    Query both = Query.imageText(picture, "in winter");
    assertEquals("an image of 4 x 4 with \"in winter\"", both.describe());
    EmbeddingModel model = planet.everythingAtOnce();
    float[] encoded = model.imageText().orElseThrow().encode(new ImageText(picture, "in winter"));
    try (EarthExplorer earth = EarthExplorer.open(planet, model)) {
      SearchResult result = earth.search(both, SearchOptions.top(3));
      assertArrayEquals(encoded, result.embedding());
      // It is no sum of the two, but may be part of one.
      Query sum = Query.image(picture).plus(Query.text("in winter"));
      assertFalse(Arrays.equals(encoded, earth.search(sum, SearchOptions.top(3)).embedding()));
      SearchResult away = earth.search(both.minus(Query.text("snow")), SearchOptions.top(3));
      assertFalse(Arrays.equals(encoded, away.embedding()));
    }
    try (EarthExplorer earth = planet.explorer()) {
      String text = refusal(() -> earth.search(both, SearchOptions.top(1)));
      assertTrue(text.contains("toy 1 (8-d) has no image with text encoder"), text);
      assertTrue(text.contains("it answers [text, image, location, tile, vector]"), text);
    }
  }

  @Test
  void searchesWithoutEncoders() {
    Planet planet = Planet.of(7, 50);
    try (EmbeddingModel model = EmbeddingModel.withoutEncoders(planet.model);
        EarthExplorer earth = EarthExplorer.open(planet, model)) {
      assertEquals(List.of(), model.queryKinds());
      GeoPoint place = planet.tiles.get(11).center();
      for (Query query :
          List.of(
              Query.tile(planet.tiles.get(11).id()),
              Query.location(place.latitude(), place.longitude()),
              Query.vector(planet.vectors.row(11)))) {
        assertEquals(11, earth.search(query, SearchOptions.top(1)).hits().get(0).ordinal());
      }
      Raster picture = Raster.allocate(1, 1, 3, SampleType.UINT8);
      for (Query query : List.of(Query.text("river"), Query.image(picture))) {
        String text = refusal(() -> earth.search(query, SearchOptions.top(1)));
        assertTrue(text.contains("toy 1 (8-d) has no "), text);
        assertTrue(text.contains("[location by the nearest tile, tile, vector]"), text);
      }
    }
  }

  @Test
  void refusesToMixModelsAndSaysWhatAModelAnswers() {
    Planet planet = Planet.of(7, 50);
    try (EarthExplorer pictures = EarthExplorer.open(planet, planet.pictures());
        EarthExplorer all = planet.explorer()) {
      String text = refusal(() -> pictures.search(Query.text("river"), SearchOptions.top(1)));
      assertTrue(text.contains("toy 1 (8-d) has no text encoder"), text);
      assertTrue(text.contains("[image, location by the nearest tile, tile, vector]"), text);
      Query other = Query.vector(Planet.random(1), new ModelInfo("SatCLIP", "1", 8));
      for (Query query :
          List.of(
              other,
              Query.text("river").plus(other),
              Query.text("river").plus(Query.text("x").by("SatCLIP")))) {
        String mixed = refusal(() -> all.search(query, SearchOptions.top(1)));
        assertTrue(mixed.contains("SatCLIP"), mixed);
        assertTrue(mixed.contains("[text, image, location, tile, vector]"), mixed);
      }
      assertEquals(
          all.search(Query.text("x"), SearchOptions.top(3)).hits(),
          all.search(Query.text("x").by("toy"), SearchOptions.top(3)).hits());
      assertTrue(
          refusal(() -> all.search(Query.tile("nowhere"), SearchOptions.top(1)))
              .contains("nowhere"));
      assertTrue(
          refusal(() -> all.search(Query.vector(new float[3]), SearchOptions.top(1)))
              .contains("3"));
    }
  }

  private static String refusal(Runnable search) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, search::run).getMessage());
  }

  private static List<Query> manyKinds() {
    return List.of(
        Query.text("river"),
        Query.image(ImageQueries.picture(1)),
        Query.location(10, 20),
        Query.text("river").minus(Query.text("city")),
        Query.fuse(Query.text("river").weighted(0.7), Query.location(3, 4).weighted(0.3)),
        Query.tile("tïle-3"),
        Query.text("river"));
  }

  @Test
  void answersABatchAsItAnswersEachAlone() {
    Planet planet = Planet.of(8, 500);
    try (EarthExplorer earth = planet.explorer()) {
      for (SearchOptions options :
          List.of(
              SearchOptions.top(9),
              SearchOptions.builder().k(9).scoreField().build(),
              SearchOptions.builder()
                  .fraction(0.03)
                  .filter(TileFilter.cloudCoverAtMost(60))
                  .build(),
              SearchOptions.builder().k(9).offset(4).minDistance(1e6).build())) {
        List<SearchResult> batch = earth.searchAll(manyKinds(), options);
        for (int q = 0; q < manyKinds().size(); q++) {
          SearchResult alone = earth.search(manyKinds().get(q), options);
          assertEquals(alone.hits(), batch.get(q).hits(), manyKinds().get(q).describe());
          assertEquals(alone.scoreField().isPresent(), batch.get(q).scoreField().isPresent());
        }
      }
      assertEquals(List.of(), earth.searchAll(List.of(), SearchOptions.top(1)));
    }
  }

  @Test
  void isSearchedFromManyThreads() throws Exception {
    Planet planet = Planet.of(9, 2000);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (EarthExplorer earth = planet.explorer()) {
      SearchOptions options =
          SearchOptions.builder()
              .k(20)
              .filter(TileFilter.near(new GeoPoint(0, 0), 8e6))
              .minDistance(1e5)
              .build();
      List<List<Hit>> expected = new ArrayList<>();
      for (Query query : manyKinds()) expected.add(earth.search(query, options).hits());
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        running.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    int q = i % manyKinds().size();
                    assertEquals(expected.get(q), earth.search(manyKinds().get(q), options).hits());
                    assertEquals(17, earth.catalog().find("tïle-17").orElseThrow());
                  }
                }));
      }
      for (Future<?> one : running) one.get();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void holdsAMillionHits() {
    int n = 1_000_000;
    List<TileRecord> few = Planet.of(10, 1000).tiles;
    List<TileRecord> many =
        new java.util.AbstractList<>() {
          @Override
          public TileRecord get(int i) {
            return few.get(i % 1000);
          }

          @Override
          public int size() {
            return n;
          }
        };
    Planet planet = new Planet("toy", many, 10);
    try (EarthExplorer earth = planet.explorer()) {
      SearchResult found = earth.search(Query.text("river"), SearchOptions.top(n));
      assertEquals(n, found.neighbors().size());
      assertEquals(n, found.hits().size());
      int seen = 0;
      float last = Float.POSITIVE_INFINITY;
      for (Hit hit : found.hits()) {
        assertTrue(hit.score() <= last);
        last = hit.score();
        if (++seen == 100_000) break;
      }
      assertEquals(n, found.hits().get(n - 1).rank());
      assertEquals(1e-4, found.hits().get(n - 1).percentile(), 1e-9);
      assertTrue(found.toString().length() < 200);
    }
  }

  @Test
  void opensWhatItSaved() throws IOException {
    Planet planet = Planet.of(11, 700);
    List<Hit> expected;
    try (EarthExplorer earth = planet.explorer()) {
      earth.save(folder);
      expected = earth.search(Query.text("river"), SearchOptions.top(20)).hits();
    }
    try (EarthExplorer earth = EarthExplorer.open(folder, planet.everything(), ExactIndex::load)) {
      assertEquals(expected, earth.search(Query.text("river"), SearchOptions.top(20)).hits());
      // Saved again over itself while it is open.
      earth.save(folder);
      assertEquals(expected, earth.search(Query.text("river"), SearchOptions.top(20)).hits());
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(3, files.count(), "nothing is left of the first save");
    }
    String wrong =
        refusal(
            () ->
                EarthExplorer.open(
                    folder, new Planet("other", planet.tiles, 1).everything(), ExactIndex::load));
    assertTrue(wrong.contains("toy 1") && wrong.contains("other 1"), wrong);
  }

  private static ExactIndex exact() {
    return new ExactIndex(Planet.DIMENSION, ExactIndex.DEFAULT_METRIC);
  }

  /** Returns the same tiles, with the last one moved to the front. */
  private static Planet turned(Planet planet) {
    List<TileRecord> tiles = new ArrayList<>(planet.tiles);
    tiles.add(0, tiles.remove(tiles.size() - 1));
    return new Planet("toy", tiles, 16);
  }

  @Test
  void refusesTheIndexOfOtherRows() {
    Planet planet = Planet.of(16, 60);
    Path file = folder.resolve("index");
    try (ExactIndex index = exact()) {
      EarthExplorer.open(planet, planet.everything(), index);
      assertEquals(new IndexLabel("toy 1", "", planet.catalog().fingerprint()), index.label());
      index.save(file);
    }
    EarthExplorer.open(planet, planet.everything(), ExactIndex.load(file)).close();
    // As many rows: others, and the same in another order.
    for (Planet other : List.of(Planet.of(17, 61), turned(planet))) {
      List<TileRecord> tiles = other.tiles.subList(other.tiles.size() - 60, other.tiles.size());
      Planet same = new Planet("toy", tiles, 1);
      String wrong =
          refusal(() -> EarthExplorer.open(same, same.everything(), ExactIndex.load(file)));
      assertTrue(wrong.contains(planet.catalog().fingerprint()), wrong);
      assertTrue(wrong.contains(same.catalog().fingerprint()), wrong);
      assertTrue(wrong.contains("IndexLabel.of(dataset)"), wrong);
    }
    // The caller can override this.
    Planet other = turned(planet);
    ExactIndex relabeled = ExactIndex.load(file);
    relabeled.label(IndexLabel.of(other));
    EarthExplorer.open(other, other.everything(), relabeled).close();
    // An index without a label is refused if its first vectors differ.
    Vectors shifted = Vectors.allocate(60, Planet.DIMENSION);
    for (int i = 0; i < 60; i++) shifted.set(i, planet.vectors.row((i + 1) % 60));
    for (Vectors strange : List.of(shifted, Planet.of(31, 60).vectors)) {
      ExactIndex unlabeled = exact();
      unlabeled.add(strange);
      String why = refusal(() -> EarthExplorer.open(planet, planet.everything(), unlabeled));
      assertTrue(why.contains("other rows") && why.contains("IndexLabel.of(dataset)"), why);
    }
    // Otherwise it is accepted, and labelled when it is saved.
    ExactIndex silent = exact();
    silent.add(planet.vectors);
    try (EarthExplorer earth = EarthExplorer.open(planet, planet.everything(), silent)) {
      assertEquals(IndexLabel.NONE, silent.label());
      earth.save(folder.resolve("saved"));
      assertEquals(planet.catalog().fingerprint(), silent.label().rows());
    }
  }

  @Test
  void refusesTheIndexOfAnotherModel() {
    Planet planet = Planet.of(16, 60);
    ExactIndex index = exact();
    index.add(planet.vectors);
    index.label(new IndexLabel("siglip 1", "core"));
    String wrong = refusal(() -> EarthExplorer.open(planet, planet.everything(), index));
    assertTrue(wrong.contains("siglip 1") && wrong.contains("toy 1"), wrong);
    // Before it is filled, too.
    ExactIndex empty = exact();
    empty.label(new IndexLabel("siglip 1", "core"));
    wrong = refusal(() -> EarthExplorer.open(planet, planet.everything(), empty));
    assertTrue(wrong.contains("siglip 1") && wrong.contains("toy 1"), wrong);
    assertEquals(0, empty.size());
  }

  @Test
  void savesNothingThatCouldNotBeOpened() throws IOException {
    Planet planet = Planet.of(18, 40);
    ExactIndex index = exact();
    List<Path> before;
    try (EarthExplorer earth = EarthExplorer.open(planet, planet.everything(), index)) {
      earth.save(folder);
      before = files();
      index.add(Planet.of(19, 5).vectors);
      IllegalStateException e = assertThrows(IllegalStateException.class, () -> earth.save(folder));
      assertTrue(
          String.valueOf(e.getMessage()).contains("45")
              && String.valueOf(e.getMessage()).contains("40"),
          e.getMessage());
      assertEquals(before, files(), "the good save, and nothing else");
      // Added vectors belong to no tile, and are not found.
      SearchResult all = earth.search(Query.text("river"), SearchOptions.top(100));
      assertEquals(40, all.hits().size());
      assertTrue(all.hits().stream().allMatch(hit -> hit.ordinal() < 40));
      Query.Fusion fusion = Query.fuse(Query.text("river").weighted(1));
      assertEquals(40, earth.search(fusion, SearchOptions.top(100)).hits().size());
      index.label(new IndexLabel("other 1", ""));
      assertThrows(IllegalStateException.class, () -> earth.save(folder));
    }
    try (EarthExplorer earth = EarthExplorer.open(folder, planet.everything())) {
      assertEquals(40, earth.catalog().size());
    }
    // An index that grows while it is written.
    ExactIndex growing = exact();
    EmbeddingIndex racing =
        (EmbeddingIndex)
            Proxy.newProxyInstance(
                EmbeddingIndex.class.getClassLoader(),
                new Class<?>[] {MutableIndex.class, PersistentIndex.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("save")) growing.add(Planet.of(19, 5).vectors);
                  return method.invoke(growing, arguments);
                });
    try (EarthExplorer earth = EarthExplorer.open(planet, planet.everything(), racing)) {
      assertThrows(IllegalStateException.class, () -> earth.save(folder));
    }
    assertEquals(before, files());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void opensASaveOfAnyKindOfIndex() throws IOException {
    Planet planet = Planet.of(20, 50);
    List<EmbeddingIndex> kinds = List.of(exact(), ShardedIndex.growing(List.of(exact(), exact())));
    for (EmbeddingIndex kind : kinds) {
      List<Hit> expected;
      try (EarthExplorer earth = EarthExplorer.open(planet, planet.everything(), kind)) {
        earth.save(folder);
        expected = earth.search(Query.text("river"), SearchOptions.top(9)).hits();
      }
      try (EarthExplorer earth = EarthExplorer.open(folder, planet.everything())) {
        assertEquals(expected, earth.search(Query.text("river"), SearchOptions.top(9)).hits());
      }
    }
    // No available format reads the index, but the manifest names the module that does.
    Path manifest = folder.resolve("explorer.properties");
    String text = Files.readString(manifest);
    assertTrue(text.contains("index.module=earth-embed-core\n"), text);
    String foreign =
        text.replace("index.module=earth-embed-core", "index.module=earth-embed-faiss")
            .replaceAll("index=index-.*", "index=index-foreign.bin");
    Files.writeString(folder.resolve("index-foreign.bin"), "FAISS's bytes");
    Files.writeString(manifest, foreign);
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class, () -> EarthExplorer.open(folder, planet.everything()));
    assertTrue(
        e.getMessage().contains("io.earthembed:earth-embed-faiss, which is neither on"),
        e.getMessage());
  }

  /** Opens a folder of an older version, which has neither the kind of index nor a fingerprint. */
  @Test
  void opensASaveOfAnOlderVersion() throws IOException {
    Planet planet = Planet.of(20, 50);
    try (EarthExplorer earth = planet.explorer()) {
      earth.save(folder);
    }
    Path manifest = folder.resolve("explorer.properties");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replaceAll("(index\\.module|rows)=.*\n", ""));
    EarthExplorer.open(folder, planet.everything()).close();
    Files.writeString(manifest, text.replaceAll("rows=.*", "rows=0123"));
    assertThrows(CorruptDataException.class, () -> EarthExplorer.open(folder, planet.everything()));
  }

  @Test
  void noticesTilesOfOneIdAndEqualEmbeddings() {
    List<TileRecord> tiles = new ArrayList<>(Planet.of(21, 60).tiles);
    tiles.set(50, tiles.get(7));
    tiles.set(51, tiles.get(7));
    tiles.set(52, tiles.get(3));
    Planet planet = new Planet("toy", tiles, 21);
    Duplicates ids = planet.catalog().equalIds();
    assertEquals(3, ids.repeated());
    assertEquals(List.of(new Duplicates.Group(7, 3), new Duplicates.Group(3, 2)), ids.groups());
    EarthExplorer.open(planet, planet.everything()).close(); // with a warning
    // Every fifth has the embedding of the one before it; some are zeros of either sign.
    for (int i : new int[] {1, 11, 21}) {
      float[] zeros = new float[Planet.DIMENSION];
      zeros[i % 7] = -0f;
      planet.vectors.set(i, zeros);
    }
    Duplicates embeddings = planet.equalEmbeddings();
    assertEquals(12 + 2, embeddings.repeated());
    assertEquals(new Duplicates.Group(1, 3), embeddings.groups().get(0));
    assertEquals(new Duplicates.Group(3, 2), embeddings.groups().get(1));
    assertEquals(13, embeddings.groups().size());
    assertEquals(0, Planet.of(1, 0).equalEmbeddings().repeated());
    assertEquals(0, Planet.of(1, 60).catalog().equalIds().repeated());
  }

  @Test
  void tellsHowManyAFilterByTimeLeftOut() {
    Planet planet = Planet.of(22, 110); // every eleventh of which has no time
    TileFilter ever = TileFilter.sensed(Instant.MIN, Instant.MAX);
    try (EarthExplorer earth = planet.explorer();
        EarthExplorer other = new Planet("other", planet.tiles, 3).explorer()) {
      SearchResult all = earth.search(Query.text("river"), SearchOptions.top(200));
      assertEquals(0, all.undated());
      SearchResult dated =
          earth.search(Query.text("river"), SearchOptions.builder().k(200).filter(ever).build());
      assertEquals(10, dated.undated());
      assertEquals(100, dated.hits().size());
      assertTrue(dated.toString().contains("10 without a date left out"), dated.toString());
      assertTrue(dated.hits().stream().allMatch(hit -> hit.tile().timestamp() != null));
      Query.Fusion fusion =
          Query.fuse(
              Query.text("river").by("toy").weighted(1), Query.text("x").by("other").weighted(1));
      SearchResult fused =
          ModelComparison.of(earth, other)
              .search(fusion, SearchOptions.builder().k(200).filter(ever).build());
      long shared = planet.tiles.stream().map(t -> t.cell() + t.productId()).distinct().count();
      assertEquals(shared, fused.searched() + fused.undated());
      assertTrue(fused.undated() > 0);
    }
  }

  /** A tower that names its preparation of pictures. */
  private record Prepared(Encoder<Raster> tower, String preparation) implements Encoder<Raster> {
    @Override
    public ModelInfo model() {
      return tower.model();
    }

    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      return tower.encode(inputs);
    }

    @Override
    public void close() {}
  }

  /** A tower that asks for the time of a picture. */
  private record Asking(Encoder<Raster> tower) implements Encoder<Raster> {
    @Override
    public ModelInfo model() {
      return tower.model();
    }

    @Override
    public List<String> assumptions(Raster picture) {
      return picture.acquisition().time() == null ? List.of("time unknown: zeros") : List.of();
    }

    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      return tower.encode(inputs);
    }

    @Override
    public void close() {}
  }

  @Test
  void saysWhatWasAssumedOfAPicture() {
    Planet planet = Planet.of(16, 20);
    EmbeddingModel asking = EmbeddingModel.of(new Asking(planet.pictures().image()));
    try (EarthExplorer earth = EarthExplorer.open(planet, asking);
        EarthExplorer other = new Planet("other", planet.tiles, 3).explorer()) {
      Raster picture = ImageQueries.picture(3);
      Query undated = Query.image(picture);
      Query dated =
          Query.image(picture.withAcquisition(Acquisition.UNKNOWN.withTime(Instant.EPOCH)));
      List<String> assumed = List.of("time unknown: zeros");
      assertEquals(assumed, earth.search(undated, SearchOptions.top(5)).assumptions());
      assertEquals(List.of(), earth.search(dated, SearchOptions.top(5)).assumptions());
      assertEquals(
          assumed,
          earth
              .search(dated.plus(undated.by(asking.info().name())), SearchOptions.top(5))
              .assumptions());
      Query.Fusion fusion = Query.fuse(dated.weighted(1), undated.weighted(1));
      assertEquals(assumed, earth.search(fusion, SearchOptions.top(5)).assumptions());
      assertEquals(
          assumed,
          ModelComparison.of(earth, other).search(fusion, SearchOptions.top(5)).assumptions());
    }
  }

  private static EmbeddingModel prepared(Planet planet, String preparation) {
    return EmbeddingModel.of(new Prepared(planet.pictures().image(), preparation));
  }

  @Test
  void opensWhatItSavedForTheSamePreparationOnly() throws IOException {
    Planet planet = Planet.of(14, 20);
    try (EarthExplorer earth = EarthExplorer.open(planet, prepared(planet, "RGB = 384: \\x"))) {
      earth.save(folder);
    }
    // An equal one, and one that does not name it.
    for (EmbeddingModel good : List.of(prepared(planet, "RGB = 384: \\x"), planet.everything())) {
      EarthExplorer.open(folder, good, ExactIndex::load).close();
    }
    EmbeddingModel other = prepared(planet, "RGB = 224");
    String wrong = refusal(() -> EarthExplorer.open(folder, other, ExactIndex::load));
    assertTrue(wrong.contains("RGB = 384: \\x") && wrong.contains("RGB = 224"), wrong);
    // Folders of older versions do not name it either.
    Path manifest = folder.resolve("explorer.properties");
    String text = Files.readString(manifest);
    String older = text.replaceAll("model\\.preparation=.*\n", "");
    assertTrue(older.length() < text.length());
    Files.writeString(manifest, older);
    EarthExplorer.open(folder, other, ExactIndex::load).close();
  }

  @Test
  void savesShardsAndLeavesNoneOfEarlierSaves() throws IOException {
    Planet planet = Planet.of(15, 50);
    List<ExactIndex> shards =
        List.of(
            new ExactIndex(Planet.DIMENSION, ExactIndex.DEFAULT_METRIC),
            new ExactIndex(Planet.DIMENSION, ExactIndex.DEFAULT_METRIC));
    List<Hit> expected;
    try (EarthExplorer earth =
        EarthExplorer.open(planet, planet.everything(), ShardedIndex.growing(shards))) {
      earth.save(folder);
      earth.save(folder);
      expected = earth.search(Query.text("river"), SearchOptions.top(9)).hits();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(5, files.count(), "two manifests, a catalog, two shards");
    }
    try (EarthExplorer earth =
        EarthExplorer.open(
            folder, planet.everything(), file -> ShardedIndex.load(file, ExactIndex::load))) {
      assertEquals(expected, earth.search(Query.text("river"), SearchOptions.top(9)).hits());
    }
    // An index of another kind follows.
    try (EarthExplorer earth = planet.explorer()) {
      earth.save(folder);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(3, files.count());
    }
  }

  @Test
  void noticesASavedExplorerThatIsDamaged() throws IOException {
    Planet planet = Planet.of(12, 30);
    assertThrows(
        EarthEmbedException.class,
        () -> EarthExplorer.open(folder, planet.everything(), ExactIndex::load));
    try (EarthExplorer earth = planet.explorer()) {
      earth.save(folder);
    }
    Path manifest = folder.resolve("explorer.properties");
    String text = Files.readString(manifest);
    for (String damaged :
        List.of(
            "",
            text.replace("format=1", "format=2"),
            text.replace("model.dimension=8", "model.dimension=eight"),
            text.replace("catalog-", "catalogue-"),
            text.replace("index=", "index=../" + folder.getFileName() + "/"),
            text.replace("catalog=", "catalog=" + folder + "/"),
            text.replace("model.name", "model.nam"),
            text.replace("catalog=", "catalog=\\u0000"),
            text.replace("index=", "index=\\u0000"),
            text.replace("index=", "index=\\ud800"),
            text.replace("index=", "index=\\u000a"),
            text.replaceAll("index=.*", "index="),
            text.replaceAll("index=.*", "index=."),
            text.replaceAll("index=.*", "index=explorer.properties"),
            text.replaceAll("catalog=.*", "catalog=explorer.properties"),
            text.replaceAll("index=.*", "index=" + "x".repeat(300)),
            text.replaceAll("(catalog|index)=.*", "$1=a b"),
            text.replace("model.dimension=8", "model.dimension=-8"),
            "x=" + "y".repeat(2_000_000) + "\n" + text,
            "\\u12")) {
      Files.writeString(manifest, damaged);
      assertThrows(
          EarthEmbedException.class,
          () -> EarthExplorer.open(folder, planet.everything(), ExactIndex::load),
          damaged);
    }
    // The index of another explorer.
    Files.writeString(manifest, text);
    try (ExactIndex other = new ExactIndex(Planet.DIMENSION, Metric.INNER_PRODUCT);
        Stream<Path> files = Files.list(folder)) {
      other.add(Planet.of(1, 29).vectors);
      other.save(
          files
              .filter(f -> f.getFileName().toString().startsWith("index"))
              .findFirst()
              .orElseThrow());
    }
    assertThrows(
        CorruptDataException.class,
        () -> EarthExplorer.open(folder, planet.everything(), ExactIndex::load));
  }

  @Test
  void refusesAnotherModelsDataset() {
    Planet planet = Planet.of(13, 10);
    Planet other = new Planet("other", planet.tiles, 1);
    assertThrows(
        IllegalArgumentException.class, () -> EarthExplorer.open(planet, other.everything()));
    try (ExactIndex index = new ExactIndex(Planet.DIMENSION, Metric.INNER_PRODUCT)) {
      index.add(Planet.of(1, 9).vectors);
      assertThrows(
          IllegalArgumentException.class,
          () -> EarthExplorer.open(planet, planet.everything(), index));
    }
  }

  /** Returns an index that can only be searched. */
  private static EmbeddingIndex fixed(ExactIndex index) {
    return (EmbeddingIndex)
        Proxy.newProxyInstance(
            EmbeddingIndex.class.getClassLoader(),
            new Class<?>[] {EmbeddingIndex.class},
            (proxy, method, arguments) -> method.invoke(index, arguments));
  }

  /**
   * One vector was removed and another added: their number equals the dataset's rows, but they
   * belong to others.
   */
  @Test
  void refusesAnIndexWhoseOrdinalsHaveHoles() {
    Planet planet = Planet.of(13, 10);
    try (ExactIndex exact = new ExactIndex(Planet.DIMENSION, Metric.INNER_PRODUCT)) {
      exact.add(planet.vectors);
      EmbeddingIndex holed =
          (EmbeddingIndex)
              Proxy.newProxyInstance(
                  EmbeddingIndex.class.getClassLoader(),
                  new Class<?>[] {EmbeddingIndex.class},
                  (proxy, method, arguments) ->
                      method.getName().equals("ordinalEnd")
                          ? 11L
                          : method.invoke(exact, arguments));
      String text = refusal(() -> EarthExplorer.open(planet, planet.everything(), holed));
      assertTrue(text.contains("removed") && text.contains("11"), text);
      try (EarthExplorer saved = planet.explorer()) {
        saved.save(folder);
      }
      // An index that writes no file, and an empty one that takes no additions.
      try (EarthExplorer fixed = EarthExplorer.open(planet, planet.everything(), fixed(exact))) {
        IllegalStateException e =
            assertThrows(IllegalStateException.class, () -> fixed.save(folder));
        assertTrue(String.valueOf(e.getMessage()).contains("PersistentIndex"), e.getMessage());
      }
      EmbeddingIndex empty = fixed(new ExactIndex(Planet.DIMENSION, Metric.INNER_PRODUCT));
      text = refusal(() -> EarthExplorer.open(planet, planet.everything(), empty));
      assertTrue(text.contains("holds 0 vectors, the dataset 10"), text);
      assertThrows(
          CorruptDataException.class,
          () -> EarthExplorer.open(folder, planet.everything(), file -> holed));
    }
  }

  @Test
  void refusesAModelWithoutAVersion() {
    for (String blank : List.of("", " ")) {
      assertThrows(IllegalArgumentException.class, () -> new ModelInfo("toy", blank, 8));
    }
  }

  @Test
  void refusesWeightsThatCannotBe() {
    for (double weight : new double[] {-0.5, 0, Double.NaN}) {
      assertThrows(
          IllegalArgumentException.class, () -> Query.text("a").minus(weight, Query.text("b")));
    }
  }
}
