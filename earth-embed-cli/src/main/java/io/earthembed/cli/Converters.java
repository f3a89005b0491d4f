package io.earthembed.cli;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options; picocli adds the option's name to their messages. */
final class Converters {
  private Converters() {}

  /** Reads {@code LAT,LON}. */
  static final class Place implements ITypeConverter<GeoPoint> {
    @Override
    public GeoPoint convert(String value) {
      double[] numbers = numbers(value, 2, "LAT,LON");
      try {
        return new GeoPoint(numbers[0], numbers[1]);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads {@code WEST,SOUTH,EAST,NORTH}. */
  static final class Box implements ITypeConverter<BoundingBox> {
    @Override
    public BoundingBox convert(String value) {
      double[] numbers = numbers(value, 4, "WEST,SOUTH,EAST,NORTH");
      try {
        return new BoundingBox(numbers[0], numbers[1], numbers[2], numbers[3]);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads a day such as {@code 2024-06-01}. */
  static final class Day implements ITypeConverter<LocalDate> {
    @Override
    public LocalDate convert(String value) {
      try {
        return LocalDate.parse(value);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException("not a date such as 2024-06-01: " + value);
      }
    }
  }

  private static double[] numbers(String value, int count, String form) {
    String[] words = value.split(",", -1);
    double[] numbers = new double[count];
    try {
      for (int i = 0; i < count && words.length == count; i++) {
        numbers[i] = Double.parseDouble(words[i].strip());
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException("not " + form + ": " + value);
    }
    if (words.length != count) throw new TypeConversionException("not " + form + ": " + value);
    return numbers;
  }
}
