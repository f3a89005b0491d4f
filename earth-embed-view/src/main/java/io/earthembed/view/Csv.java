package io.earthembed.view;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.base.text.CsvText;
import io.earthembed.imagery.TileRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * The hits of a search as comma-separated values (RFC 4180, UTF-8, with a header): rank, score,
 * percentile, id, grid_cell, product_id, timestamp, latitude, longitude, parquet_url, parquet_row;
 * and attribution if the dataset has one. In ids, products and addresses, an apostrophe precedes
 * each sign with which a spreadsheet could begin a formula, whatever cell separator it uses. An
 * unknown cell, time or place is empty. Immutable and safe for many threads.
 */
public final class Csv {
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
    StringBuilder out =
        new StringBuilder(
            "rank,score,percentile,id,grid_cell,product_id,timestamp,latitude,longitude,"
                + "parquet_url,parquet_row"
                + (attribution.isEmpty() ? "" : ",attribution")
                + "\r\n");
    for (Hit hit : result.hits()) {
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
      if (!attribution.isEmpty()) out.append(',').append(CsvText.field(attribution));
      out.append("\r\n");
    }
    return out.toString();
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
