package io.earthembed.raster;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Band;
import io.earthembed.stac.StacAsset;
import io.earthembed.stac.StacItem;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A STAC item of Sentinel-2 L2A: which asset has a band, and how its samples become digital
 * numbers. Names: Earth Search ({@code red}), Planetary Computer and others ({@code B04}),
 * Copernicus ({@code B04_10m}); otherwise the names of {@code eo:bands} or {@code bands}.
 *
 * @param item the item
 */
record SentinelItem(StacItem item) {
  /** Reflectance 1 in digital numbers. */
  private static final double QUANTIFICATION = 10_000;

  /** BOA_ADD_OFFSET since processing baseline 04.00 (ESA, January 2022). */
  private static final int BASELINE_OFFSET = -1000;

  private static final double OFFSET_BASELINE = 4.0;

  private static final Map<Band, String> COMMON =
      Map.ofEntries(
          Map.entry(Band.B01, "coastal"),
          Map.entry(Band.B02, "blue"),
          Map.entry(Band.B03, "green"),
          Map.entry(Band.B04, "red"),
          Map.entry(Band.B05, "rededge1"),
          Map.entry(Band.B06, "rededge2"),
          Map.entry(Band.B07, "rededge3"),
          Map.entry(Band.B08, "nir"),
          Map.entry(Band.B8A, "nir08"),
          Map.entry(Band.B09, "nir09"),
          Map.entry(Band.B11, "swir16"),
          Map.entry(Band.B12, "swir22"));

  /** Returns the product's name: of MajorTOM, of ESA, or else the item's id. */
  String product() {
    for (String key : List.of("earthembed:product_id", "s2:product_uri")) {
      if (item.properties().get(key) instanceof String text) return text.replace(".SAFE", "");
    }
    return item.id();
  }

  /**
   * Returns the asset of a band.
   *
   * @throws EarthEmbedException if there is no GeoTIFF of it
   */
  StacAsset asset(Band band) {
    String name = band.name();
    StacAsset asset =
        first(
            named(name, name + "_" + band.meters() + "m", String.valueOf(COMMON.get(band))),
            a -> bandNames(a).equals(List.of(name)));
    if (asset != null) return asset;
    throw new EarthEmbedException(
        "item "
            + item.id()
            + " has no GeoTIFF of "
            + band
            + " among its assets "
            + item.assets().keySet().stream().sorted().toList());
  }

  /** Returns the picture in true colour, or null if there is none. */
  @Nullable StacAsset picture() {
    return first(named("visual", "TCI", "TCI_10m"), a -> false);
  }

  /** Returns the scene classification, or null if there is none. */
  @Nullable StacAsset classification() {
    return first(named("scl", "SCL", "SCL_20m"), a -> false);
  }

  private static Predicate<StacAsset> named(String... names) {
    List<String> all = List.of(names);
    return a -> all.contains(a.name());
  }

  /** Returns the first GeoTIFF that meets one of two conditions, in their order. */
  private @Nullable StacAsset first(Predicate<StacAsset> one, Predicate<StacAsset> other) {
    for (Predicate<StacAsset> condition : List.of(one, other)) {
      for (StacAsset asset : item.assets().values()) {
        if (isTiff(asset) && condition.test(asset)) return asset;
      }
    }
    return null;
  }

  /** Many catalogs have JPEG 2000 beside GeoTIFF, under names such as red-jp2. */
  private static boolean isTiff(StacAsset asset) {
    String type = asset.type();
    if (type != null) return type.toLowerCase(Locale.ROOT).startsWith("image/tiff");
    String path = String.valueOf(asset.href().getPath()).toLowerCase(Locale.ROOT);
    return path.endsWith(".tif") || path.endsWith(".tiff");
  }

  private static List<String> bandNames(StacAsset asset) {
    for (String key : List.of("eo:bands", "bands")) {
      if (asset.properties().get(key) instanceof List<?> bands) {
        return bands.stream()
            .map(band -> band instanceof Map<?, ?> map ? String.valueOf(map.get("name")) : "")
            .toList();
      }
    }
    return List.of();
  }

  /**
   * Returns what to add to a band's samples, so that they are reflectance x 10,000: the offset that
   * the asset states; else -1000 from processing baseline 04.00 on. 0 if the item states that the
   * offset was applied.
   */
  int offset(StacAsset asset) {
    for (String applied :
        List.of("earthsearch:boa_offset_applied", "sentinel:boa_offset_applied")) {
      if (Boolean.TRUE.equals(item.properties().get(applied))) return 0;
    }
    Double stated = offsetOf(asset.properties());
    for (String key : List.of("raster:bands", "bands")) {
      if (stated == null
          && asset.properties().get(key) instanceof List<?> bands
          && bands.size() == 1
          && bands.get(0) instanceof Map<?, ?> band) {
        stated = offsetOf(band);
      }
    }
    if (stated != null) return (int) Math.round(stated * QUANTIFICATION);
    return baseline() >= OFFSET_BASELINE ? BASELINE_OFFSET : 0;
  }

  private static @Nullable Double offsetOf(Map<?, ?> members) {
    for (String key : List.of("offset", "raster:offset")) {
      if (members.get(key) instanceof Number offset) return offset.doubleValue();
    }
    return null;
  }

  /** Returns the processing baseline, such as 4.0 for 04.00, or 0 if it is unknown. */
  private double baseline() {
    for (String key :
        List.of("s2:processing_baseline", "sentinel:processing_baseline", "processing:version")) {
      Object value = item.properties().get(key);
      if (value == null) continue;
      try {
        return Double.parseDouble(String.valueOf(value));
      } catch (NumberFormatException e) {
        // Not a baseline, as in other items.
      }
    }
    return 0;
  }
}
