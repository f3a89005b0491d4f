package io.earthembed.parquet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which columns of a Parquet file hold what, for files whose columns this SDK does not know. A
 * builder needs only the columns that are not found by themselves:
 *
 * <pre>{@code
 * ColumnMapping columns =
 *     ColumnMapping.builder().id("chip").embedding("vec").center("lon", "lat").build();
 * GeoParquetDataset.open(path, model, columns);
 * }</pre>
 *
 * <p>Columns that the mapping does not name are found by well-known names, by the {@code geo}
 * metadata of GeoParquet and by the {@code emb} metadata of the embeddings STAC extension. Only the
 * embedding is required: without an id, the number of the row in the dataset is the id; without a
 * cell, the cell of {@link io.earthembed.geo.MajorTomGrid#CORE} at the center counts; center, time,
 * product, source and cloud cover are unknown without a column.
 *
 * <p>A value of a struct is a column under its path, such as {@code bbox.xmin}. Immutable and safe
 * for many threads.
 */
public final class ColumnMapping {
  /** Finds all columns by themselves. */
  static final ColumnMapping NONE = builder().build();

  private final Map<Role, String> columns;
  private final @Nullable String crs;
  private final @Nullable Quantization quantization;
  private final boolean skipsIncompleteRows;
  private final boolean withoutCenter;
  private final Set<String> attributes;
  private final boolean allAttributes;

  private ColumnMapping(Builder builder) {
    columns = new EnumMap<>(builder.columns);
    crs = builder.crs;
    quantization = builder.quantization;
    skipsIncompleteRows = builder.skipsIncompleteRows;
    withoutCenter = builder.withoutCenter;
    attributes = Collections.unmodifiableSet(new LinkedHashSet<>(builder.attributes));
    allAttributes = builder.allAttributes;
  }

  /**
   * The roles of columns. If a mapping names no column for a role, the role's well-known names are
   * tried in order. The first are those of EarthEmbeddingExplorer, MajorTOM and this SDK.
   */
  enum Role {
    /** Clay v0's {@code index} counts from 0 in each file, so its source_url is the id. */
    ID("unique_id", "chips_id", "chip_id", "tile_id", "id", "source_url"),
    EMBEDDING("embedding", "embeddings"),
    TIME("timestamp", "datetime", "date"),
    PRODUCT("product_id", "stac_item_id"),
    CELL("grid_cell"),
    /** In the order of {@link #LATITUDE}. */
    LONGITUDE("centre_lon", "center_lon", "centroid_lon", "longitude", "lon"),
    LATITUDE("centre_lat", "center_lat", "centroid_lat", "latitude", "lat"),
    GEOMETRY("geometry", "geom"),
    BOX("bbox"),
    URL("parquet_url"),
    ROW("parquet_row"),
    CLOUD("cloud_cover", "eo:cloud_cover", "cloud_percent");

    private final List<String> known;

    Role(String... known) {
      this.known = List.of(known);
    }

    List<String> known() {
      return known;
    }
  }

  /** Returns a builder of a mapping that names no column. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads a mapping from JSON, as {@link #toJson} writes it. The members are those of the {@link
   * Builder} and all optional:
   *
   * <pre>{@code
   * {"id": "chip", "embedding": "vec", "center": ["lon", "lat"], "geometry": "geom", "box": "bbox",
   *  "crs": "EPSG:32633", "time": "datetime", "product": "item", "cell": "grid_cell",
   *  "source": ["parquet_url", "parquet_row"], "cloudCover": "cloud", "skipIncompleteRows": true,
   *  "withoutCenter": false, "attributes": ["crop", "yield"], "allAttributes": false, "quantization": {"method": "linear", "scale": 0.5, "offset": -1}}
   * }</pre>
   *
   * <p>The method of a quantization is {@code linear} with scale and offset (numbers, or arrays of
   * one per component), {@code perRow} with scaleColumn and offsetColumn, {@code signedSquare} with
   * divisor and missing, or {@code bfloat16}.
   *
   * @param json an object
   * @throws IllegalArgumentException if it is not such an object; the message names the member
   */
  public static ColumnMapping ofJson(String json) {
    return MappingJson.read(json);
  }

  /** Returns the mapping as a line of JSON, which {@link #ofJson} reads. */
  public String toJson() {
    return MappingJson.write(this);
  }

  /** Returns the column that the caller named, or null. */
  @Nullable String column(Role role) {
    return columns.get(role);
  }

  @Nullable String crs() {
    return crs;
  }

  @Nullable Quantization quantization() {
    return quantization;
  }

  boolean skipsIncompleteRows() {
    return skipsIncompleteRows;
  }

  boolean withoutCenter() {
    return withoutCenter;
  }

  /** Returns the columns that the caller named as attributes. */
  Set<String> attributes() {
    return attributes;
  }

  boolean allAttributes() {
    return allAttributes;
  }

  /** The calls of the builder, in the order in which a message lists them. */
  static final List<String> CALLS =
      List.of(
          "id",
          "embedding",
          "center",
          "geometry",
          "box",
          "crs",
          "quantization",
          "time",
          "product",
          "cell",
          "source",
          "cloudCover",
          "attributes",
          "allAttributes",
          "withoutCenter",
          "skipIncompleteRows");

  /** Returns the Java arguments of a call that made this mapping, or null if it was not made. */
  @Nullable String arguments(String call) {
    return switch (call) {
      case "id" -> quoted(Role.ID);
      case "embedding" -> quoted(Role.EMBEDDING);
      case "center" -> quoted(Role.LONGITUDE, Role.LATITUDE);
      case "geometry" -> quoted(Role.GEOMETRY);
      case "box" -> quoted(Role.BOX);
      case "crs" -> crs == null ? null : "(\"" + crs + "\")";
      case "quantization" -> quantization == null ? null : "(quantization)";
      case "time" -> quoted(Role.TIME);
      case "product" -> quoted(Role.PRODUCT);
      case "cell" -> quoted(Role.CELL);
      case "source" -> quoted(Role.URL, Role.ROW);
      case "cloudCover" -> quoted(Role.CLOUD);
      case "attributes" ->
          attributes.isEmpty() ? null : "(\"" + String.join("\", \"", attributes) + "\")";
      case "allAttributes" -> allAttributes ? "()" : null;
      case "withoutCenter" -> withoutCenter ? "()" : null;
      default -> skipsIncompleteRows ? "()" : null;
    };
  }

  private @Nullable String quoted(Role... roles) {
    List<String> names = new ArrayList<>();
    for (Role role : roles) {
      String column = columns.get(role);
      if (column == null) return null;
      names.add("\"" + column + "\"");
    }
    return "(" + String.join(", ", names) + ")";
  }

  @Override
  public String toString() {
    return "ColumnMapping"
        + columns
        + (crs == null ? "" : " in " + crs)
        + (quantization == null ? "" : ", " + quantization)
        + (attributes.isEmpty() ? "" : ", attributes " + attributes)
        + (allAttributes ? ", all attributes" : "")
        + (withoutCenter ? ", without centres" : "")
        + (skipsIncompleteRows ? ", skipping incomplete rows" : "");
  }

  /** Collects the names of columns. Not safe for many threads. */
  public static final class Builder {
    private final Map<Role, String> columns = new EnumMap<>(Role.class);
    private @Nullable String crs;
    private @Nullable Quantization quantization;
    private boolean skipsIncompleteRows;
    private boolean withoutCenter;
    private final Set<String> attributes = new LinkedHashSet<>();
    private boolean allAttributes;

    private Builder() {}

    Builder set(Role role, String column) {
      columns.put(role, Objects.requireNonNull(column, "column"));
      return this;
    }

    /**
     * Names the column of the ids: texts, UUIDs or integers, unique in the dataset (default: the
     * number of the row in the dataset, from 0).
     */
    public Builder id(String column) {
      return set(Role.ID, column);
    }

    /**
     * Names the column of the embeddings: lists of float, half or double, or values of fixed length
     * that hold a row's floats or halves; or lists of integers, with a {@link #quantization}.
     */
    public Builder embedding(String column) {
      return set(Role.EMBEDDING, column);
    }

    /**
     * Names the columns of a tile's centre, which are numbers.
     *
     * @param longitude in degrees; or the first coordinate, easting, of {@link #crs}
     * @param latitude in degrees; or the second coordinate, northing, of {@link #crs}
     */
    public Builder center(String longitude, String latitude) {
      return set(Role.LONGITUDE, longitude).set(Role.LATITUDE, latitude);
    }

    /**
     * Names the column of a tile's outline or centre: points, polygons or multipolygons in
     * well-known binary, or a struct of x and y. The centroid is the centre.
     */
    public Builder geometry(String column) {
      return set(Role.GEOMETRY, column);
    }

    /**
     * Names a struct of xmin, ymin, xmax and ymax, whose middle is the centre. If xmin is greater
     * than xmax in degrees, the box crosses the antimeridian.
     */
    public Builder box(String column) {
      return set(Role.BOX, column);
    }

    /**
     * Opens the dataset without places (default: columns of a centre are looked for, and a file
     * that may have some under unknown names is refused). Filters by place then pass no tile, maps
     * count the tiles but do not draw them, and {@link io.earthembed.imagery.TileRecord#center}
     * fails.
     */
    public Builder withoutCenter() {
      withoutCenter = true;
      return this;
    }

    /**
     * Sets the coordinate reference system of the geometry, the box or the columns that {@link
     * #center} names (default: what the metadata of the file says; for the columns of the centre
     * degrees of WGS 84). Coordinates are in the order of GeoParquet: longitude or easting first,
     * whatever the system defines.
     *
     * @param name {@code OGC:CRS84}, or EPSG and a code, such as {@code EPSG:32633}, or a system in
     *     PROJJSON on a datum within 2 m of WGS 84
     * @throws IllegalArgumentException if the system is not known
     */
    public Builder crs(String name) {
      Projection.of(name);
      crs = name;
      return this;
    }

    /**
     * Names the column of the sensing time: a timestamp, a date, or a text of ISO 8601 (default:
     * unknown).
     */
    public Builder time(String column) {
      return set(Role.TIME, column);
    }

    /** Names the column of the product that a tile was cut from (default: unknown). */
    public Builder product(String column) {
      return set(Role.PRODUCT, column);
    }

    /**
     * Names the column of Major TOM's grid cells, such as {@code 922D_249L} (default: the cell at
     * the centre).
     */
    public Builder cell(String column) {
      return set(Role.CELL, column);
    }

    /**
     * Names the columns of the shard that holds a tile's pixels (default: unknown).
     *
     * @param url texts: http, https or file URLs
     * @param row whole numbers: the row group in the shard
     */
    public Builder source(String url, String row) {
      return set(Role.URL, url).set(Role.ROW, row);
    }

    /**
     * Names the column of cloud cover in percent (default: unknown). Values outside 0-100 count as
     * unknown.
     */
    public Builder cloudCover(String column) {
      return set(Role.CLOUD, column);
    }

    /**
     * Names columns that become {@linkplain io.earthembed.imagery.TileRecord#attributes attributes}
     * of the tiles, by their names (default: those that {@link GeoParquetSink} wrote as such).
     * Texts and UUIDs become texts; integers of up to 64 bits integers; floats and decimals the
     * nearest doubles; dates and timestamps times, rounded down to microseconds; booleans flags. A
     * null, or a float that is not a number, is an absent attribute. A column must have one of
     * these types in all files.
     */
    public Builder attributes(String... names) {
      attributes.addAll(List.of(names));
      return this;
    }

    /**
     * Reads as attributes all columns of these types that have no other role in the mapping.
     * Columns of other types and the values of structs are left out.
     */
    public Builder allAttributes() {
      allAttributes = true;
      return this;
    }

    /**
     * Sets how the integers of the embeddings become floats (default: what the {@code emb} metadata
     * of the file says).
     */
    public Builder quantization(Quantization quantization) {
      this.quantization = Objects.requireNonNull(quantization, "quantization");
      return this;
    }

    /**
     * Leaves out rows whose id, centre or embedding is null or incomplete (default: such a row is
     * an error that names it). {@link GeoParquetDataset#skippedRows} counts them. To find them,
     * opening a dataset reads all its embeddings.
     */
    public Builder skipIncompleteRows() {
      skipsIncompleteRows = true;
      return this;
    }

    /** Returns the mapping. */
    public ColumnMapping build() {
      return new ColumnMapping(this);
    }
  }
}
