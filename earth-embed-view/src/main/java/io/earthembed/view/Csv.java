package io.earthembed.view;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.base.table.AttributeColumns;
import io.earthembed.base.text.CsvText;
import io.earthembed.imagery.TileRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The hits of a search as comma-separated values (RFC 4180, UTF-8, with a header): rank, score,
 * percentile, id, grid_cell, product_id, timestamp, latitude, longitude, parquet_url, parquet_row;
 * the tiles' attributes, with {@code attribute_} before the name of another column; and attribution
 * if the dataset has one. In texts, an apostrophe precedes each sign with which a spreadsheet could
 * begin a formula, whatever cell separator it uses. An unknown cell, time or place and an absent
 * attribute are empty. Immutable and safe for many threads.
 */
public final class Csv {
  private static final List<String> COLUMNS =
      List.of(
          "rank",
          "score",
          "percentile",
          "id",
          "grid_cell",
          "product_id",
          "timestamp",
          "latitude",
          "longitude",
          "parquet_url",
          "parquet_row",
          "attribution");

  /** All columns but the attribution, which is the last. */
  private static final int FIXED = COLUMNS.size() - 1;

  private final SearchResult result;

  private Csv(SearchResult result) {
    this.result = result;
  }

  /** Creates the export of a result's hits. */
  public static Csv of(SearchResult result) {
    return new Csv(result);
  }

  /** Returns the document. */
  public String toCsv() {
    String attribution = result.attribution().toString();
    List<Hit> hits = result.hits();
    List<AttributeColumns.Column> attributes =
        AttributeColumns.of(hits.stream().map(Hit::tile).toList(), COLUMNS);
    StringBuilder out = new StringBuilder(String.join(",", COLUMNS.subList(0, FIXED)));
    for (AttributeColumns.Column column : attributes) {
      out.append(',').append(CsvText.field(column.name()));
    }
    out.append(attribution.isEmpty() ? "" : ",attribution").append("\r\n");
    for (Hit hit : hits) {
      TileRef source = hit.tile().source();
      out.append(hit.rank()).append(',');
      out.append(hit.score()).append(',');
      out.append(String.format(Locale.ROOT, "%.4f", hit.percentile())).append(',');
      out.append(CsvText.field(hit.tile().id())).append(',');
      out.append(hit.tile().hasCell() ? hit.tile().cell().name() : "").append(',');
      out.append(CsvText.field(Objects.toString(hit.tile().productId(), ""))).append(',');
      out.append(Objects.toString(hit.tile().timestamp(), "")).append(',');
      if (hit.tile().hasCenter()) out.append(hit.tile().center().latitude());
      out.append(',');
      if (hit.tile().hasCenter()) out.append(hit.tile().center().longitude());
      out.append(',');
      out.append(source == null ? "" : CsvText.field(source.shard().toString())).append(',');
      out.append(source == null ? "" : source.rowGroup());
      for (AttributeColumns.Column column : attributes) {
        out.append(',').append(field(hit.tile().attributes().get(column.attribute())));
      }
      if (!attribution.isEmpty()) out.append(',').append(CsvText.field(attribution));
      out.append("\r\n");
    }
    return out.toString();
  }

  /** Returns a value; only texts may have signs with which a formula could begin. */
  private static String field(@Nullable Object value) {
    return value instanceof String text ? CsvText.field(text) : Objects.toString(value, "");
  }

  /**
   * Writes {@link #toCsv} to a file in UTF-8, atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void write(Path file) {
    AtomicFiles.write(file, toCsv().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Csv[" + result.neighbors().size() + " rows]";
  }
}
