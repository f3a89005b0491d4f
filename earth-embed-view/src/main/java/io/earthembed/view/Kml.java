package io.earthembed.view;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.geo.GeoPoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/**
 * The hits of a search as KML 2.2, for virtual globes: a placemark at each tile's centre, with its
 * rank, score, id, attributes and, if known, date. Texts are escaped, and shortened to a line of
 * 500 characters. Immutable and safe for many threads.
 */
public final class Kml {
  private static final int TEXT = 500;

  private final SearchResult result;
  private final String note;

  private Kml(SearchResult result, String note) {
    this.result = result;
    this.note = note;
  }

  /** Creates the export of a result's hits. */
  public static Kml of(SearchResult result) {
    return new Kml(result, Text.note(result, ""));
  }

  /** Returns a copy with a note for readers, one line, before the dataset's attribution. */
  public Kml withNote(String line) {
    return new Kml(result, Text.note(result, line));
  }

  /** Returns the document. */
  public String toKml() {
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.append("<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n<name>");
    out.append(Markup.line(result.query().describe(), TEXT));
    out.append("</name>\n<description>");
    out.append(Markup.line(note, TEXT)).append("</description>\n");
    for (Hit hit : result.hits()) placemark(out, hit);
    return out.append("</Document>\n</kml>\n").toString();
  }

  private static void placemark(StringBuilder out, Hit hit) {
    out.append("<Placemark>\n<name>#").append(hit.rank()).append("</name>\n");
    Instant time = hit.tile().timestamp();
    if (time != null) {
      out.append("<TimeStamp><when>").append(time).append("</when></TimeStamp>\n");
    }
    out.append("<ExtendedData>\n");
    data(out, "score", String.format(Locale.ROOT, "%.6f", hit.score()));
    data(out, "id", hit.tile().id());
    if (hit.tile().hasCell()) data(out, "grid_cell", hit.tile().cell().name());
    String product = hit.tile().productId();
    if (product != null) data(out, "product_id", product);
    hit.tile()
        .attributes()
        .asMap()
        .forEach((name, value) -> data(out, "attribute:" + name, value.toString()));
    out.append("</ExtendedData>\n");
    if (hit.tile().hasCenter()) {
      GeoPoint center = hit.tile().center();
      out.append("<Point><coordinates>").append(center.longitude()).append(',');
      out.append(center.latitude()).append("</coordinates></Point>\n");
    }
    out.append("</Placemark>\n");
  }

  private static void data(StringBuilder out, String name, String value) {
    out.append("<Data name=\"").append(Markup.line(name, TEXT)).append("\"><value>");
    out.append(Markup.line(value, TEXT)).append("</value></Data>\n");
  }

  /**
   * Writes {@link #toKml} to a file in UTF-8, atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void write(Path file) {
    AtomicFiles.write(file, toKml().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Kml[" + result.neighbors().size() + " placemarks]";
  }
}
