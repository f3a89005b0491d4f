package io.earthembed.stac;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of an item. Immutable.
 *
 * @param name the asset's key in its item, such as {@code B04} or {@code embeddings}
 * @param href its address, absolute if the address of the item's document is known; it may have
 *     another scheme than http, such as s3
 * @param type its media type, such as {@code image/tiff; application=geotiff;
 *     profile=cloud-optimized}, or null if unknown
 * @param roles such as {@code data} or {@code thumbnail}
 * @param properties its other members, such as {@code raster:bands}, as {@link StacItem#properties}
 */
public record StacAsset(
    String name,
    URI href,
    @Nullable String type,
    List<String> roles,
    Map<String, Object> properties) {
  /** Copies its arguments. */
  public StacAsset {
    roles = List.copyOf(roles);
    properties = Map.copyOf(properties);
  }

  /** Returns name and address, without the address's query, which may be a signature. */
  @Override
  public String toString() {
    return "StacAsset[" + name + " " + Addresses.redacted(href) + "]";
  }
}
