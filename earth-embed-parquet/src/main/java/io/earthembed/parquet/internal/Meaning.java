package io.earthembed.parquet.internal;

import java.time.temporal.ChronoUnit;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DecimalType;
import org.apache.parquet.format.IntType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a column's values: its logical type, or the converted type of older writers. A
 * column is {@link Kind#OTHER}, and refused by name, if this SDK does not read its logical type, or
 * if that does not fit its physical type.
 *
 * @param kind how a value is read
 * @param name Parquet's name of the logical type, empty if there is none
 * @param scale decimal digits behind the point of a DECIMAL, else 0
 * @param unit unit of a TIME in an INT32 or INT64, counted since 1970, else null
 * @param crs the coordinate reference system of a WKB as the schema names it, or null
 */
public record Meaning(
    Kind kind, String name, int scale, @Nullable ChronoUnit unit, @Nullable String crs) {
  /** The ways to read a value. */
  public enum Kind {
    /** The physical type alone: a number, or bytes of fixed length. */
    PLAIN,
    /** A number without a sign. */
    UNSIGNED,
    /** A number that is divided by a power of ten. */
    DECIMAL,
    /** A float of 16 bits. */
    HALF,
    /** An instant, or a day, which begins at midnight UTC. */
    TIME,
    /** UTF-8 text, or bytes that may be text. */
    TEXT,
    /** A geometry in well-known binary. */
    WKB,
    /** 16 bytes of a UUID. */
    UUID,
    /** A column that can hold nothing but nulls. */
    NULL,
    /** Any type that is not read. */
    OTHER
  }

  private Meaning(Kind kind, String name, int scale, @Nullable ChronoUnit unit) {
    this(kind, name, scale, unit, null);
  }

  private static Meaning of(Kind kind, String name) {
    return new Meaning(kind, name, 0, null);
  }

  /** Returns the meaning of a column without a logical type. */
  static Meaning of(Type type) {
    return switch (type) {
      case BYTE_ARRAY -> of(Kind.TEXT, "");
      case INT96 -> of(Kind.TIME, "");
      default -> of(Kind.PLAIN, "");
    };
  }

  /** Returns the meaning of a leaf of a schema. */
  static Meaning of(SchemaElement leaf) {
    Type type = leaf.getType();
    Meaning meaning = of(type);
    if (leaf.isSetLogicalType()) {
      meaning = logical(leaf.getLogicalType(), type);
    } else if (leaf.isSetConverted_type()) {
      meaning = converted(leaf, type);
    }
    boolean fits =
        switch (meaning.kind) {
          case UNSIGNED -> type == Type.INT32 || type == Type.INT64;
          case DECIMAL ->
              type == Type.INT32
                  || type == Type.INT64
                  || type == Type.BYTE_ARRAY
                  || type == Type.FIXED_LEN_BYTE_ARRAY;
          case HALF -> type == Type.FIXED_LEN_BYTE_ARRAY && leaf.getType_length() == 2;
          case TIME -> type == holderOf(meaning.unit);
          case TEXT, WKB -> type == Type.BYTE_ARRAY;
          case UUID -> type == Type.FIXED_LEN_BYTE_ARRAY && leaf.getType_length() == 16;
          case PLAIN, NULL, OTHER -> true;
        };
    return fits ? meaning : of(Kind.OTHER, meaning.name);
  }

  private static Meaning logical(LogicalType logical, Type type) {
    // A type that is unknown to this version of the format is set, but has no field.
    if (logical.getSetField() == null) return of(Kind.OTHER, "a logical type that is not known");
    String name = logical.getSetField().name();
    return switch (logical.getSetField()) {
      case STRING, ENUM, JSON -> of(Kind.TEXT, name);
      case UUID -> of(Kind.UUID, name);
      case GEOMETRY -> new Meaning(Kind.WKB, name, 0, null, logical.getGEOMETRY().getCrs());
      case GEOGRAPHY -> new Meaning(Kind.WKB, name, 0, null, logical.getGEOGRAPHY().getCrs());
      case FLOAT16 -> of(Kind.HALF, name);
      case UNKNOWN -> of(Kind.NULL, "NULL");
      case DATE -> new Meaning(Kind.TIME, name, 0, ChronoUnit.DAYS);
      case TIMESTAMP -> {
        TimeUnit unit = logical.getTIMESTAMP().getUnit();
        if (unit.isSetMILLIS()) yield time(ChronoUnit.MILLIS);
        if (unit.isSetMICROS()) yield time(ChronoUnit.MICROS);
        yield unit.isSetNANOS() ? time(ChronoUnit.NANOS) : of(Kind.OTHER, name);
      }
      case DECIMAL -> {
        DecimalType decimal = logical.getDECIMAL();
        yield decimal(decimal.getPrecision(), decimal.getScale());
      }
      case INTEGER -> {
        IntType integer = logical.getINTEGER();
        boolean fits = type == (integer.getBitWidth() > 32 ? Type.INT64 : Type.INT32);
        boolean signed = integer.isIsSigned();
        yield of(
            !fits ? Kind.OTHER : signed ? Kind.PLAIN : Kind.UNSIGNED,
            (signed ? "INT_" : "UINT_") + integer.getBitWidth());
      }
      default -> of(Kind.OTHER, name);
    };
  }

  private static Meaning converted(SchemaElement leaf, Type type) {
    ConvertedType converted = leaf.getConverted_type();
    String name = converted.name();
    return switch (converted) {
      case UTF8, ENUM, JSON -> of(Kind.TEXT, name);
      case DATE -> new Meaning(Kind.TIME, name, 0, ChronoUnit.DAYS);
      case TIMESTAMP_MILLIS -> time(ChronoUnit.MILLIS);
      case TIMESTAMP_MICROS -> time(ChronoUnit.MICROS);
      case DECIMAL -> decimal(leaf.getPrecision(), leaf.getScale());
      case INT_8, INT_16, INT_32 -> of(type == Type.INT32 ? Kind.PLAIN : Kind.OTHER, name);
      case INT_64 -> of(type == Type.INT64 ? Kind.PLAIN : Kind.OTHER, name);
      case UINT_8, UINT_16, UINT_32 -> of(type == Type.INT32 ? Kind.UNSIGNED : Kind.OTHER, name);
      case UINT_64 -> of(type == Type.INT64 ? Kind.UNSIGNED : Kind.OTHER, name);
      default -> of(Kind.OTHER, name);
    };
  }

  private static Meaning time(ChronoUnit unit) {
    return new Meaning(Kind.TIME, "TIMESTAMP_" + unit.name(), 0, unit);
  }

  private static Meaning decimal(int precision, int scale) {
    String name = "DECIMAL(" + precision + ", " + scale + ")";
    if (scale < 0 || scale > precision) return of(Kind.OTHER, name);
    return new Meaning(Kind.DECIMAL, name, scale, null);
  }

  private static Type holderOf(@Nullable ChronoUnit unit) {
    if (unit == null) return Type.INT96;
    return unit == ChronoUnit.DAYS ? Type.INT32 : Type.INT64;
  }

  /** Returns whether its values are numbers, if it has any. */
  public boolean isNumber(Type type) {
    return switch (kind) {
      case UNSIGNED, DECIMAL, HALF -> true;
      case PLAIN ->
          type == Type.INT32 || type == Type.INT64 || type == Type.FLOAT || type == Type.DOUBLE;
      default -> false;
    };
  }
}
