/**
 * Reads {@linkplain io.earthembed.geo.Region regions}: {@link io.earthembed.region.Regions} from
 * GeoJSON, well-known text and well-known binary, {@link io.earthembed.region.JtsRegions} from
 * geometries of JTS.
 */
@NullMarked
package io.earthembed.region;

import org.jspecify.annotations.NullMarked;
