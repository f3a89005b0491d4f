package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.common.CorruptDataException;
import io.earthembed.parquet.internal.ArrowExtensions;
import io.earthembed.parquet.internal.ArrowExtensions.Extension;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.parquet.internal.Meaning;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A geometry column, as the {@code geo} metadata of GeoParquet, Parquet's own schema or the
 * extension types of GeoArrow describe it.
 *
 * @param name the column
 * @param encoding WKB, or point and similar for GeoArrow's structs and lists
 * @param crs the name of its reference system or its PROJJSON, or null if it is not known
 * @param crsProblem why the system is not known, for messages
 * @param covering columns of xmin, ymin, xmax and ymax, or empty
 */
record GeoColumn(
    String name, String encoding, @Nullable String crs, String crsProblem, List<String> covering) {
  private static final String CRS84 = "OGC:CRS84";
  private static final String WKB = "WKB";

  /** The prefix of GeoArrow's encodings in Arrow's schemas and GDAL's metadata. */
  private static final String GEOARROW = "geoarrow.";

  /** The names of a bbox's columns. */
  static final List<String> SIDES = List.of("xmin", "ymin", "xmax", "ymax");

  /**
   * Returns a geometry column.
   *
   * @param wanted its name; null for the primary one
   * @return null if the file describes none
   */
  static @Nullable GeoColumn of(Footer footer, @Nullable String wanted) {
    String text = footer.metadata().get("geo");
    if (text != null) {
      try {
        JsonObject geo = new Gson().fromJson(text, JsonObject.class);
        String name = wanted == null ? member(geo, "primary_column").getAsString() : wanted;
        JsonElement column = member(geo, "columns").getAsJsonObject().get(name);
        if (column != null) {
          GeoColumn described = of(name, column.getAsJsonObject());
          Column typed = footer.columns().get(name);
          // GeoParquet 2 leaves the reference system to the type of the column.
          if (column.getAsJsonObject().has("crs") || typed == null) return described;
          if (typed.meaning().crs() == null) return described;
          GeoColumn type = of(footer, typed);
          return new GeoColumn(
              name, described.encoding, type.crs, type.crsProblem, described.covering);
        }
      } catch (JsonParseException
          | IllegalStateException
          | ClassCastException
          | UnsupportedOperationException e) {
        throw new CorruptDataException(footer.name(), "geo metadata that are not valid", e);
      }
    }
    for (Column column : footer.columns().values()) {
      boolean geometry = column.meaning().kind() == Meaning.Kind.WKB && column.isFlat();
      if (geometry && (wanted == null || wanted.equals(column.name()))) return of(footer, column);
    }
    for (Extension extension : ArrowExtensions.of(footer)) {
      if (wanted != null && !wanted.equals(extension.column())) continue;
      GeoColumn described = of(footer, extension);
      if (described != null) return described;
    }
    return null;
  }

  /** Describes a column of GeoArrow's extension types; null if it is of another type. */
  private static @Nullable GeoColumn of(Footer footer, Extension extension) {
    if (!extension.name().startsWith(GEOARROW)) return null;
    String name = extension.column();
    String kind = extension.name().substring(GEOARROW.length());
    if (!kind.equalsIgnoreCase(WKB) && !ArrowCenters.Shape.isKnown(kind)) return null;
    try {
      JsonObject metadata = new Gson().fromJson(extension.metadata(), JsonObject.class);
      JsonElement crs = metadata == null ? null : metadata.get("crs");
      if (crs == null || crs.isJsonNull()) {
        return new GeoColumn(name, kind, null, "its GeoArrow metadata name none", List.of());
      }
      String text = crs.isJsonPrimitive() ? crs.getAsString() : crs.getAsJsonObject().toString();
      return named(name, kind, text, List.of());
    } catch (JsonParseException | IllegalStateException e) {
      throw new CorruptDataException(
          footer.name(), "column " + name + " has GeoArrow metadata that are not valid", e);
    }
  }

  private static GeoColumn of(String name, JsonObject column) {
    JsonElement encoding = column.get("encoding");
    JsonElement covering = column.get("covering");
    List<String> sides = new ArrayList<>();
    if (covering != null && covering.getAsJsonObject().has("bbox")) {
      JsonObject box = member(covering.getAsJsonObject(), "bbox").getAsJsonObject();
      for (String side : SIDES) {
        List<String> path = new ArrayList<>();
        for (JsonElement step : member(box, side).getAsJsonArray()) path.add(step.getAsString());
        sides.add(String.join(".", path));
      }
    }
    String kind = encoding == null ? WKB : encoding.getAsString();
    if (kind.startsWith(GEOARROW)) kind = kind.substring(GEOARROW.length());
    // The specification's default, which null is not.
    if (!column.has("crs")) return new GeoColumn(name, kind, CRS84, "", sides);
    JsonElement crs = column.get("crs");
    if (crs.isJsonNull()) {
      return new GeoColumn(name, kind, null, "the geo metadata say that it is unknown", sides);
    }
    if (crs.isJsonPrimitive()) return named(name, kind, crs.getAsString(), sides);
    return named(name, kind, crs.getAsJsonObject().toString(), sides);
  }

  private static JsonElement member(@Nullable JsonObject object, String name) {
    JsonElement member = object == null ? null : object.get(name);
    if (member == null) throw new JsonParseException("no " + name);
    return member;
  }

  private static GeoColumn named(String name, String kind, String crs, List<String> sides) {
    try {
      Projection.of(crs);
      return new GeoColumn(name, kind, crs, "", sides);
    } catch (IllegalArgumentException e) {
      return new GeoColumn(name, kind, null, String.valueOf(e.getMessage()), sides);
    }
  }

  /** Describes a column of Parquet's logical types GEOMETRY and GEOGRAPHY. */
  private static GeoColumn of(Footer footer, Column column) {
    String crs = column.meaning().crs();
    if (crs == null || crs.isEmpty()) {
      return new GeoColumn(column.name(), WKB, CRS84, "", List.of());
    }
    if (crs.startsWith("projjson:")) {
      String found = footer.metadata().get(crs.substring("projjson:".length()));
      crs = found == null ? crs : found;
    }
    if (crs.startsWith("srid:")) crs = "EPSG:" + crs.substring("srid:".length());
    if (!crs.startsWith("{")) return named(column.name(), WKB, crs, List.of());
    JsonObject described = new JsonObject();
    try {
      described.add("crs", new Gson().fromJson(crs, JsonObject.class));
      return of(column.name(), described);
    } catch (JsonParseException | IllegalStateException e) {
      throw new CorruptDataException(
          footer.name(), "column " + column.name() + " has a crs that is not valid", e);
    }
  }

  /** Returns the sides of a struct of four numbers. */
  static List<String> sides(String box) {
    return SIDES.stream().map(side -> box + "." + side).toList();
  }

  boolean isWkb() {
    return encoding.equalsIgnoreCase(WKB);
  }

  boolean isPoint() {
    return encoding.equalsIgnoreCase("point");
  }
}
