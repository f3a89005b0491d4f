package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.evaluation.RetrievalSet;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.TileRecord;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Learns ten classes from labels: generated landscapes, or with {@code -Dearthembed.patches=DIR}
 * the pictures of a folder for each class, such as EuroSAT's.
 */
class LearnedQueryTest {
  private static final int LABELS = 20;
  private static final int PIXELS = 16;
  private static final int LANDSCAPES = 400;

  @TempDir Path folder;

  private final List<Raster> pictures = new ArrayList<>();
  private final List<String> classes = new ArrayList<>();

  /** The pictures' embeddings, as a dataset. */
  private record Embedded(ModelInfo model, TileCatalog catalog, Vectors vectors)
      implements EmbeddingDataset {
    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      batches.accept(vectors);
    }
  }

  private void read() {
    String patches = System.getProperty("earthembed.patches", "");
    if (patches.isEmpty()) {
      for (int i = 0; i < LANDSCAPES; i++) {
        LandscapeKind kind = LandscapeKind.values()[i % 10];
        pictures.add(Landscape.generate(kind, 2_000_000 + i / 10, PIXELS).trueColor());
        classes.add(kind.name());
      }
    } else {
      for (RetrievalSet.Item item : RetrievalSet.ofFolders(Path.of(patches)).items()) {
        pictures.add(ImageFiles.read(item.picture()));
        classes.add(item.labels().iterator().next());
      }
    }
  }

  private Embedded embed(EmbeddingModel model) {
    Vectors vectors = Vectors.allocate(pictures.size(), model.info().dimension());
    List<TileRecord> tiles = new ArrayList<>();
    for (int from = 0; from < pictures.size(); from += 64) {
      Vectors some =
          model.image().encode(pictures.subList(from, Math.min(pictures.size(), from + 64)));
      for (int i = 0; i < some.rows(); i++) {
        vectors.set(from + i, some.row(i));
        tiles.add(new TileRecord("t" + (from + i), null, null, null, null, Float.NaN, null));
      }
    }
    return new Embedded(model.info(), TileCatalog.of(tiles), vectors);
  }

  /** Returns the average precision over the unlabeled tiles. */
  private double precision(EarthExplorer earth, Query query, String wanted, List<Integer> labels) {
    SearchResult result = earth.search(query, SearchOptions.builder().build());
    assertEquals(pictures.size(), result.neighbors().size());
    int found = 0;
    int rank = 0;
    double sum = 0;
    for (int i = 0; i < result.neighbors().size(); i++) {
      int row = (int) result.neighbors().ordinal(i);
      if (labels.contains(row)) continue;
      rank++;
      if (classes.get(row).equals(wanted)) sum += ++found / (double) rank;
    }
    return sum / found;
  }

  private List<Integer> draw(boolean good, String wanted, Random random) {
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < classes.size(); i++) {
      if (classes.get(i).equals(wanted) == good) rows.add(i);
    }
    Collections.shuffle(rows, random);
    return rows.subList(0, LABELS);
  }

  private static List<Query> tiles(List<Integer> rows) {
    return rows.stream().map(row -> Query.tile("t" + row)).toList();
  }

  private static String line(List<Integer> rows) {
    return rows.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  @Test
  void ranksAsWellAsLogisticRegressionOfScikitLearnAndBetterThanRocchio() throws Exception {
    read();
    try (EmbeddingModel model = DemoModel.load()) {
      Embedded embedded = embed(model);
      int dimension = model.info().dimension();
      ByteBuffer bytes =
          ByteBuffer.allocate(4 * dimension * pictures.size()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < pictures.size(); i++) {
        for (float value : embedded.vectors.row(i)) bytes.putFloat(value);
      }
      Path rows = Files.write(folder.resolve("rows"), bytes.array());
      double learned = 0;
      double rocchio = 0;
      double regression = 0;
      double nanos = 0;
      List<String> wanted = List.copyOf(new LinkedHashSet<>(classes));
      try (EarthExplorer earth = EarthExplorer.open(embedded, model);
          PythonPeer peer =
              PythonPeer.start(
                  Path.of("src/test/python/regression_peer.py"),
                  rows.toString(),
                  String.valueOf(dimension))) {
        for (String one : wanted) {
          Random random = new Random(one.hashCode());
          List<Integer> good = draw(true, one, random);
          List<Integer> bad = draw(false, one, random);
          List<Integer> all = new ArrayList<>(good);
          all.addAll(bad);
          long start = System.nanoTime();
          Query.Learned query = earth.learn(tiles(good), tiles(bad));
          nanos += System.nanoTime() - start;
          assertEquals(Query.Learner.LOGISTIC_REGRESSION, query.learner());
          learned += precision(earth, query, one, all) / wanted.size();
          Query means =
              Query.tile("t" + good.get(0))
                  .refine(Query.Rocchio.EXAMPLES_ONLY, tiles(good), tiles(bad));
          rocchio += precision(earth, means, one, all) / wanted.size();
          String[] weights = peer.ask(line(good) + ";" + line(bad)).split(" ");
          float[] normal = new float[dimension];
          for (int i = 0; i < dimension; i++) normal[i] = Float.parseFloat(weights[i]);
          regression += precision(earth, Query.vector(normal), one, all) / wanted.size();
        }
      }
      String figures =
          String.format(
              "%d pictures, %d + %d labels: %.4f; scikit-learn %.4f; Rocchio %.4f; %.1f ms",
              pictures.size(), LABELS, LABELS, learned, regression, rocchio, nanos / 1e6 / 10);
      System.out.println(figures);
      assertTrue(learned >= regression - 0.005, figures);
      assertTrue(learned > rocchio, figures);
    }
  }
}
