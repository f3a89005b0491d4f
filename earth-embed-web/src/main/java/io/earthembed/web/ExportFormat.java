package io.earthembed.web;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A kind of file with the hits of a search. */
enum ExportFormat {
  ZIP("application/zip", "zip"),
  GEOJSON("application/geo+json", "geojson"),
  CSV("text/csv", "csv"),
  KML("application/vnd.google-earth.kml+xml", "kml"),
  GEOPARQUET("application/vnd.apache.parquet", "parquet"),
  STAC("application/geo+json", "stac.json");

  final String type;
  final String extension;

  ExportFormat(String type, String extension) {
    this.type = type;
    this.extension = extension;
  }

  /** Returns the format of a name in lower case. */
  static ExportFormat of(@Nullable String name) {
    for (ExportFormat format : values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(name)) return format;
    }
    throw new IllegalArgumentException(
        "format is not one of "
            + List.of(values()).toString().toLowerCase(Locale.ROOT)
            + ": "
            + name);
  }
}
