package io.earthembed.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.InvalidInputException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.Region;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.io.WKBWriter;
import org.locationtech.jts.io.WKTReader;

class RegionsTest {
  private static final String SQUARE = "[[[0,0],[10,0],[10,10],[0,10],[0,0]]]";

  private static String polygon(String coordinates) {
    return "{\"type\":\"Polygon\",\"coordinates\":" + coordinates + "}";
  }

  private static String refusal(String geoJson) {
    String message =
        assertThrows(InvalidInputException.class, () -> Regions.ofGeoJson(geoJson)).getMessage();
    assertTrue(message.startsWith("GeoJSON: "), message);
    return message.substring("GeoJSON: ".length());
  }

  private static String wktRefusal(String wkt) {
    String message =
        assertThrows(InvalidInputException.class, () -> Regions.ofWkt(wkt)).getMessage();
    return message.substring("WKT: ".length());
  }

  private static String wkbRefusal(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    String message =
        assertThrows(InvalidInputException.class, () -> Regions.ofWkb(bytes)).getMessage();
    return message.substring("WKB: ".length());
  }

  @Test
  void readsGeometriesFeaturesAndCollectionsOfGeoJson() {
    Region square = Regions.ofGeoJson(polygon(SQUARE));
    assertTrue(square.contains(5, 5));
    assertFalse(square.contains(5, 11));
    String holed = SQUARE.replace("]]]", "]],[[4,4],[4,6],[6,6,99],[6,4,99,1],[4,4]]]");
    Region feature =
        Regions.ofGeoJson(
            "{\"type\":\"Feature\",\"bbox\":[0,0,1,1],\"properties\":null,\"geometry\":"
                + polygon(holed)
                + "}");
    assertFalse(feature.contains(5, 5));
    assertTrue(feature.contains(3, 5));
    Region several =
        Regions.ofGeoJson(
            "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
                + "\"urn:ogc:def:crs:OGC:1.3:CRS84\"}},\"features\":["
                + "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{}},"
                + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":["
                + SQUARE
                + ",[[[20,0],[21,0],[21,1]]]]}},"
                + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"GeometryCollection\","
                + "\"geometries\":["
                + polygon("[[[-60,-10],[-50,-10],[-50,-20]]]")
                + "]}}]}");
    assertEquals(3, several.parts().size());
    assertEquals(new BoundingBox(-60, -20, 21, 10), several.bounds());
  }

  @Test
  void namesTheFieldOfGeoJsonThatIsWrong() {
    assertTrue(refusal("").startsWith("not valid JSON: "));
    assertTrue(refusal("{\"type\":\"Polygon\"").startsWith("not valid JSON: "));
    assertTrue(refusal("NaN").startsWith("not valid JSON: "));
    assertTrue(refusal(polygon(SQUARE) + " {}").contains("at line 1 column 73"));
    assertEquals("the root: must be an object", refusal("[1]"));
    assertEquals("type: must be a text", refusal("{}"));
    assertEquals("coordinates: must be an array", refusal("{\"type\":\"Polygon\"}"));
    assertEquals(
        "there is no polygon", refusal("{\"type\":\"FeatureCollection\",\"features\":[]}"));
    assertEquals(
        "type: Point has no area; a region is made of polygons",
        refusal("{\"type\":\"Point\",\"coordinates\":[1,2]}"));
    assertEquals(
        "features[1].geometry.type: Topology is not supported; a region is made of polygons",
        refusal(
            "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":null}"
                + ",{\"type\":\"Feature\",\"geometry\":{\"type\":\"Topology\"}}]}"));
    assertEquals(
        "coordinates[0][1][0]: must be a number", refusal(polygon("[[[0,0],[\"10\",0],[10,10]]]")));
    assertEquals(
        "coordinates[0][1]: must be an array of longitude and latitude",
        refusal(polygon("[[[0,0],[10],[10,10]]]")));
    assertEquals(
        "coordinates[0][2]: longitude 500000.0, latitude 4649776.0 is not a place in degrees,"
            + " longitude first",
        refusal(polygon("[[[0,0],[10,0],[500000,4649776]]]")));
    assertEquals(
        "coordinates[0]: a ring of 2 corners has no area",
        refusal(polygon("[[[0,0],[1,1],[0,0]]]")));
    assertEquals(
        "coordinates[0]: shell has no area", refusal(polygon("[[[0,0],[1,1],[2,2],[0,0]]]")));
    assertEquals(
        "crs: must be WGS 84, as RFC 7946 has it, and is"
            + " {\"type\":\"name\",\"properties\":{\"name\":\"EPSG:3857\"}}",
        refusal(
            "{\"type\":\"Polygon\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
                + "\"EPSG:3857\"}},\"coordinates\":[]}"));
    String nested =
        "{\"type\":\"Feature\",\"geometry\":".repeat(40) + polygon(SQUARE) + "}".repeat(40);
    assertTrue(refusal(nested).endsWith("nested more than 32 deep"));
    assertTrue(refusal("[".repeat(100_000)).contains("not valid JSON"));
  }

  @Test
  void refusesAnEdgeThatMayGoEitherWayAroundTheEarth() {
    String uncut = polygon("[[[178,-20],[-178,-20],[-178,-15],[178,-15]]]");
    assertTrue(refusal(uncut).contains("from longitude 178.0 to -178.0 may go either way"), uncut);
    Region beyond = Regions.ofWkt("POLYGON ((178 -20, 182 -20, 182 -15, 178 -15, 178 -20))");
    assertTrue(beyond.contains(-17, 179) && beyond.contains(-17, -179));
    assertFalse(beyond.contains(-17, 0) || beyond.contains(-17, -177));
    assertEquals(2, beyond.boxes().size());
  }

  @Test
  void readsHalfTheEarthAndAllOfIt() {
    Region west = Regions.ofWkt("POLYGON ((-180 -90, 0 -90, 0 90, -180 90, -180 -90))");
    assertTrue(west.contains(10, -90) && west.contains(-89, -1));
    assertFalse(west.contains(10, 90));
    Region belt = Regions.ofWkt("POLYGON ((-180 -60, 180 -60, 180 70, -180 70, -180 -60))");
    for (double longitude = -180; longitude <= 180; longitude += 7.5) {
      assertTrue(belt.contains(0, longitude), "" + longitude);
      assertFalse(belt.contains(75, longitude), "" + longitude);
    }
    assertEquals(new BoundingBox(-180, -60, 180, 70), belt.bounds());
    Region turn = Regions.ofWkt("POLYGON ((0 10, 360 10, 360 20, 0 20))");
    assertTrue(turn.contains(15, -90) && turn.contains(15, 90));
    assertTrue(
        wktRefusal("POLYGON ((-200 0, -50 0, 100 0, 250 0, 250 1, 100 1, -50 1, -200 1))")
            .endsWith("a ring of longitudes -200.0 to 250.0 goes around the Earth"));
  }

  @Test
  void readsWellKnownText() {
    for (String text :
        List.of(
            "POLYGON((0 0,10 0,10 10,0 10,0 0),(4 4,4 6,6 6,6 4,4 4))",
            " polygon Z ( (0 0 5, 10 0 5, 10 10 nan, 0 10 5), (4 4 1,4 6 1,6 6 1,6 4 1) ) ",
            "SRID=4326;MULTIPOLYGON ZM (((0 0 1 2, 1e1 0 1 2, 10 10 1 2, 0 +10 1 2),"
                + " (4 4 1 1,4 6 1 1,6 6 1 1,6 4 1 1)), EMPTY)",
            "GEOMETRYCOLLECTION (POLYGONM EMPTY, GEOMETRYCOLLECTION EMPTY,"
                + " POLYGON ((0 0,10 0,10 10,0 10,0 0),(4 4,4 6,6 6,6 4,4 4)))")) {
      Region region = Regions.ofWkt(text);
      assertTrue(region.contains(2, 2), text);
      assertFalse(region.contains(5, 5), text);
      assertEquals(new BoundingBox(0, 0, 10, 10), region.bounds(), text);
    }
  }

  @Test
  void namesTheCharacterOfWellKnownTextThatIsWrong() {
    assertEquals(
        "character 0: expected POLYGON, MULTIPOLYGON or GEOMETRYCOLLECTION", wktRefusal(""));
    assertEquals("there is no polygon", wktRefusal("POLYGON EMPTY"));
    assertEquals(
        "character 0: LINESTRING has no area; a region is made of polygons",
        wktRefusal("LINESTRING (0 0, 1 1)"));
    assertEquals(
        "character 20: CURVEPOLYGON is not supported; a region is made of polygons",
        wktRefusal("GEOMETRYCOLLECTION (CURVEPOLYGON EMPTY)"));
    assertEquals("character 18: east is not a number", wktRefusal("POLYGON ((0 0, 10 east))"));
    assertEquals("character 15: expected a number", wktRefusal("POLYGON ((0 0, ))"));
    assertEquals("character 14: expected ), the text ends", wktRefusal("POLYGON ((0 0)"));
    assertEquals("character 8: expected ( before )", wktRefusal("POLYGON )"));
    assertEquals(
        "character 31: text after the end of the geometry",
        wktRefusal("POLYGON ((0 0, 1 0, 1 1, 0 0)) x"));
    assertEquals(
        "character 15: longitude 1.0, latitude 91.0 is not a place in degrees, longitude first",
        wktRefusal("POLYGON ((0 0, 1 91, 1 1, 0 0))"));
    assertEquals(
        "character 0: SRID 3857 is not supported: convert the coordinates to degrees, SRID 4326",
        wktRefusal("SRID=3857;POLYGON EMPTY"));
    assertEquals("character 0: SRID is x, not a number", wktRefusal("SRID=x;POLYGON EMPTY"));
    String deep = "GEOMETRYCOLLECTION(".repeat(40);
    assertTrue(wktRefusal(deep).endsWith("nested more than 32 deep"));
  }

  @Test
  void readsWhatJtsWritesAsWellKnownBinary() throws Exception {
    Geometry geometry =
        new WKTReader()
            .read(
                "GEOMETRYCOLLECTION (MULTIPOLYGON (((0 0,10 0,10 10,0 10,0 0),(4 4,4 6,6 6,6 4,4"
                    + " 4)), ((20 0, 21 0, 21 1, 20 0))), POLYGON EMPTY)");
    geometry.setSRID(4326);
    for (int order : new int[] {1, 2}) {
      for (boolean srid : new boolean[] {false, true}) {
        byte[] wkb = new WKBWriter(2, order, srid).write(geometry);
        Region region = Regions.ofWkb(wkb);
        assertTrue(region.contains(2, 2) && region.contains(0.2, 20.9));
        assertFalse(region.contains(5, 5));
      }
    }
    Region region = JtsRegions.of(geometry);
    assertTrue(region.contains(2, 2) && region.contains(0.2, 20.9));
    assertFalse(region.contains(5, 5));
  }

  @Test
  void namesTheByteOfWellKnownBinaryThatIsWrong() {
    assertEquals("byte 0: the geometry ends early", wkbRefusal(""));
    assertEquals("byte 0: byte order 2: not well-known binary", wkbRefusal("0203"));
    assertEquals(
        "byte 0: Point has no area; a region is made of polygons", wkbRefusal("0101000000"));
    assertEquals(
        "byte 0: Triangle is not supported; a region is made of polygons",
        wkbRefusal("0111000000"));
    assertEquals("byte 0: geometry type 99 is not supported", wkbRefusal("0163000000"));
    assertEquals(
        "byte 5: the geometry ends early: 4294967295 parts", wkbRefusal("0103000000ffffffff"));
    assertEquals("there is no polygon", wkbRefusal("010300000000000000"));
    assertEquals(
        "byte 9: 1 bytes after the end of the geometry", wkbRefusal("01030000000000000000"));
    assertEquals(
        "byte 0: SRID 32633 is not supported: convert the coordinates to degrees, SRID 4326",
        wkbRefusal("0103000020797f000000000000"));
    assertEquals(
        "byte 9: a part of a MultiPolygon is of type 1",
        wkbRefusal("010600000001000000010100000000000000"));
    String deep = "010700000001000000".repeat(40) + "010300000000000000";
    assertTrue(wkbRefusal(deep).endsWith("nested more than 32 deep"));
  }

  @Test
  void refusesGeometriesOfJtsWithoutAreaOrInMeters() {
    GeometryFactory meters = new GeometryFactory();
    Geometry point = meters.createPoint(new Coordinate(1, 2));
    assertEquals(
        "JTS geometry: Point: Point has no area; a region is made of polygons",
        assertThrows(InvalidInputException.class, () -> JtsRegions.of(point)).getMessage());
    Geometry utm = meters.createPolygon();
    utm.setSRID(32633);
    assertTrue(
        assertThrows(InvalidInputException.class, () -> JtsRegions.of(utm))
            .getMessage()
            .startsWith("JTS geometry: Polygon: SRID 32633 is not supported"));
  }

  /** Damaged input is a region or refused, never another exception. */
  @Test
  void damagedInputIsRefused() throws Exception {
    String json = polygon(SQUARE);
    String wkt = "SRID=4326;MULTIPOLYGON (((0 0,10 0,10 10,0 10,0 0),(4 4,4 6,6 6,6 4,4 4)))";
    byte[] wkb = new WKBWriter().write(new WKTReader().read(wkt.substring(10)));
    Random random = new Random(9);
    int read = 0;
    for (int number = 0; number < 3000; number++) {
      byte[] bytes = wkb.clone();
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      if (number % 3 == 0) bytes = Arrays.copyOf(bytes, random.nextInt(wkb.length));
      String damagedJson = damaged(json, random);
      String damagedWkt = damaged(wkt, random);
      byte[] damagedWkb = bytes;
      for (Runnable reading :
          List.<Runnable>of(
              () -> Regions.ofGeoJson(damagedJson),
              () -> Regions.ofWkt(damagedWkt),
              () -> Regions.ofWkb(damagedWkb))) {
        try {
          reading.run();
          read++;
        } catch (InvalidInputException e) {
          assertTrue(e.getMessage().length() > 10);
        }
      }
    }
    assertTrue(read > 500 && read < 8500, "" + read);
  }

  private static String damaged(String text, Random random) {
    StringBuilder out = new StringBuilder(text);
    int at = random.nextInt(text.length());
    String characters = "0123456789.-+eE,()[]{}\": PolyZMEMPTY";
    switch (random.nextInt(3)) {
      case 0 -> out.deleteCharAt(at);
      case 1 -> out.setCharAt(at, characters.charAt(random.nextInt(characters.length())));
      default -> out.setLength(at);
    }
    return out.toString();
  }
}
