package io.earthembed.region;

import io.earthembed.common.InvalidInputException;
import io.earthembed.geo.Region;

/**
 * Reads regions as other programs write them. The result goes into {@link
 * io.earthembed.catalog.TileFilter#within}:
 *
 * <pre>{@code
 * Region region = Regions.ofGeoJson(Files.readString(Path.of("park.geojson")));
 * TileFilter inThePark = TileFilter.within(region);
 * }</pre>
 *
 * <p>A region is made of polygons and multipolygons, and of collections of these, which become
 * their union. Points and lines have no area and are refused. Empty geometries add nothing; a text
 * without any polygon is refused.
 *
 * <p>Coordinates are degrees of WGS 84, longitude first, whatever the reference system defines:
 * latitudes in [-90, 90], longitudes in [-360, 360]. Heights and measures are ignored. Rings may
 * turn either way and need not repeat their first corner.
 *
 * <p>Edges are straight in the plane of longitude and latitude, as for GDAL and Shapely. A region
 * across the antimeridian is cut there into several polygons, as RFC 7946 advises, or has
 * longitudes beyond 180, such as 170 to 190. An edge of more than 180 degrees of longitude, such as
 * one from 170 to -170, is refused, because programs differ in the way around the Earth that they
 * take for it. Only an edge all around, from -180 to 180, is not ambiguous.
 *
 * <p>All methods throw {@link InvalidInputException} if the input is damaged or holds something
 * else. The message names the field of GeoJSON, the character of well-known text or the byte of
 * well-known binary. Safe for many threads.
 */
public final class Regions {
  private Regions() {}

  /**
   * Reads GeoJSON (RFC 7946): a geometry, a Feature or a FeatureCollection. Properties are ignored,
   * as are features without a geometry.
   *
   * @param text without coordinates of a reference system other than WGS 84
   * @return the union of all polygons
   * @throws InvalidInputException if the text is not GeoJSON of polygons
   */
  public static Region ofGeoJson(String text) {
    return GeoJsonReader.read(text);
  }

  /**
   * Reads well-known text (OGC 06-103r4): {@code POLYGON ((5 45, 11 45, 8 48, 5 45))}, MULTIPOLYGON
   * or GEOMETRYCOLLECTION, also with Z, M or {@code SRID=4326;} in front, as PostGIS writes it.
   *
   * @return the union of all polygons
   * @throws InvalidInputException if the text is not well-known text of polygons
   */
  public static Region ofWkt(String text) {
    return new WktReader(text).read();
  }

  /**
   * Reads well-known binary of ISO or of PostGIS (EWKB): polygons, multipolygons or collections of
   * these, in either byte order.
   *
   * @param bytes one geometry and nothing else
   * @return the union of all polygons
   * @throws InvalidInputException if the bytes are not well-known binary of polygons
   */
  public static Region ofWkb(byte[] bytes) {
    return new WkbReader(bytes).read();
  }
}
