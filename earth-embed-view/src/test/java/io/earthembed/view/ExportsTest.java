package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.Query;
import io.earthembed.SearchResult;
import io.earthembed.common.CorruptDataException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.ImageryStore.Outcome;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.stream.ImageInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Exports, read back by other readers, and with hostile texts. */
final class ExportsTest {
  /**
   * Markup, a script and its end, a formula, quotes, line breaks, writing directions, terminal
   * codes, a path, and 10 kB of text.
   */
  private static final String HOSTILE =
      "=</script><img src=x onerror=alert(1)>]]>\"',;\r\n"
          + "\u2028\u202E../../etc/passwd\u001B[31m&amp;<![CDATA["
          + "x".repeat(10_000);

  private static SearchResult hostile() {
    TileRecord plain = Results.tile(HOSTILE, 1, 2);
    TileRecord tile =
        new TileRecord(
            HOSTILE,
            plain.cell(),
            HOSTILE,
            plain.timestamp(),
            plain.center(),
            Float.NaN,
            plain.source());
    return Results.of(
        Query.text(HOSTILE),
        2,
        true,
        List.of(tile, Results.tile("plain", 10, 20)),
        new float[] {0.5f, 0.4f});
  }

  private static Document xml(String text) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Parses the grammar of RFC 4180. */
  private static List<List<String>> csv(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c != '"') field.append(c);
        else if (i + 1 < text.length() && text.charAt(i + 1) == '"') field.append(text.charAt(++i));
        else quoted = false;
      } else if (c == '"') {
        quoted = true;
      } else if (c == ',' || c == '\r') {
        row.add(field.toString());
        field.setLength(0);
      } else if (c == '\n') {
        rows.add(List.copyOf(row));
        row.clear();
      } else {
        field.append(c);
      }
    }
    return rows;
  }

  @Test
  void csvHasARowForEachHitWhateverItIsCalled() {
    List<List<String>> rows = csv(Csv.of(hostile()).toCsv());
    assertEquals(3, rows.size());
    for (List<String> row : rows) assertEquals(11, row.size(), row.toString());
    assertEquals("'" + HOSTILE, rows.get(1).get(3), "no formula");
    assertEquals("'" + HOSTILE, rows.get(1).get(5), "no formula");
    assertEquals("1", rows.get(1).get(0));
    assertEquals("plain", rows.get(2).get(3));
    assertEquals("20.0", rows.get(2).get(8));
  }

  @Test
  void attributesAreColumnsAndProperties() throws Exception {
    TileRecord first =
        Results.tile("first", 1, 2)
            .withAttributes(
                Attributes.NONE
                    .with(HOSTILE, HOSTILE)
                    .with("score", -Long.MAX_VALUE)
                    .with("yield", -2.5)
                    .with("organic", true)
                    .with("sown", Instant.parse("2024-04-01T00:00:00.000001Z")));
    TileRecord second = Results.tile("second", 10, 20);
    SearchResult result =
        Results.of(Query.text("q"), 2, true, List.of(first, second), new float[] {0.5f, 0.4f});
    List<List<String>> rows = csv(Csv.of(result).toCsv());
    assertEquals(
        List.of("'" + HOSTILE, "organic", "attribute_score", "sown", "yield"),
        rows.get(0).subList(11, 16));
    assertEquals(
        List.of(
            "'" + HOSTILE, "true", "-9223372036854775807", "2024-04-01T00:00:00.000001Z", "-2.5"),
        rows.get(1).subList(11, 16));
    assertEquals(List.of("", "", "", "", ""), rows.get(2).subList(11, 16));

    JsonObject properties = properties(GeoJson.of(result).toJson(), 0);
    assertEquals(HOSTILE, properties.get(HOSTILE).getAsString());
    assertEquals(0.5f, properties.get("score").getAsFloat());
    assertEquals(-Long.MAX_VALUE, properties.get("attribute_score").getAsLong());
    assertEquals("-2.5", properties.get("yield").toString());
    assertEquals("true", properties.get("organic").toString());
    assertEquals("\"2024-04-01T00:00:00.000001Z\"", properties.get("sown").toString());
    assertFalse(properties(GeoJson.of(result).toJson(), 1).has("yield"));

    JsonObject item = properties(StacItems.of(result).toJson(), 0);
    assertEquals("-2.5", item.get("earthembed:attribute:yield").toString());
    assertEquals("true", item.get("earthembed:attribute:organic").toString());

    Document kml = xml(Kml.of(result).toKml());
    NodeList data = kml.getElementsByTagName("Data");
    List<String> values = new ArrayList<>();
    for (int i = 0; i < data.getLength(); i++) {
      String name = data.item(i).getAttributes().getNamedItem("name").getNodeValue();
      if (name.matches("attribute:(score|yield)")) values.add(data.item(i).getTextContent());
    }
    assertEquals(List.of("-9223372036854775807", "-2.5"), values);
  }

  private static JsonObject properties(String json, int feature) {
    return new Gson()
        .fromJson(json, JsonObject.class)
        .getAsJsonArray("features")
        .get(feature)
        .getAsJsonObject()
        .getAsJsonObject("properties");
  }

  @Test
  void leavesOutAnUnknownProduct() throws Exception {
    TileRecord plain = Results.tile("plain", 1, 2);
    TileRecord tile =
        new TileRecord(
            plain.id(), plain.cell(), null, null, plain.center(), Float.NaN, plain.source());
    SearchResult result = Results.of(Query.text("q"), 1, true, List.of(tile), new float[] {0.5f});
    assertEquals("", csv(Csv.of(result).toCsv()).get(1).get(5));
    JsonObject properties =
        JsonParser.parseString(GeoJson.of(result).toJson())
            .getAsJsonObject()
            .getAsJsonArray("features")
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("properties");
    assertFalse(properties.has("product_id"), properties::toString);
    assertTrue(properties.has("grid_cell"), properties::toString);
    String kml = Kml.of(result).toKml();
    xml(kml);
    assertFalse(kml.contains("product_id"), kml);
  }

  @Test
  void tilesOfUnknownPlaceAreCountedAndNotDrawn() throws Exception {
    TileRecord nowhere = new TileRecord("nowhere", null, "product", null, null, Float.NaN, null);
    SearchResult result =
        Results.of(
            Query.text("q"),
            2,
            true,
            List.of(nowhere, Results.tile("plain", 10, 20)),
            new float[] {0.5f, 0.4f});
    List<List<String>> rows = csv(Csv.of(result).toCsv());
    assertEquals(
        List.of("", "", ""), List.of(rows.get(1).get(4), rows.get(1).get(7), rows.get(1).get(8)));
    JsonObject json = JsonParser.parseString(GeoJson.of(result).toJson()).getAsJsonObject();
    JsonObject feature = json.getAsJsonArray("features").get(0).getAsJsonObject();
    assertTrue(feature.get("geometry").isJsonNull(), feature::toString);
    assertFalse(feature.getAsJsonObject("properties").has("grid_cell"), feature::toString);
    assertEquals(20, json.getAsJsonArray("bbox").get(0).getAsDouble(), 1);
    String kml = Kml.of(result).toKml();
    xml(kml);
    assertEquals(2, kml.split("<Point>", -1).length, kml);
    assertTrue(HitTable.toHtml(result, 5).contains("no place"));
    assertTrue(HitTable.of(result).contains("no cell"));
    SimilarityMap map = SimilarityMap.of(result);
    assertTrue(map.subtitle().endsWith("1 without a place not drawn"), map.subtitle());
    assertEquals(1, map.dots.size());
    xml(map.toSvg());
    assertTrue(map.toPng().length > 0);
    assertTrue(map.toHtml().contains("1 without a place not drawn"));
    assertEquals("1. 0.5000 nowhere", result.hits().get(0).toString());
  }

  /**
   * Splits cells like a spreadsheet, whose separator depends on the country, and which ignores
   * quotes within a cell.
   */
  @Test
  void csvHasNoFormulaWhereverACellMayBegin() {
    for (String divider : List.of(";", "\t", "\n", "\r", "\r\n", ",", "; ", ";\"", "|")) {
      for (String sign : List.of("=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20")) {
        String text = "x" + divider + sign + "cmd|' /C calc'!A0";
        TileRecord plain = Results.tile("plain", 1, 2);
        TileRecord tile =
            new TileRecord(
                text,
                plain.cell(),
                text,
                plain.timestamp(),
                plain.center(),
                Float.NaN,
                plain.source());
        SearchResult result =
            Results.of(Query.text("q"), 1, true, List.of(tile), new float[] {0.5f});
        String csv = Csv.of(result).toCsv();
        for (String cell : csv.split("[,;|\t\r\n]")) {
          String bare = cell.replaceFirst("^[\\s\"]+", "");
          assertFalse(bare.startsWith(sign), cell);
        }
        assertTrue(csv(csv).get(1).get(3).contains("'" + sign + "cmd"), csv);
      }
    }
  }

  @Test
  void kmlIsWellFormedAndHasTheHits() throws Exception {
    Document kml = xml(Kml.of(hostile()).withNote(HOSTILE).toKml());
    assertEquals("http://www.opengis.net/kml/2.2", kml.getDocumentElement().getAttribute("xmlns"));
    assertEquals(2, kml.getElementsByTagName("Placemark").getLength());
    assertEquals("20.0,10.0", kml.getElementsByTagName("coordinates").item(1).getTextContent());
    assertEquals(0, kml.getElementsByTagName("img").getLength());
    assertTrue(
        kml.getElementsByTagName("value").item(1).getTextContent().startsWith("=</script><img"));
  }

  /** A tile of unknown time has no date, in particular not 1970. */
  @Test
  void whatHasNoDateIsShownWithoutOne() throws Exception {
    TileRecord dated = Results.tile("dated", 10, 20);
    TileRecord undated =
        new TileRecord(
            "undated", dated.cell(), "product", null, new GeoPoint(1, 2), Float.NaN, null);
    SearchResult result =
        Results.of(Query.text("q"), 2, true, List.of(undated, dated), new float[] {0.5f, 0.4f});
    List<List<String>> rows = csv(Csv.of(result).toCsv());
    assertEquals("", rows.get(1).get(6));
    assertEquals("2024-06-07T10:15:59Z", rows.get(2).get(6));

    Document kml = xml(Kml.of(result).toKml());
    assertEquals(1, kml.getElementsByTagName("when").getLength());
    assertEquals("2024-06-07T10:15:59Z", kml.getElementsByTagName("when").item(0).getTextContent());

    JsonArray features =
        JsonParser.parseString(GeoJson.of(result).toJson())
            .getAsJsonObject()
            .getAsJsonArray("features");
    assertFalse(properties(features, 0).has("timestamp"));
    assertEquals("2024-06-07T10:15:59Z", properties(features, 1).get("timestamp").getAsString());

    List<String> lines = HitTable.of(result).lines().toList();
    assertTrue(lines.get(1).contains("  no date     "), lines.get(1));
    assertTrue(lines.get(2).contains("  2024-06-07  "), lines.get(2));
    assertTrue(HitTable.toHtml(result, 2).contains("<td>no date</td>"));
    String cards = Gallery.of(result, Arrays.asList(null, null)).toHtml();
    assertTrue(cards.contains(" · no date<br>") && cards.contains(" · 2024-06-07<br>"), cards);
    for (String page :
        List.of(
            cards,
            HitTable.of(result),
            HitTable.toHtml(result, 2),
            SimilarityMap.of(result).toHtml())) {
      assertFalse(page.contains("1970-01-01"), page);
    }
    assertTrue(SimilarityMap.of(result).toHtml().contains("\"date\":\"no date\""));
  }

  private static JsonObject properties(JsonArray features, int i) {
    return features.get(i).getAsJsonObject().getAsJsonObject("properties");
  }

  @Test
  void svgIsWellFormedAndHasNoScript() throws Exception {
    Document svg = xml(SimilarityMap.of(hostile()).withNote(HOSTILE).toSvg());
    assertEquals("svg", svg.getDocumentElement().getTagName());
    assertEquals(0, svg.getElementsByTagName("script").getLength());
    assertEquals(0, svg.getElementsByTagName("img").getLength());
    SearchResult many = Results.land(400, 5);
    for (Projection projection : Projection.values()) {
      xml(SimilarityMap.of(many).withProjection(projection).toSvg());
    }
  }

  @Test
  void svgNamesTheLinesOfTheGridAsThePictureDoes() throws Exception {
    SimilarityMap map = SimilarityMap.of(Results.land(50, 5));
    Document svg = xml(map.toSvg());
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < svg.getElementsByTagName("text").getLength(); i++) {
      texts.add(svg.getElementsByTagName("text").item(i).getTextContent());
    }
    List<MapPicture.Label> labels = MapPicture.labels(map.frame());
    assertEquals(5 + 11, labels.size());
    for (MapPicture.Label label : labels) assertTrue(texts.contains(label.text()), label.text());
  }

  @Test
  void theGridsNamesAreNotAboveTheMap() {
    SimilarityMap map =
        SimilarityMap.of(Results.land(50, 5)).withProjection(Projection.EQUAL_EARTH);
    for (BoundingBox region :
        List.of(
            new BoundingBox(-180, -80, 180, -5),
            new BoundingBox(-180, 5, 180, 80),
            new BoundingBox(-180, -80, 180, 60.1))) {
      Frame frame = map.withRegion(region).frame();
      for (MapPicture.Label label : MapPicture.labels(frame)) {
        // Letters stand on y and are at most as high as the font size.
        assertTrue(label.y() - MapPicture.LABEL >= frame.top, label + " of " + region);
        assertTrue(label.y() <= frame.top + frame.height, label + " of " + region);
      }
    }
  }

  @Test
  void nothingThatNotebooksShowRunsWhatATextSays() {
    SearchResult result = hostile();
    List<Raster> pictures = List.of(Results.picture(1), Results.picture(2));
    for (String html :
        List.of(
            HitTable.toHtml(result, 20),
            Gallery.of(result, pictures).withNote(HOSTILE).toHtml(),
            SideBySide.ofResults(List.of(result, result)).toHtml(),
            SimilarityMap.of(result).withNote(HOSTILE).toFrame())) {
      assertFalse(html.contains("<img src=x"), "markup");
      assertFalse(html.contains("]]>\"'"), "quotes");
      assertFalse(html.contains("\u202E") || html.contains("\u001B"), "controls");
    }
    assertTrue(HitTable.toHtml(result, 20).length() < 8_000, "a short table");
  }

  @Test
  void squaresAreCutAtTheAntimeridian() {
    SearchResult result =
        Results.of(
            Query.location(0, 0),
            3,
            false,
            List.of(
                Results.tile("east", 10, 179.99),
                Results.tile("west", -5, -179.99),
                Results.tile("far", 3, 100)),
            new float[] {0.9f, 0.8f, 0.7f});
    JsonObject root =
        JsonParser.parseString(GeoJson.of(result).withSquares(10_680).toJson()).getAsJsonObject();
    List<String> kinds = new ArrayList<>();
    for (JsonElement feature : root.getAsJsonArray("features")) {
      JsonObject geometry = feature.getAsJsonObject().getAsJsonObject("geometry");
      kinds.add(geometry.get("type").getAsString());
      boolean one = geometry.get("type").getAsString().equals("Polygon");
      JsonArray coordinates = geometry.getAsJsonArray("coordinates");
      for (int p = 0; p < (one ? 1 : coordinates.size()); p++) {
        JsonArray ring =
            (one ? coordinates : coordinates.get(p).getAsJsonArray()).get(0).getAsJsonArray();
        double west = 180;
        double east = -180;
        double area = 0;
        for (int i = 0; i < ring.size(); i++) {
          double x = ring.get(i).getAsJsonArray().get(0).getAsDouble();
          west = Math.min(west, x);
          east = Math.max(east, x);
          assertTrue(x >= -180 && x <= 180, "longitude " + x);
          if (i == 0) continue;
          JsonArray before = ring.get(i - 1).getAsJsonArray();
          area +=
              before.get(0).getAsDouble() * ring.get(i).getAsJsonArray().get(1).getAsDouble()
                  - x * before.get(1).getAsDouble();
        }
        assertTrue(east - west < 0.2, "a ring round the Earth: " + west + " to " + east);
        assertTrue(area > 0, "counter-clockwise");
        assertEquals(ring.get(0), ring.get(ring.size() - 1), "closed");
      }
    }
    assertEquals(List.of("MultiPolygon", "MultiPolygon", "Polygon"), kinds);
    JsonArray box = root.getAsJsonArray("bbox");
    assertTrue(box.get(0).getAsDouble() > box.get(2).getAsDouble(), "from 100 to -179.9: " + box);
  }

  @Test
  void theArchiveOfTilesHoldsWhatItSays(@TempDir Path folder) throws IOException {
    SearchResult result = hostile();
    GeoReference place = new GeoReference(32633, 500_000, 5_000_000, 10);
    Raster band = Raster.allocate(20, 30, 1, SampleType.UINT16);
    for (int y = 0; y < 20; y++) for (int x = 0; x < 30; x++) band.set(y, x, 0, 100 * y + x);
    Raster placed = band.withReference(place);
    Tile tile =
        new Tile(
            Objects.requireNonNull(result.hits().get(0).tile().source()),
            result.hits().get(0).tile().cell(),
            HOSTILE,
            result.hits().get(0).tile().timestamp(),
            Map.of(Band.B02, placed, Band.B03, placed, Band.B04, placed),
            Results.picture(3),
            null);
    Outcome failed =
        new Outcome(tile.source(), null, new CorruptDataException("shard", 7, "is damaged"));
    Path file = folder.resolve("tiles.zip");
    TileArchive.of(result, List.of(new Outcome(tile.source(), tile, null), failed)).write(file);
    Map<String, byte[]> entries = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        assertTrue(
            entry.getName().matches("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?")
                && !entry.getName().contains(".."),
            entry.getName());
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    String rank = "rank001_" + tile.cell().name() + "/";
    assertEquals(
        List.of(
            "map.png",
            "not-read.txt",
            rank + "B02.tif",
            rank + "B03.tif",
            rank + "B04.tif",
            rank + "thumbnail.png",
            rank + "true_colour.png",
            rank + "true_colour.tif",
            "results.csv",
            "results.geojson"),
        List.copyOf(entries.keySet()));
    assertTrue(
        new String(entries.get("not-read.txt"), StandardCharsets.UTF_8).contains("is damaged"));
    byte[] tiff = Objects.requireNonNull(entries.get(rank + "B04.tif"));
    java.awt.image.Raster pixels =
        Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(tiff))).getRaster();
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 30; x++) assertEquals(100 * y + x, pixels.getSample(x, y, 0));
    }
    try (InputStream in = new ByteArrayInputStream(tiff);
        ImageInputStream image = ImageIO.createImageInputStream(in)) {
      ImageReader reader = ImageIO.getImageReadersByFormatName("tiff").next();
      reader.setInput(image);
      TIFFDirectory tags = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
      assertArrayEquals(new double[] {10, 10, 0}, tags.getTIFFField(33550).getAsDoubles());
      assertArrayEquals(
          new double[] {0, 0, 0, 500_000, 5_000_000, 0}, tags.getTIFFField(33922).getAsDoubles());
      char[] keys = tags.getTIFFField(34735).getAsChars();
      assertTrue(
          Arrays.toString(new String(keys).chars().toArray()).contains("3072, 0, 1, 32633"),
          "the projected CRS");
    }
  }
}
