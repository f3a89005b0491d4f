package io.earthembed.parquet;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The sets of Earth embeddings that this SDK knows. Each is a JSON file among the resources of this
 * package, which says where and when its facts were found.
 *
 * <pre>{@code
 * GeoParquetDataset lisbon =
 *     PublishedSets.find("earth-index").in(new BoundingBox(-9.5, 38.5, -9, 39)).open();
 * }</pre>
 */
public final class PublishedSets {
  private static final String FOLDER = "sets/";

  /** The descriptions, in the order of the guide. */
  private static final List<String> NAMES =
      List.of(
          "lgnd-clay-v1.5-aggregated",
          "lgnd-clay-v1.5-scene",
          "lgnd-clay-v1.5-monthly-256",
          "earth-index",
          "earth-index-2025",
          "clay-v0",
          "majortom-siglip",
          "majortom-dinov2",
          "majortom-ssl4eo-s2l1c",
          "majortom-ssl4eo-s1rtc",
          "eee-siglip",
          "eee-farslip",
          "eee-dinov2",
          "eee-satclip",
          "terrabit-clay-v1.5",
          "alphaearth",
          "tessera");

  private static final class All {
    static final List<PublishedSet> SETS = NAMES.stream().map(PublishedSets::load).toList();
  }

  private PublishedSets() {}

  /** Returns all sets. */
  public static List<PublishedSet> all() {
    return All.SETS;
  }

  /**
   * Returns a set.
   *
   * @param name such as {@code earth-index}
   * @throws IllegalArgumentException if there is none of that name; the message lists the names
   */
  public static PublishedSet find(String name) {
    for (PublishedSet set : all()) if (set.name().equals(name)) return set;
    List<String> names = new ArrayList<>(NAMES);
    throw new IllegalArgumentException(
        "no published set is named " + name + ", only " + String.join(", ", names));
  }

  private static PublishedSet load(String name) {
    String file = FOLDER + name + ".json";
    try (InputStream in = PublishedSets.class.getResourceAsStream(file)) {
      if (in == null) throw new EarthEmbedException("the resource " + file + " is missing");
      return PublishedSet.parse(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new EarthEmbedException("the resource " + file + " cannot be read: " + e, e);
    }
  }
}
