package io.earthembed.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A figure that a model's authors published. Immutable and safe for many threads.
 *
 * @param model the model and its weights
 * @param set the set
 * @param figure the metric, named as in a {@link RetrievalReport} if it is the same
 * @param percent the value in percent
 * @param source the place of publication
 */
public record PublishedFigure(
    String model, String set, String figure, double percent, String source) {
  private static final String RESOURCE = "published.tsv";
  private static final List<PublishedFigure> ALL = read();

  /** Returns all published figures that are known here. */
  public static List<PublishedFigure> all() {
    return ALL;
  }

  private static List<PublishedFigure> read() {
    try (InputStream in = PublishedFigure.class.getResourceAsStream(RESOURCE)) {
      if (in == null) throw new IllegalStateException("no resource " + RESOURCE);
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<PublishedFigure> all = new ArrayList<>();
      for (String line : text.lines().skip(1).toList()) {
        List<String> cells = List.of(line.split("\t", -1));
        all.add(
            new PublishedFigure(
                cells.get(0),
                cells.get(1),
                cells.get(2),
                Double.parseDouble(cells.get(3)),
                cells.get(4)));
      }
      return List.copyOf(all);
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }
}
