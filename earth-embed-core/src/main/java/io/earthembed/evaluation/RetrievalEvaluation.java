package io.earthembed.evaluation;

import io.earthembed.base.thread.Processors;
import io.earthembed.common.ProgressListener;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.evaluation.RetrievalReport.Figure;
import io.earthembed.evaluation.RetrievalSet.Item;
import io.earthembed.image.Raster;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Measures a model on a set of pictures. Which figures a report has depends on what the set and the
 * model have:
 *
 * <ul>
 *   <li>{@code zero-shot top-1}: the share of pictures whose class's text is the most similar of
 *       all; for sets with one label for each picture.
 *   <li>{@code text-to-image mAP} and {@code mAP@100}: each class's text as a query for its
 *       pictures.
 *   <li>{@code image-to-image mAP} and {@code precision@k}: pictures as queries for the others that
 *       share a label with them.
 *   <li>{@code text-to-image recall@1, 5, 10} and {@code image-to-text recall@1, 5, 10}: captions
 *       as queries for their pictures and pictures for their captions; equal captions are one text.
 *       {@code mean recall} is the mean of the three.
 * </ul>
 *
 * <p>mAP is that of scikit-learn's {@code average_precision_score}, mAP@100 that of torchmetrics'
 * {@code RetrievalMAP(top_k=100)}, with which MS-CLIP was evaluated. Each figure is a mean over
 * queries. Its interval is the 95 % percentile bootstrap over these queries, of 2,000 resamples
 * with a fixed seed; it does not tell how the figure would vary with other candidates.
 *
 * <p>Immutable and safe for many threads. The caller closes the model.
 */
public final class RetrievalEvaluation {
  private static final int BATCH = 64;

  /** Candidates that mAP@100 counts. */
  private static final int CUT = 100;

  private static final int[] RECALLS = {1, 5, 10};

  private final EmbeddingModel model;
  private final Prompts prompts;
  private final Map<String, String> classNames;
  private final int precisionAt;
  private final int pictureQueries;

  private RetrievalEvaluation(
      EmbeddingModel model,
      Prompts prompts,
      Map<String, String> classNames,
      int precisionAt,
      int pictureQueries) {
    this.model = model;
    this.prompts = prompts;
    this.classNames = classNames;
    this.precisionAt = precisionAt;
    this.pictureQueries = pictureQueries;
  }

  /** Returns an evaluation of a model, with defaults. */
  public static RetrievalEvaluation of(EmbeddingModel model) {
    return new RetrievalEvaluation(model, Prompts.FARSLIP, Map.of(), 10, 1000);
  }

  /** Sets the sentences for classes and captions (default {@link Prompts#FARSLIP}). */
  public RetrievalEvaluation withPrompts(Prompts other) {
    return new RetrievalEvaluation(model, other, classNames, precisionAt, pictureQueries);
  }

  /**
   * Sets the words for labels in sentences (default none).
   *
   * @param names words by label; other labels get {@link RetrievalSet#words}
   */
  public RetrievalEvaluation withClassNames(Map<String, String> names) {
    return new RetrievalEvaluation(model, prompts, Map.copyOf(names), precisionAt, pictureQueries);
  }

  /** Sets k of image-to-image precision@k, at least 1 (default 10). */
  public RetrievalEvaluation withPrecisionAt(int k) {
    if (k < 1) throw new IllegalArgumentException("k must be positive: " + k);
    return new RetrievalEvaluation(model, prompts, classNames, k, pictureQueries);
  }

  /**
   * Sets how many pictures are queries of image-to-image figures, at least 1 (default 1,000). They
   * are drawn at random, with a fixed seed, from larger sets.
   */
  public RetrievalEvaluation withPictureQueries(int most) {
    if (most < 1) throw new IllegalArgumentException("most must be positive: " + most);
    return new RetrievalEvaluation(model, prompts, classNames, precisionAt, most);
  }

  /**
   * Encodes the set and computes its figures.
   *
   * @param set pictures with labels or captions
   * @param progress receives the number of encoded pictures
   * @throws IllegalArgumentException if the set has nothing that the model could be measured by
   * @throws io.earthembed.common.EarthEmbedException naming a picture that cannot be read
   */
  public RetrievalReport run(RetrievalSet set, ProgressListener progress) {
    List<String> classes = set.classes();
    Map<String, BitSet> captions = captions(set.items());
    Encoder<String> text = model.text().orElse(null);
    if (classes.isEmpty() && (text == null || captions.isEmpty())) {
      throw new IllegalArgumentException(
          set.name()
              + (captions.isEmpty()
                  ? " has neither labels nor captions"
                  : " has captions only, and " + model.info().name() + " has no text tower"));
    }
    Vectors pictures = encode(set.items(), progress);
    Candidates candidates = new Candidates(pictures);
    List<Figure> figures = new ArrayList<>();
    if (!classes.isEmpty()) {
      List<BitSet> members = members(set.items(), classes);
      if (text != null) {
        Vectors texts = prompts.encode(text, classes.stream().map(this::words).toList());
        if (set.items().stream().allMatch(item -> item.labels().size() == 1)) {
          figures.addAll(topOne(pictures, texts, members));
        }
        figures.addAll(textToImage(candidates, texts, members));
      }
      figures.addAll(imageToImage(candidates, pictures, members));
    }
    if (text != null && !captions.isEmpty()) {
      List<String> texts =
          captions.keySet().stream().map(caption -> prompts.captionPrefix() + caption).toList();
      figures.addAll(
          recalls(candidates, pictures, text.encode(texts), List.copyOf(captions.values())));
    }
    return new RetrievalReport(
        model.info().name() + " " + model.info().version(),
        set.name(),
        set.items().size(),
        text == null ? "none" : prompts.name(),
        Figures.METHOD,
        figures);
  }

  private String words(String label) {
    return classNames.getOrDefault(label, RetrievalSet.words(label));
  }

  private static List<Figure> topOne(Vectors pictures, Vectors texts, List<BitSet> members) {
    Candidates classes = new Candidates(texts);
    return Figures.means(
        List.of("zero-shot top-1"),
        (int) pictures.rows(),
        i -> {
          int best = RankingMetrics.rank(classes.scores(pictures.row(i)))[0];
          return new double[] {members.get(best).get(i) ? 1 : 0};
        });
  }

  private static List<Figure> textToImage(
      Candidates pictures, Vectors texts, List<BitSet> members) {
    return Figures.means(
        List.of("text-to-image mAP", "text-to-image mAP@" + CUT),
        members.size(),
        i -> {
          float[] scores = pictures.scores(texts.row(i));
          int[] order = RankingMetrics.rank(scores);
          BitSet relevant = members.get(i);
          return new double[] {
            RankingMetrics.averagePrecision(scores, order, relevant),
            RankingMetrics.averagePrecisionAt(CUT, order, relevant)
          };
        });
  }

  private List<Figure> imageToImage(Candidates candidates, Vectors pictures, List<BitSet> members) {
    int[] queries = drawn((int) pictures.rows(), pictureQueries);
    return Figures.means(
        List.of("image-to-image mAP", "image-to-image precision@" + precisionAt),
        queries.length,
        i -> {
          int query = queries[i];
          BitSet relevant = new BitSet();
          for (BitSet each : members) if (each.get(query)) relevant.or(each);
          relevant.clear(query);
          if (relevant.isEmpty()) return null; // no other picture has any of its labels
          float[] scores = candidates.scores(pictures.row(query));
          int[] order =
              Arrays.stream(RankingMetrics.rank(scores)).filter(c -> c != query).toArray();
          return new double[] {
            RankingMetrics.averagePrecision(scores, order, relevant),
            RankingMetrics.precisionAt(precisionAt, order, relevant)
          };
        });
  }

  /**
   * Computes recalls both ways.
   *
   * @param picturesOf for each text, its pictures
   */
  private static List<Figure> recalls(
      Candidates pictures, Vectors encoded, Vectors texts, List<BitSet> picturesOf) {
    List<BitSet> textsOf = new ArrayList<>();
    for (int i = 0; i < encoded.rows(); i++) textsOf.add(new BitSet());
    for (int t = 0; t < picturesOf.size(); t++) {
      int of = t;
      picturesOf.get(t).stream().forEach(picture -> textsOf.get(picture).set(of));
    }
    Candidates captions = new Candidates(texts);
    List<Figure> figures = new ArrayList<>();
    figures.addAll(recalls("text-to-image", pictures, texts, picturesOf));
    figures.addAll(recalls("image-to-text", captions, encoded, textsOf));
    return figures;
  }

  private static List<Figure> recalls(
      String way, Candidates candidates, Vectors queries, List<BitSet> relevant) {
    List<String> names = new ArrayList<>();
    for (int k : RECALLS) names.add(way + " recall@" + k);
    names.add(way + " mean recall");
    return Figures.means(
        names,
        relevant.size(),
        i -> {
          if (relevant.get(i).isEmpty()) return null; // a picture without captions
          int[] order = RankingMetrics.rank(candidates.scores(queries.row(i)));
          double[] values = new double[RECALLS.length + 1];
          for (int r = 0; r < RECALLS.length; r++) {
            values[r] = RankingMetrics.recallAt(RECALLS[r], order, relevant.get(i));
            values[RECALLS.length] += values[r] / RECALLS.length;
          }
          return values;
        });
  }

  /** Draws positions without repetition, ascending; all of them if they are few enough. */
  private static int[] drawn(int count, int most) {
    int[] all = new int[count];
    for (int i = 0; i < count; i++) all[i] = i;
    if (count <= most) return all;
    SplittableRandom random = new SplittableRandom(Figures.SEED);
    for (int i = 0; i < most; i++) {
      int other = random.nextInt(i, count);
      int swapped = all[i];
      all[i] = all[other];
      all[other] = swapped;
    }
    int[] drawn = Arrays.copyOf(all, most);
    Arrays.sort(drawn);
    return drawn;
  }

  private Vectors encode(List<Item> items, ProgressListener progress) {
    Vectors vectors = Vectors.allocate(items.size(), model.info().dimension());
    for (int from = 0; from < items.size(); from += BATCH) {
      Raster[] batch = new Raster[Math.min(BATCH, items.size() - from)];
      int first = from;
      Processors.forEach(
          batch.length,
          i -> batch[i] = PictureFiles.read(items.get(first + i).picture(), model.picture()));
      Vectors encoded = model.image().encode(List.of(batch));
      for (int i = 0; i < batch.length; i++) vectors.set(from + i, encoded.row(i));
      progress.update("pictures", (long) from + batch.length, items.size());
    }
    return vectors;
  }

  private static List<BitSet> members(List<Item> items, List<String> classes) {
    Map<String, BitSet> members = new LinkedHashMap<>();
    for (String each : classes) members.put(each, new BitSet());
    for (int i = 0; i < items.size(); i++) {
      for (String label : items.get(i).labels()) {
        BitSet of = members.get(label);
        if (of != null) of.set(i);
      }
    }
    return List.copyOf(members.values());
  }

  /** Returns each different caption's pictures. */
  private static Map<String, BitSet> captions(List<Item> items) {
    Map<String, BitSet> pictures = new LinkedHashMap<>();
    for (int i = 0; i < items.size(); i++) {
      for (String caption : items.get(i).captions()) {
        pictures.computeIfAbsent(caption, any -> new BitSet()).set(i);
      }
    }
    return pictures;
  }
}
