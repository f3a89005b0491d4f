package io.earthembed.parquet;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.ColumnMapping.Role;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.parquet.internal.Meaning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * The columns of one file by what they hold: those that the caller named, and those that are found.
 *
 * @param id texts, UUIDs or integers; null to number the rows
 * @param embedding the embeddings
 * @param time null if unknown
 * @param product null if unknown
 * @param cell null to take the cell at the centre
 * @param center where the centers are, or null if they are unknown
 * @param projection of the centres
 * @param crsIsStated whether the caller named the reference system
 * @param url null if the source is unknown
 * @param row null if the source is unknown
 * @param cloud null if unknown
 * @param quantization null if the embeddings are floats
 * @param attributes the columns that are read as attributes, by their names
 */
record DatasetColumns(
    @Nullable String id,
    String embedding,
    @Nullable String time,
    @Nullable String product,
    @Nullable String cell,
    @Nullable Center center,
    Projection projection,
    boolean crsIsStated,
    @Nullable String url,
    @Nullable String row,
    @Nullable String cloud,
    @Nullable Quantization quantization,
    List<String> attributes) {
  /** The most columns that a message lists. */
  private static final int LISTED = 200;

  private static final Projection DEGREES = Projection.of("OGC:CRS84");

  /** The columns of a file without rows, which are never read. */
  static final DatasetColumns NONE =
      new DatasetColumns(
          null, "", null, null, null, null, DEGREES, false, null, null, null, null, List.of());

  /** Copies its list. */
  DatasetColumns {
    attributes = List.copyOf(attributes);
  }

  /** The columns that centres are read from. */
  sealed interface Center {}

  /** Two numbers. */
  record Point(String x, String y) implements Center {}

  /** Well-known binary. */
  record Wkb(String column) implements Center {}

  /** GeoArrow's lists of x and y. */
  record Arrow(ArrowCenters.Shape shape, String x, String y) implements Center {}

  /** GeoArrow's lists of interleaved coordinates. */
  record Interleaved(ArrowCenters.Shape shape, String column) implements Center {}

  /**
   * Four numbers.
   *
   * @param sides xmin, ymin, xmax, ymax
   */
  record Box(List<String> sides) implements Center {}

  /** Returns the columns that describe tiles: all but those of the embeddings. */
  List<String> ofTiles() {
    List<String> all = new ArrayList<>();
    for (String column : Arrays.asList(id, time, product, cell, url, row, cloud)) {
      if (column != null) all.add(column);
    }
    if (center instanceof Point point) all.addAll(List.of(point.x, point.y));
    if (center instanceof Wkb wkb) all.add(wkb.column);
    if (center instanceof Box box) all.addAll(box.sides);
    if (center instanceof Arrow arrow) all.addAll(List.of(arrow.x, arrow.y));
    if (center instanceof Interleaved arrow) all.add(arrow.column);
    all.addAll(attributes);
    return all;
  }

  private DatasetColumns withAttributes(Collection<String> names) {
    return new DatasetColumns(
        id,
        embedding,
        time,
        product,
        cell,
        center,
        projection,
        crsIsStated,
        url,
        row,
        cloud,
        quantization,
        List.copyOf(names));
  }

  /**
   * Finds the columns of a file.
   *
   * @throws EarthEmbedException if a column or its meaning is not known; the message lists the
   *     columns and the Java that names them
   */
  static DatasetColumns of(Footer footer, ColumnMapping mapping) {
    return new Finder(footer, mapping).find();
  }

  private static final class Finder {
    private final Footer footer;
    private final ColumnMapping mapping;

    /** Why the file cannot be opened. */
    private final List<String> problems = new ArrayList<>();

    /** The roles that no column is known to have. */
    private final List<String> missing = new ArrayList<>();

    /** The calls of the mapping's builder that the message suggests, by their names. */
    private final Map<String, String> calls = new LinkedHashMap<>();

    /** Decisions that the message leaves to its reader. */
    private final List<String> notes = new ArrayList<>();

    Finder(Footer footer, ColumnMapping mapping) {
      this.footer = footer;
      this.mapping = mapping;
    }

    DatasetColumns find() {
      String id = column(Role.ID);
      if (id == null) {
        String suggested = first(c -> c.isFlat() && fits(Role.ID, c.name()), "");
        if (!suggested.isEmpty()) suggest("id", suggested);
      }
      String embedding = column(Role.EMBEDDING);
      if (embedding == null) embedding = suggestEmbedding();
      Place place = mapping.withoutCenter() ? NOWHERE : place();
      if (place == null) place = suggestCenter();
      Quantization quantization = quantization(embedding);
      if (!missing.isEmpty()) {
        problems.add(0, "no column is known to hold " + String.join(" or ", missing));
      }
      if (!problems.isEmpty()) throw unknown();
      String url = column(Role.URL);
      String row = column(Role.ROW);
      DatasetColumns found =
          new DatasetColumns(
              id,
              embedding,
              column(Role.TIME),
              column(Role.PRODUCT),
              column(Role.CELL),
              place.center,
              place.projection,
              mapping.crs() != null,
              row == null ? null : url,
              url == null ? null : row,
              column(Role.CLOUD),
              quantization,
              List.of());
      return found.withAttributes(attributes(found));
    }

    /** Returns the columns to read as attributes: those of our own files, named ones, or all. */
    private Set<String> attributes(DatasetColumns found) {
      List<String> listed = AttributeFields.listed(footer);
      Set<String> names = new LinkedHashSet<>(listed);
      for (String name : mapping.attributes()) names.add(requireAttribute(name));
      if (mapping.allAttributes()) {
        Set<String> known = new HashSet<>(found.ofTiles());
        known.add(found.embedding);
        if (Origins.of(footer) != null) known.addAll(GeoParquetSink.COLUMNS);
        Quantization quantization = found.quantization;
        if (quantization != null) {
          known.addAll(Arrays.asList(quantization.scaleColumn(), quantization.offsetColumn()));
        }
        footer
            .columns()
            .forEach(
                (name, column) -> {
                  if (AttributeFields.isPlain(column) && !known.contains(name)) names.add(name);
                });
      }
      return names;
    }

    private String requireAttribute(String name) {
      require(name, "an attribute");
      Column column = footer.columns().get(name);
      boolean empty = column != null && column.meaning().kind() == Meaning.Kind.NULL;
      if (empty || column != null && AttributeFields.type(column) != null) return name;
      throw new EarthEmbedException(
          footer.name()
              + ": column "
              + name
              + " is "
              + (column == null ? footer.unread().get(name) : column.typeName())
              + ", which is not read as an attribute; texts, numbers, booleans, dates and"
              + " timestamps are");
    }

    private void suggest(String call, String... columns) {
      calls.put(call, "(\"" + String.join("\", \"", columns) + "\")");
    }

    private boolean has(String column) {
      return footer.columns().containsKey(column) || footer.unread().containsKey(column);
    }

    /** Returns the named column, or the first of the well-known names; null if there is none. */
    private @Nullable String column(Role role) {
      String named = mapping.column(role);
      if (named != null) return require(named, role);
      for (String known : role.known()) {
        boolean own = known.equals(role.known().get(0));
        if (has(known) && (own || fits(role, known))) return known;
      }
      return null;
    }

    /**
     * Returns whether a column is of a type that its role has. Other tools use the later names for
     * other data.
     */
    private boolean fits(Role role, String name) {
      Column column = footer.columns().get(name);
      if (column == null) return false;
      boolean text = column.isFlat() && column.meaning().kind() == Meaning.Kind.TEXT;
      return switch (role) {
        case ID -> text || column.isInteger() || column.isFlat() && isUuid(column);
        case EMBEDDING -> !column.isFlat() || isFixed(column);
        case TIME -> text || column.isTime();
        case PRODUCT, CELL, URL -> text;
        case LONGITUDE, LATITUDE, ROW, CLOUD -> column.isNumber();
        case GEOMETRY, BOX -> true;
      };
    }

    private static boolean isUuid(Column column) {
      return column.meaning().kind() == Meaning.Kind.UUID;
    }

    private static boolean isFixed(Column column) {
      return column.type() == Type.FIXED_LEN_BYTE_ARRAY
          && column.meaning().kind() == Meaning.Kind.PLAIN;
    }

    private String require(String column, Role role) {
      return require(column, role.name().toLowerCase(Locale.ROOT));
    }

    private String require(String column, String meaning) {
      if (has(column)) return column;
      throw new EarthEmbedException(
          footer.name()
              + " has no column "
              + column
              + " to read as "
              + meaning
              + ". Its columns: "
              + columns());
    }

    private record Place(@Nullable Center center, Projection projection) {}

    private static final Place NOWHERE = new Place(null, DEGREES);

    /** Returns where the centres are: the named columns, else numbers, geometries, boxes. */
    private @Nullable Place place() {
      String x = mapping.column(Role.LONGITUDE);
      String y = mapping.column(Role.LATITUDE);
      if (x != null && y != null) {
        String crs = mapping.crs();
        return new Place(
            new Point(require(x, Role.LONGITUDE), require(y, Role.LATITUDE)),
            crs == null ? DEGREES : Projection.of(crs));
      }
      String geometry = mapping.column(Role.GEOMETRY);
      if (geometry != null) return geometry(geometry, GeoColumn.of(footer, geometry));
      String box = mapping.column(Role.BOX);
      if (box != null) return box(GeoColumn.sides(box), GeoColumn.of(footer, null), box);
      for (int i = 0; i < Role.LONGITUDE.known().size(); i++) {
        String longitude = Role.LONGITUDE.known().get(i);
        String latitude = Role.LATITUDE.known().get(i);
        if (!has(longitude) || !has(latitude)) continue;
        boolean numbers = fits(Role.LONGITUDE, longitude) && fits(Role.LATITUDE, latitude);
        // A stated reference system is that of a geometry or of named columns.
        if (i == 0 || numbers) return new Place(new Point(longitude, latitude), DEGREES);
      }
      GeoColumn geo = GeoColumn.of(footer, null);
      if (geo != null) return geometry(geo.name(), geo);
      for (String known : Role.GEOMETRY.known()) {
        if (isBinary(known)) return geometry(known, null);
      }
      for (String known : Role.BOX.known()) {
        List<String> sides = GeoColumn.sides(known);
        if (sides.stream().allMatch(this::has)) return box(sides, null, known);
      }
      return null;
    }

    private boolean isBinary(String name) {
      Column column = footer.columns().get(name);
      return column != null && column.isFlat() && column.type() == Type.BYTE_ARRAY;
    }

    private Place geometry(String name, @Nullable GeoColumn geo) {
      if (isBinary(name) && (geo == null || geo.isWkb())) {
        return new Place(new Wkb(name), projection(name, geo));
      }
      List<String> point = List.of(name + ".x", name + ".y");
      boolean struct = point.stream().allMatch(footer.columns()::containsKey);
      if (struct && (geo == null || geo.isPoint())) {
        return new Place(new Point(point.get(0), point.get(1)), projection(name, geo));
      }
      Center arrow = arrow(name, geo == null ? "point" : geo.encoding());
      if (arrow != null) return new Place(arrow, projection(name, geo));
      if (geo != null && !geo.covering().isEmpty()) return box(geo.covering(), geo, name);
      if (!has(name)) require(name, Role.GEOMETRY);
      Column column = footer.columns().get(name);
      problems.add(
          "column "
              + name
              + " is a geometry in the form "
              + (geo != null ? geo.encoding() : column == null ? "of a struct" : column.typeName())
              + ", and well-known binary, GeoArrow's structs and lists and columns of a bbox are read");
      return suggestCenter();
    }

    /** Returns the columns of a geometry in GeoArrow's encodings, or null if it is none. */
    private @Nullable Center arrow(String name, String encoding) {
      ArrowCenters.Shape shape;
      try {
        shape = ArrowCenters.Shape.of(encoding);
      } catch (IllegalArgumentException e) {
        return null;
      }
      Predicate<Column> inside =
          c -> c.name().startsWith(name + ".") && c.maxRepetition() == shape.lists;
      String x = first(inside.and(c -> c.name().endsWith(".x")), "");
      String y = first(inside.and(c -> c.name().endsWith(".y")), "");
      if (!x.isEmpty() && !y.isEmpty()) return new Arrow(shape, x, y);
      String interleaved = first(c -> isInterleaved(c, name, shape), "");
      return interleaved.isEmpty() ? null : new Interleaved(shape, interleaved);
    }

    private static boolean isInterleaved(Column column, String name, ArrowCenters.Shape shape) {
      boolean named = column.name().equals(name) || column.name().startsWith(name + ".");
      return named && column.type() == Type.DOUBLE && column.maxRepetition() == shape.lists + 1;
    }

    private Place box(List<String> sides, @Nullable GeoColumn geo, String name) {
      for (String side : sides) require(side, Role.BOX);
      return new Place(new Box(sides), projection(name, geo));
    }

    private Projection projection(String name, @Nullable GeoColumn geo) {
      String crs = mapping.crs();
      if (crs == null && geo != null) crs = geo.crs();
      if (crs != null) return Projection.of(crs);
      problems.add(
          "the coordinate reference system of "
              + name
              + " is not known, because "
              + (geo == null ? "the file has no geo metadata for it" : geo.crsProblem()));
      suggestDegrees();
      return DEGREES;
    }

    private void suggestDegrees() {
      if (mapping.crs() != null) return;
      suggest("crs", "OGC:CRS84");
      notes.add("if coordinates are not longitude and latitude, state their crs");
    }

    private @Nullable Quantization quantization(String embedding) {
      Column column = footer.columns().get(embedding);
      Quantization named = mapping.quantization();
      if (named != null || column == null || !column.isQuantized()) return named;
      Quantization said = EmbMetadata.quantization(footer);
      if (said != null) return said;
      problems.add(
          "column "
              + embedding
              + " is "
              + column.typeName()
              + ", and no metadata say how the integers become floats");
      calls.put("quantization", "(Quantization.linear(scale, offset))");
      notes.add("the publisher of the set tells scale and offset");
      return null;
    }

    /** Returns the columns with their types; structs by their values. */
    private String columns() {
      List<String> all = new ArrayList<>();
      footer.columns().forEach((name, column) -> all.add(name + " (" + column.typeName() + ")"));
      for (Map.Entry<String, String> unread : footer.unread().entrySet()) {
        String values = unread.getKey() + ".";
        boolean listed = footer.columns().keySet().stream().anyMatch(c -> c.startsWith(values));
        if (!listed) all.add(unread.getKey() + " (" + unread.getValue() + ")");
      }
      int more = all.size() - LISTED;
      return String.join(", ", all.subList(0, Math.min(LISTED, all.size())))
          + (more > 0 ? " and " + more + " more" : "");
    }

    /** Returns a column that may hold embeddings, or a word in its place. */
    private String suggestEmbedding() {
      missing.add("the embedding");
      // Points may be lists of doubles, as embeddings are.
      GeoColumn geo = GeoColumn.of(footer, mapping.column(Role.GEOMETRY));
      String geometry = geo == null ? "" : geo.name();
      String embedding =
          first(
              c ->
                  c.maxRepetition() == 1
                          && !c.name().contains(".")
                          && !c.name().equals(geometry)
                          && isEmbedding(c)
                      || isFixed(c),
              "EMBEDDING");
      suggest("embedding", embedding);
      return embedding;
    }

    private static boolean isEmbedding(Column column) {
      return column.isQuantized() || isFloating(column);
    }

    /** Returns the message: all that is not known, and a mapping to copy. */
    private EarthEmbedException unknown() {
      Map<String, String> lines = new LinkedHashMap<>();
      for (String call : ColumnMapping.CALLS) {
        String named = mapping.arguments(call);
        String suggested = calls.get(call);
        if (named != null) lines.put(call, named);
        else if (suggested != null) lines.put(call, suggested);
      }
      StringBuilder builder = new StringBuilder("ColumnMapping.builder()");
      lines.forEach((call, arguments) -> builder.append('.').append(call).append(arguments));
      return new EarthEmbedException(
          footer.name()
              + ": "
              + String.join("; ", problems)
              + ". Open it with GeoParquetDataset.open(path, model, "
              + builder
              + ".build())"
              + (notes.isEmpty() ? "" : "; " + String.join("; ", notes))
              + ". Its columns: "
              + columns());
    }

    private static boolean isFloating(Column column) {
      return column.type() == Type.FLOAT
          || column.type() == Type.DOUBLE
          || column.meaning().kind() == Meaning.Kind.HALF;
    }

    /**
     * Suggests columns for the centre, by their names and types. If no column could hold a place,
     * the centres are unknown.
     */
    private Place suggestCenter() {
      Predicate<Column> number = Column::isNumber;
      String x = first(number.and(c -> named(c, "lon", "lng", "x", "east", "long")), "");
      String y = first(number.and(c -> named(c, "lat", "y", "north")), "");
      String sides = first(c -> c.name().endsWith(".xmin") && number.test(c), "");
      String shape =
          first(
              c ->
                  isBinary(c.name())
                      && named(c, "geom", "wkb", "shape", "footprint", "outline", "polygon"),
              "");
      if (!x.isEmpty() && !y.isEmpty()) {
        suggest("center", x, y);
      } else if (!sides.isEmpty()) {
        suggest("box", sides.substring(0, sides.length() - ".xmin".length()));
        suggestDegrees();
      } else if (!shape.isEmpty()) {
        suggest("geometry", shape);
        suggestDegrees();
      } else if (mayHoldPlaces()) {
        suggest("center", "LONGITUDE", "LATITUDE");
      } else {
        return NOWHERE;
      }
      missing.add("the centre");
      notes.add("if no column tells the place, call withoutCenter() instead");
      return NOWHERE;
    }

    /** Returns whether two columns of fractions, or one of bytes, may hold places. */
    private boolean mayHoldPlaces() {
      long fractions =
          footer.columns().values().stream().filter(c -> c.isNumber() && isFloating(c)).count();
      boolean bytes =
          footer.columns().values().stream()
              .anyMatch(c -> isBinary(c.name()) && c.meaning().kind() != Meaning.Kind.TEXT);
      return fractions >= 2 || bytes;
    }

    /** Returns whether one of the words of a column's name begins so. */
    private static boolean named(Column column, String... beginnings) {
      for (String word : column.name().toLowerCase(Locale.ROOT).split("[^a-z]+", -1)) {
        for (String beginning : beginnings) {
          boolean whole = beginning.length() == 1;
          if (whole ? word.equals(beginning) : word.startsWith(beginning)) return true;
        }
      }
      return false;
    }

    private String first(Predicate<Column> wanted, String otherwise) {
      for (Map.Entry<String, Column> column : footer.columns().entrySet()) {
        if (wanted.test(column.getValue())) return column.getKey();
      }
      return otherwise;
    }
  }
}
