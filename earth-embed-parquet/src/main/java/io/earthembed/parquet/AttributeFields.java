package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.earthembed.base.table.AttributeColumns;
import io.earthembed.base.text.Timestamps;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter.Field;
import io.earthembed.parquet.internal.ColumnWriter.Kind;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.parquet.internal.Meaning;
import io.earthembed.parquet.internal.ValueReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/** Converts the attributes of tiles to columns of Parquet, and back. */
final class AttributeFields {
  /** The key of the metadata that list the attributes among the columns of our own files. */
  private static final String KEY = "earthembed.attributes";

  private AttributeFields() {}

  /** Returns the field of an attribute. */
  static Field field(AttributeColumns.Column column) {
    return field(column, column.name());
  }

  /** Returns the field of an attribute under another name than its column's. */
  static Field field(AttributeColumns.Column column, String name) {
    return switch (column.type()) {
      case TEXT -> new Field(name, Type.BYTE_ARRAY, Kind.STRING);
      case INTEGER -> new Field(name, Type.INT64, Kind.NUMBER);
      case NUMBER -> new Field(name, Type.DOUBLE, Kind.NUMBER);
      case TIME -> new Field(name, Type.INT64, Kind.MICROS);
      case FLAG -> new Field(name, Type.BOOLEAN, Kind.FLAG);
    };
  }

  /** Encodes the values of an attribute; a tile without it has a null. */
  static <T> ColumnData data(
      AttributeColumns.Column column, List<T> rows, Function<T, TileRecord> tile) {
    Function<T, @Nullable Object> value =
        row -> tile.apply(row).attributes().get(column.attribute());
    return switch (column.type()) {
      case TEXT -> ColumnData.strings(rows, row -> (String) value.apply(row));
      case INTEGER -> ColumnData.integers(rows, row -> (Long) value.apply(row));
      case NUMBER ->
          ColumnData.numbers(
              rows, Type.DOUBLE, row -> value.apply(row) instanceof Double n ? n : Double.NaN);
      case TIME ->
          ColumnData.integers(
              rows,
              row ->
                  value.apply(row) instanceof Instant time ? Timestamps.epochMicros(time) : null);
      case FLAG -> ColumnData.flags(rows, row -> (Boolean) value.apply(row));
    };
  }

  /** Adds the names of the attributes to the metadata of a file. */
  static void addTo(Map<String, String> metadata, List<AttributeColumns.Column> columns) {
    if (columns.isEmpty()) return;
    List<String> names = columns.stream().map(AttributeColumns.Column::name).toList();
    metadata.put(KEY, new Gson().toJson(names));
  }

  /** Returns the attributes that a file lists in its metadata; none in files of others. */
  static List<String> listed(Footer footer) {
    String names = footer.metadata().get(KEY);
    if (names == null) return List.of();
    String problem = KEY + " is no array of texts: " + names;
    String[] listed;
    try {
      listed = new Gson().fromJson(names, String[].class);
    } catch (JsonParseException e) {
      throw new CorruptDataException(footer.name(), problem, e);
    }
    if (listed == null || Stream.of(listed).anyMatch(Objects::isNull)) {
      throw new CorruptDataException(footer.name(), problem);
    }
    return Stream.of(listed).filter(footer.columns()::containsKey).toList();
  }

  /** Returns the type of a column's values as attributes, or null if they are none. */
  static Attributes.@Nullable Type type(Column column) {
    if (!column.isFlat()) return null;
    Meaning.Kind kind = column.meaning().kind();
    if (kind == Meaning.Kind.TEXT || kind == Meaning.Kind.UUID) return Attributes.Type.TEXT;
    if (column.isInteger()) return Attributes.Type.INTEGER;
    if (column.isNumber()) return Attributes.Type.NUMBER;
    if (column.isTime()) return Attributes.Type.TIME;
    boolean flag = column.type() == Type.BOOLEAN && kind == Meaning.Kind.PLAIN;
    return flag ? Attributes.Type.FLAG : null;
  }

  /** Returns whether a column has a plain type, and texts are declared as such. */
  static boolean isPlain(Column column) {
    boolean bytes = column.type() == Type.BYTE_ARRAY && column.meaning().name().isEmpty();
    return type(column) != null && !bytes && !column.name().contains(".");
  }

  /**
   * Returns a column's value in each row of a row group; null for nulls and for numbers that are
   * not a number.
   *
   * @throws EarthEmbedException if the column has values of another type than attributes
   */
  static List<@Nullable Object> values(ValueReader reader) {
    List<@Nullable Object> values = new ArrayList<>();
    Attributes.Type type = type(reader.column());
    switch (type == null ? Attributes.Type.TEXT : type) { // texts refuse all types but nulls
      case TEXT -> values.addAll(reader.texts());
      case INTEGER -> values.addAll(reader.integers());
      case NUMBER -> {
        for (double number : reader.numbers()) values.add(Double.isNaN(number) ? null : number);
      }
      case TIME -> values.addAll(reader.times());
      case FLAG -> values.addAll(reader.flags());
    }
    return values;
  }
}
