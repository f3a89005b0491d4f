package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.TileRecord;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewTest {
  private static final String HOSTILE =
      "</script><img src=x onerror=alert(1)>\u2028\u202E\u001B[31m&'\"\\" + "x".repeat(10_000);

  private static final Frame WORLD =
      new Frame(
          Projection.PLATE_CARREE,
          new BoundingBox(-180, -90, 180, 90),
          MapPicture.LEFT,
          MapPicture.TOP,
          MapPicture.MAP_WIDTH,
          MapPicture.MAX_HEIGHT);

  private static BufferedImage image(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private static JsonObject embedded(String html) {
    String open = "<script type=\"application/json\" id=\"data\">";
    int start = html.indexOf(open) + open.length();
    return JsonParser.parseString(html.substring(start, html.indexOf("</script>", start)))
        .getAsJsonObject();
  }

  private static SearchResult three(Query query) {
    return Results.of(
        query,
        2,
        true,
        List.of(
            Results.tile("sea", 0, -150), Results.tile("land", 48, 11), Results.tile("c", 10, 20)),
        new float[] {0.2f, 0.9f, 0.5f});
  }

  @Test
  void mapShowsTilesInTheColorsOfTheirScores() throws IOException {
    BufferedImage picture = image(SimilarityMap.of(three(Query.text("forest"))).toPng());
    assertEquals(MapPicture.WIDTH, picture.getWidth());
    assertEquals(1160, picture.getHeight());
    assertEquals(0xFDE725, at(picture, 48, 11));
    assertEquals(0x440154, at(picture, 0, -150));
    assertEquals(MapPicture.OCEAN.getRGB() & 0xFFFFFF, at(picture, -35.5, -130.5));
    assertEquals(MapPicture.LAND.getRGB() & 0xFFFFFF, at(picture, 62.5, 95.5));
    // The hit's ring: white, outside the dot.
    int ring = 0;
    for (int d = 5; d < 14; d++) {
      if (picture.getRGB((int) WORLD.x(48, 11), (int) WORLD.y(48) - d) == 0xFFFFFFFF) ring++;
    }
    assertTrue(ring > 0, "no ring around the best hit");
  }

  private static int at(BufferedImage picture, double latitude, double longitude) {
    return picture.getRGB((int) WORLD.x(latitude, longitude), (int) WORLD.y(latitude)) & 0xFFFFFF;
  }

  @Test
  void aBetterTileIsNeverHiddenByAWorseOne() throws IOException {
    float[] scores = {0.1f, 0.9f, 0.3f};
    List<TileRecord> tiles =
        Stream.of("a", "b", "c").map(id -> Results.tile(id, -10.03, 20.03)).toList();
    SearchResult result = Results.of(Query.text("q"), 1, true, tiles, scores);
    assertEquals(0xFDE725, at(image(SimilarityMap.of(result).toPng()), -10.03, 20.03));
  }

  @Test
  void pageHoldsEveryScoreBestFirst() {
    SearchResult result = Results.land(500, 7);
    JsonObject data = embedded(SimilarityMap.of(result).toHtml());
    assertEquals(500, data.get("count").getAsInt());
    assertEquals(7, data.getAsJsonArray("hits").size());
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(data.get("points").getAsString()))
            .order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(500 * 18, bytes.remaining());
    for (int i = 0; i < 500; i++) {
      long ordinal = result.scoreField().orElseThrow().ordinal(i);
      TileRecord tile = result.catalog().record(ordinal);
      assertEquals((float) tile.center().longitude(), bytes.getFloat(4 * i));
      assertEquals((float) tile.center().latitude(), bytes.getFloat(2000 + 4 * i));
      assertEquals(result.scoreField().orElseThrow().score(i), bytes.getFloat(4000 + 4 * i));
      assertEquals(tile.cell().row(), bytes.getShort(6000 + 2 * i));
      assertEquals(tile.cell().column(), bytes.getShort(7000 + 2 * i));
      assertEquals(19881, bytes.getShort(8000 + 2 * i)); // 2024-06-07
    }
  }

  @Test
  void hostileTextStaysText() {
    SearchResult result =
        Results.of(
            Query.text(HOSTILE), 1, true, List.of(Results.tile(HOSTILE, 1, 2)), new float[] {0.5f});
    String html = SimilarityMap.of(result).withNote(HOSTILE).toHtml();
    assertEquals(3, html.split("</script", -1).length - 1, "one end for each script of the page");
    assertFalse(html.contains("<img src=x"));
    assertFalse(html.contains("\u2028") || html.contains("\u202E") || html.contains("\u001B"));
    JsonObject hit = embedded(html).getAsJsonArray("hits").get(0).getAsJsonObject();
    assertTrue(hit.get("id").getAsString().startsWith("</script><img src=x onerror=alert(1)>"));
    assertTrue(hit.get("id").getAsString().length() <= 500);

    String table = HitTable.of(result);
    assertEquals(2, table.lines().count());
    assertTrue(table.endsWith("[31m&'\"\\" + "x".repeat(10_000)), "the id is whole");
    assertFalse(table.contains("\u001B") || table.contains("\u202E"));

    assertEquals(
        HOSTILE,
        JsonParser.parseString(GeoJson.of(result).toJson())
            .getAsJsonObject()
            .getAsJsonArray("features")
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("properties")
            .get("id")
            .getAsString());
    assertTrue(SimilarityMap.of(result).toPng().length > 0);
    assertTrue(Gallery.of(result, Arrays.asList(Results.picture(1))).toPng().length > 0);
  }

  @Test
  void nothingFoundIsStillAMap() {
    SearchResult none = Results.of(Query.text("q"), 5, true, List.of(), new float[0]);
    assertTrue(SimilarityMap.of(none).toPng().length > 0);
    assertEquals(0, embedded(SimilarityMap.of(none).toHtml()).get("count").getAsInt());
    assertTrue(Gallery.of(none, List.of()).toPng().length > 0);
    assertEquals("no hits", HitTable.of(none));
  }

  @Test
  void tellsWhatWasAssumedOfAPicture() {
    Raster picture = Raster.allocate(4, 4, 3, SampleType.UINT8);
    String table = HitTable.toHtml(three(Query.image(picture)), 5);
    assertTrue(table.contains("3 tiles, time unknown: &lt;zeros&gt;"), table);
    Query dated = Query.image(picture.withAcquisition(Acquisition.UNKNOWN.withTime(Instant.EPOCH)));
    assertFalse(HitTable.toHtml(three(dated), 5).contains("unknown"));
  }

  @Test
  void showsThePictureOfAQueryWithAText() throws IOException {
    Raster picture = Results.picture(1);
    SearchResult both = three(Query.imageText(picture, "in winter"));
    SearchResult words = three(Query.text("in winter"));
    assertEquals(Pictures.dataUrl(picture), queryOf(both).get("picture").getAsString());
    assertFalse(queryOf(words).has("picture"));
    List<Raster> none = Arrays.asList(null, null);
    assertTrue(Gallery.of(both, none).toHtml().contains(Pictures.dataUrl(picture)));
    assertFalse(Gallery.of(words, none).toHtml().contains("<img"));
    // The blue of the middle of the query's square.
    assertEquals(40, image(Gallery.of(both, none).toPng()).getRGB(168, 212) & 0xFF);
    int land = MapPicture.LAND.getRGB();
    assertEquals(land, image(Gallery.of(words, none).toPng()).getRGB(168, 212));
  }

  private static JsonObject queryOf(SearchResult result) {
    return embedded(SimilarityMap.of(result).toHtml()).getAsJsonObject("query");
  }

  @Test
  void nothingThatPassesIsSaidAndHasNoScale() throws IOException {
    SearchOptions nowhere =
        SearchOptions.builder().k(3).filter(TileFilter.ids(List.of("none"))).build();
    SearchResult none =
        Results.of(
            Query.text("q"),
            nowhere.toBuilder().scoreField().build(),
            List.of(Results.tile("a", 1, 2)),
            new float[] {0.5f});
    String svg = SimilarityMap.of(none).toSvg();
    assertTrue(svg.contains(">no tile passed<"), svg);
    assertFalse(svg.contains("≤") || svg.contains("≥") || svg.contains("ramp"), svg);
    assertTrue(HitTable.toHtml(none, 5).contains("no hits of 0 tiles"));
    assertFalse(HitTable.toHtml(none, 5).contains("<table>"));
    assertTrue(Gallery.of(none, List.of()).toHtml().contains("no hits"));
    BufferedImage gallery = image(Gallery.of(none, List.of()).toPng());
    int ink = 0;
    for (int y = 84; y < 84 + 60; y++) {
      for (int x = 344; x < 500; x++) {
        if (gallery.getRGB(x, y) != MapPicture.PAPER.getRGB()) ink++;
      }
    }
    assertTrue(ink > 50, "the gallery says so, too");
  }

  @Test
  void aScaleHasEndsWhereScoresDiffer() {
    MapPicture.Scale scale = MapPicture.Scale.of(SimilarityMap.of(three(Query.text("q"))));
    assertEquals(new MapPicture.Scale("low ≤ 0.200", "similarity", "high ≥ 0.900"), scale);
    for (int n : new int[] {1, 2}) {
      List<TileRecord> tiles =
          List.of(Results.tile("a", 1, 2), Results.tile("b", 3, 4)).subList(0, n);
      float[] same = new float[n];
      Arrays.fill(same, 0.5f);
      SimilarityMap map = SimilarityMap.of(Results.of(Query.text("q"), 1, true, tiles, same));
      assertEquals(new MapPicture.Scale("", "similarity 0.500", ""), MapPicture.Scale.of(map));
      assertTrue(map.toSvg().contains(">similarity 0.500<"));
      assertEquals(n == 1, map.subtitle().endsWith("1 of 1 tile"), map.subtitle());
    }
  }

  @Test
  void longIdsAreCutInTheirMiddle() {
    assertEquals("abcdefgh", Text.middle("abcdefgh", 8));
    assertEquals("abcd…hij", Text.middle("abcdefghij", 8));
    assertEquals("\uD83C\uDF0D\uD83C\uDF0D…\uD83C\uDF0D", Text.middle("\uD83C\uDF0D".repeat(9), 4));
    SearchResult result = three(Query.text("q"));
    assertTrue(Gallery.of(result, Arrays.asList(null, null)).toHtml().contains(">land<"));
  }

  @Test
  void aLongQueryIsSeenToBeCut() {
    Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    g.setFont(Fonts.sans(0, 22));
    for (String word : List.of("river ", "w ", "rivers-and-lakes-and-seas-and-more ")) {
      List<String> lines = Gallery.box(g, word.repeat(400 / word.length()).strip(), 220);
      assertEquals(7, lines.size(), word);
      assertTrue(lines.get(6).endsWith("…"), lines.toString());
      assertTrue(g.getFontMetrics().stringWidth(lines.get(6)) <= 220, lines.toString());
    }
    assertEquals(List.of("a river"), Gallery.box(g, "a river", 220));
    g.dispose();
  }

  @Test
  void geoJsonHasLongitudeFirstAndWithinBounds() {
    SearchResult result =
        Results.of(
            Query.location(0, 0),
            3,
            false,
            List.of(Results.tile("a", 5, 180), Results.tile("b", 6, -180), Results.tile("c", 7, 9)),
            new float[] {0.9f, 0.8f, 0.7f});
    JsonObject root =
        JsonParser.parseString(GeoJson.of(result).withNote("n").toJson()).getAsJsonObject();
    assertEquals("FeatureCollection", root.get("type").getAsString());
    assertEquals("n", root.get("note").getAsString());
    assertEquals("what looks like (0.0000, 0.0000)", root.get("query").getAsString());
    double[] longitudes = {-180, -180, 9};
    for (int i = 0; i < 3; i++) {
      JsonObject feature = root.getAsJsonArray("features").get(i).getAsJsonObject();
      JsonObject point = feature.getAsJsonObject("geometry");
      assertEquals("Point", point.get("type").getAsString());
      assertEquals(longitudes[i], point.getAsJsonArray("coordinates").get(0).getAsDouble());
      assertEquals(5.0 + i, point.getAsJsonArray("coordinates").get(1).getAsDouble());
      JsonObject properties = feature.getAsJsonObject("properties");
      assertEquals(i + 1, properties.get("rank").getAsInt());
      assertEquals(7, properties.get("parquet_row").getAsInt());
      assertEquals("2024-06-07T10:15:59Z", properties.get("timestamp").getAsString());
    }
  }

  @Test
  void saysWhichModelsAndHowManyTilesWereSearched() {
    List<TileRecord> tiles =
        List.of(Results.tile("a", 5, 80), Results.tile("b", 6, -80), Results.tile("c", 7, 9));
    float[] scores = {0.9f, 0.8f, 0.7f};
    SearchResult fused = Results.fused(SearchOptions.top(2), tiles, scores);
    assertEquals("angles 1 + other 2  ·  2 best of 3 tiles", SimilarityMap.of(fused).subtitle());
    assertEquals(
        "angles 1 + other 2  ·  3 tiles searched", Gallery.of(fused, List.of()).subtitle());
    assertEquals(
        "angles 1 + other 2",
        JsonParser.parseString(GeoJson.of(fused).toJson())
            .getAsJsonObject()
            .get("model")
            .getAsString());

    SearchOptions two =
        SearchOptions.builder().k(1).filter(TileFilter.ids(List.of("b", "c"))).build();
    SearchResult filtered = Results.of(Query.text("q"), two, tiles, scores);
    assertEquals("angles 1  ·  1 best of 2 tiles", SimilarityMap.of(filtered).subtitle());
    assertEquals("angles 1  ·  2 tiles searched", Gallery.of(filtered, List.of()).subtitle());
    assertTrue(HitTable.toHtml(filtered, 5).contains("1 hit of 2 tiles"));
    SearchResult field =
        Results.of(Query.text("q"), two.toBuilder().scoreField().build(), tiles, scores);
    assertEquals("angles 1  ·  2 of 3 tiles", SimilarityMap.of(field).subtitle());
  }

  @Test
  void whatIsNoNumberIsBlackAndDoesNotBlackenTheRest() {
    float top = Float.MAX_VALUE;
    float[][] rows = {
      {Float.NaN, 1, 2, 3},
      {1, Float.POSITIVE_INFINITY, 3, Float.NEGATIVE_INFINITY},
      {-top, 0, top, 0}
    };
    int[][] expected = {{0, 0, 127, 255}, {0, 0, 255, 0}, {0, 127, 255, 127}};
    for (int r = 0; r < rows.length; r++) {
      Raster raster = Raster.allocate(1, 4, 1, SampleType.FLOAT32);
      for (int x = 0; x < 4; x++) raster.set(0, x, 0, rows[r][x]);
      Raster seen = Pictures.visible(raster);
      for (int x = 0; x < 4; x++) assertEquals(expected[r][x], seen.get(0, x, 0), r + ", " + x);
    }
  }

  @Test
  void galleryShowsPicturesAndGrayWhereThereIsNone() throws IOException {
    SearchResult result = Results.land(50, 3);
    BufferedImage picture =
        image(Gallery.of(result, Arrays.asList(Results.picture(2), null)).toPng());
    assertEquals(40 + 256 + 48 + 2 * 280 - 24 + 40, picture.getWidth());
    int left = 40 + 256 + 48;
    int rgb = picture.getRGB(left + 128, 84 + 128); // the middle: about (96, 124, 80)
    assertEquals(96, rgb >> 16 & 0xFF, 4);
    assertEquals(124, rgb >> 8 & 0xFF, 4);
    assertEquals(80, rgb & 0xFF, 2);
    assertEquals(0x5A6268, picture.getRGB(left + 280 + 10, 84 + 10) & 0xFFFFFF);
    assertThrows(
        IllegalArgumentException.class,
        () -> Gallery.of(result, Arrays.asList(null, null, null, null)));
  }

  @Test
  void filesAreWholeAndLeaveNothingBeside(@TempDir Path folder) throws IOException {
    SearchResult result = three(Query.text("q"));
    Path html = folder.resolve("new").resolve("map.html");
    SimilarityMap.of(result).writeHtml(html);
    SimilarityMap.of(result).writeHtml(html);
    GeoJson.of(result).write(folder.resolve("new").resolve("r.geojson"));
    try (Stream<Path> files = Files.list(html.getParent())) {
      assertEquals(
          List.of("map.html", "r.geojson"),
          files.map(p -> p.getFileName().toString()).sorted().toList());
    }
    assertEquals(SimilarityMap.of(result).toHtml(), Files.readString(html));
    // The target is a folder.
    assertThrows(EarthEmbedException.class, () -> GeoJson.of(result).write(folder.resolve("new")));
  }

  @Test
  void logsGetTenLinesForATask() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TerminalProgress progress =
        new TerminalProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), false)) {
      for (int i = 0; i <= 8000; i++) progress.update("embed", i, 8000);
      for (int i = 0; i <= 8000; i++) progress.update("read", i, -1);
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertEquals(10, text.lines().filter(l -> l.startsWith("embed")).count(), text);
    assertTrue(text.contains("embed: 8,000 of 8,000 (100 %)"));
    assertEquals(4, text.lines().filter(l -> l.startsWith("read")).count(), text);
  }

  @Test
  void logsTellOfASecondRunToo() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TerminalProgress progress =
        new TerminalProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), false)) {
      for (int run = 0; run < 2; run++) {
        for (int i = 0; i <= 100; i++) progress.update("embed", i, 100);
      }
    }
    assertEquals(20, bytes.toString(StandardCharsets.UTF_8).lines().count());
  }

  @Test
  void baseTilesComeFromOnePlace() {
    assertEquals(
        "https://tile.host:81",
        new BaseTiles("https://tile.host:81/{z}/{x}/{y}{r}.png?k=1", "").origin());
    for (String[] bad :
        new String[][] {
          {"https://{s}.tile.host/{z}/{x}/{y}.png", "has {s}"},
          {"https://tile.host/{z}/{x}/{y}.{format}", "has {format}"},
          {"https://{x}.tile.host/{z}/{x}/{y}.png", "no host"},
          {"https://tile.host/{z}/{x}.png", "no {y}"},
          {"ftp://tile.host/{z}/{x}/{y}.png", "not an http"}
        }) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> new BaseTiles(bad[0], ""));
      assertTrue(String.valueOf(e.getMessage()).contains(bad[1]), e.getMessage());
    }
  }
}
