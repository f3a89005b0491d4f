package io.earthembed.evaluation;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a model on a set. Immutable and safe for many threads.
 *
 * @param model name and version of the model
 * @param set name of the set
 * @param pictures number of pictures
 * @param prompts name of the prompts
 * @param method how the intervals were computed
 * @param figures the figures
 */
public record RetrievalReport(
    String model, String set, int pictures, String prompts, String method, List<Figure> figures) {
  /**
   * A mean over queries, in [0, 1].
   *
   * @param name the metric, such as {@code text-to-image mAP@100}
   * @param queries number of queries
   * @param value the mean
   * @param low lower end of the 95 % interval
   * @param high upper end of the 95 % interval
   */
  public record Figure(String name, int queries, double value, double low, double high) {}

  /** Copies its arguments. */
  public RetrievalReport {
    figures = List.copyOf(figures);
  }

  /**
   * Returns a figure.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Figure figure(String name) {
    for (Figure each : figures) if (each.name().equals(name)) return each;
    throw new IllegalArgumentException(
        "no figure " + name + "; there are " + figures.stream().map(Figure::name).toList());
  }

  /** Returns the published figures of the metrics that this report has, of all sets. */
  public List<PublishedFigure> published() {
    List<String> names = figures.stream().map(Figure::name).toList();
    return PublishedFigure.all().stream().filter(each -> names.contains(each.figure())).toList();
  }

  /** Returns a table in Markdown, in percent, with {@link #published} below it. */
  public String toTable() {
    StringBuilder table = new StringBuilder();
    table.append(model).append(" on ").append(set).append(", ").append(pictures);
    table.append(" pictures, prompts ").append(prompts).append("\n\n");
    table.append("| figure | % | 95 % interval | queries |\n| --- | --- | --- | --- |\n");
    for (Figure each : figures) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %.1f to %.1f | %d |%n",
              each.name(),
              100 * each.value(),
              100 * each.low(),
              100 * each.high(),
              each.queries()));
    }
    table.append("\nIntervals: ").append(method).append(".\n");
    table.append("\nPublished:\n\n| model | set | figure | % | source |\n");
    table.append("| --- | --- | --- | --- | --- |\n");
    for (PublishedFigure each : published()) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s |%n",
              each.model(),
              each.set(),
              each.figure(),
              each.percent(),
              each.source()));
    }
    return table.toString();
  }

  /**
   * Returns the report as one line of JSON, with shares in [0, 1] and {@link #published} in
   * percent.
   */
  public String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("model", model);
    json.addProperty("set", set);
    json.addProperty("pictures", pictures);
    json.addProperty("prompts", prompts);
    json.addProperty("intervals", method);
    JsonArray measured = new JsonArray();
    for (Figure each : figures) {
      JsonObject figure = new JsonObject();
      figure.addProperty("name", each.name());
      figure.addProperty("queries", each.queries());
      figure.addProperty("value", each.value());
      figure.addProperty("low", each.low());
      figure.addProperty("high", each.high());
      measured.add(figure);
    }
    json.add("figures", measured);
    JsonArray others = new JsonArray();
    for (PublishedFigure each : published()) {
      JsonObject figure = new JsonObject();
      figure.addProperty("model", each.model());
      figure.addProperty("set", each.set());
      figure.addProperty("figure", each.figure());
      figure.addProperty("percent", each.percent());
      figure.addProperty("source", each.source());
      others.add(figure);
    }
    json.add("published", others);
    return new GsonBuilder().disableHtmlEscaping().create().toJson(json);
  }
}
