package io.earthembed.stac;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An item of a STAC catalog: files of one place and time. Immutable.
 *
 * @param id unique in its collection
 * @param collection the id of its collection, or null if it is of none
 * @param self the address of its document, or null if unknown
 * @param bbox its box, or null if it has none
 * @param geometry its geometry in GeoJSON, longitude first, or null if it has none
 * @param datetime its time, or null if it has a period instead
 * @param start the start of its period, or null
 * @param end the end of its period, or null
 * @param assets its files by name
 * @param properties its properties in the types of Java: String, Double, Boolean, List and Map;
 *     those without a value are absent
 */
public record StacItem(
    String id,
    @Nullable String collection,
    @Nullable URI self,
    @Nullable BoundingBox bbox,
    @Nullable String geometry,
    @Nullable Instant datetime,
    @Nullable Instant start,
    @Nullable Instant end,
    Map<String, StacAsset> assets,
    Map<String, Object> properties) {
  /** Copies its arguments. */
  public StacItem {
    Objects.requireNonNull(id, "id");
    assets = Map.copyOf(assets);
    properties = Map.copyOf(properties);
  }

  /**
   * Returns a file.
   *
   * @throws EarthEmbedException if the item has no such asset; the message lists those it has
   */
  public StacAsset asset(String name) {
    StacAsset asset = assets.get(name);
    if (asset == null) {
      throw new EarthEmbedException(
          "item "
              + id
              + " has no asset "
              + name
              + ", only "
              + assets.keySet().stream().sorted().toList());
    }
    return asset;
  }

  /** Returns a property that is a number, or NaN if it is absent or something else. */
  public double number(String property) {
    return properties.get(property) instanceof Number value ? value.doubleValue() : Double.NaN;
  }

  /**
   * Returns the reference to the item's pixels, for a store that reads items.
   *
   * @throws EarthEmbedException if the address of its document is unknown
   */
  public TileRef tileRef() {
    if (self == null) {
      throw new EarthEmbedException("item " + id + " has no link of relation self");
    }
    return new TileRef(self, 0);
  }

  /**
   * Returns the item as a tile: its id as id and product, the centre of its box, its time or the
   * start of its period, its {@code eo:cloud_cover}, and {@link #tileRef} if it has one.
   *
   * @param grid determines the cell of the centre
   * @throws EarthEmbedException if it has no box
   */
  public TileRecord tile(MajorTomGrid grid) {
    if (bbox == null) throw new EarthEmbedException("item " + id + " has no bbox");
    double width = bbox.east() - bbox.west() + (bbox.crossesAntimeridian() ? 360 : 0);
    double longitude = bbox.west() + width / 2;
    GeoPoint center =
        new GeoPoint(
            (bbox.south() + bbox.north()) / 2, longitude > 180 ? longitude - 360 : longitude);
    double clouds = number("eo:cloud_cover");
    return new TileRecord(
        id,
        grid.cellOf(center),
        id,
        datetime == null ? start : datetime,
        center,
        clouds >= 0 && clouds <= 100 ? (float) clouds : Float.NaN,
        self == null ? null : tileRef());
  }

  /** Returns id, collection and address, without the address's query. */
  @Override
  public String toString() {
    return "StacItem["
        + id
        + (collection == null ? "" : " of " + collection)
        + (self == null ? "" : ", " + Addresses.redacted(self))
        + "]";
  }
}
