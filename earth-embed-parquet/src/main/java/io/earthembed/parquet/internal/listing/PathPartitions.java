package io.earthembed.parquet.internal.listing;

import io.earthembed.geo.BoundingBox;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads place and period from the paths of files: from folders in Hive's form, {@code key=value},
 * and from the names of files. A value that cannot be read tells nothing. Immutable.
 *
 * @param keys what the keys of folders mean
 * @param fileName pattern of the names of files, or null
 */
public record PathPartitions(Map<String, Meaning> keys, @Nullable FileName fileName) {
  /** The meanings of values. */
  public enum Meaning {
    /** A geohash of any length. */
    GEOHASH,
    /** A tile of Sentinel-2, such as 18SUJ, or a grid zone, such as 18S. */
    MGRS,
    /** A cell of Major TOM's 10 km grid, such as 433U_12R. */
    MAJOR_TOM_CELL,
    /** A row of Major TOM's 10 km grid, such as 433U or -12. */
    MAJOR_TOM_ROW,
    /** Four digits. */
    YEAR,
    /** 1 to 12. */
    MONTH,
    /** 1 to 31. */
    DAY,
    /** The first day, such as 2024-01-01 or 20240101. */
    START,
    /** The last day, or the day after it. */
    END;

    /**
     * Returns the meaning of a name, such as major-tom-row.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Meaning of(String name) {
      for (Meaning meaning : values()) if (meaning.toString().equals(name)) return meaning;
      throw new IllegalArgumentException("neither of " + List.of(values()) + ": " + name);
    }

    boolean isPlace() {
      return this == GEOHASH || this == MGRS || this == MAJOR_TOM_CELL || this == MAJOR_TOM_ROW;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The pattern of a file's name, such as {@code {mgrs}_{start}_{end}.parquet}. */
  public static final class FileName {
    private static final Pattern KEY = Pattern.compile("\\{([a-z-]+)}|\\*");
    private final Pattern pattern;
    private final List<Meaning> meanings = new ArrayList<>();
    private final boolean beginsWithTile;

    /**
     * Creates a pattern.
     *
     * @param text has meanings in braces, and stars for other texts
     * @throws IllegalArgumentException if a meaning is not known
     */
    public FileName(String text) {
      StringBuilder regex = new StringBuilder();
      Matcher key = KEY.matcher(text);
      int end = 0;
      while (key.find()) {
        regex.append(Pattern.quote(text.substring(end, key.start())));
        if (key.group(1) == null) {
          regex.append(".*");
        } else {
          meanings.add(Meaning.of(key.group(1)));
          regex.append("([^_/.=]+(?:-[^_/.=]+)*)");
        }
        end = key.end();
      }
      pattern = Pattern.compile(regex + Pattern.quote(text.substring(end)));
      beginsWithTile = text.startsWith("{" + Meaning.MGRS + "}");
    }
  }

  /** Returns whether folders have a place that no folder of this path tells yet. */
  boolean awaitsPlace(String folder) {
    Map<String, String> found = values(folder);
    return keys.entrySet().stream()
        .anyMatch(key -> key.getValue().isPlace() && !found.containsKey(key.getKey()));
  }

  boolean beginsWithTile() {
    return fileName != null && fileName.beginsWithTile;
  }

  /** Returns the pairs of key and value in a path's folders. */
  static Map<String, String> values(String path) {
    Map<String, String> values = new HashMap<>();
    for (String part : path.substring(0, path.lastIndexOf('/') + 1).split("/", -1)) {
      int equals = part.indexOf('=');
      if (equals <= 0) continue;
      String value = part.substring(equals + 1);
      try {
        value = URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        // a percent sign that encodes nothing
      }
      values.put(part.substring(0, equals), value);
    }
    return values;
  }

  /** Returns whether a file's name is as the pattern has it. */
  boolean fits(String path) {
    if (fileName == null) return true;
    return fileName.pattern.matcher(path.substring(path.lastIndexOf('/') + 1)).matches();
  }

  /** Returns place and period of a file or a folder. */
  public Extent extent(String path) {
    Map<Meaning, String> values = new HashMap<>();
    values(path)
        .forEach(
            (key, value) -> {
              Meaning meaning = keys.get(key);
              if (meaning != null) values.put(meaning, value);
            });
    if (fileName != null) {
      Matcher name = fileName.pattern.matcher(path.substring(path.lastIndexOf('/') + 1));
      if (name.matches()) {
        for (int i = 0; i < fileName.meanings.size(); i++) {
          values.put(fileName.meanings.get(i), name.group(i + 1));
        }
      }
    }
    BoundingBox box = null;
    for (Map.Entry<Meaning, String> value : values.entrySet()) {
      BoundingBox found =
          switch (value.getKey()) {
            case GEOHASH -> GridExtents.geohash(value.getValue());
            case MGRS -> GridExtents.mgrs(value.getValue());
            case MAJOR_TOM_CELL -> GridExtents.majorTomCell(value.getValue());
            case MAJOR_TOM_ROW -> GridExtents.majorTomRow(value.getValue());
            default -> null;
          };
      if (found != null) box = found;
    }
    return new Extent(box, first(values), last(values));
  }

  private static Instant first(Map<Meaning, String> values) {
    LocalDate start = date(values.get(Meaning.START));
    if (start != null) return start.atStartOfDay().toInstant(ZoneOffset.UTC);
    LocalDate[] days = days(values);
    return days == null ? Instant.MIN : days[0].atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  private static Instant last(Map<Meaning, String> values) {
    LocalDate end = date(values.get(Meaning.END));
    LocalDate[] days = days(values);
    LocalDate last = end != null ? end : days == null ? null : days[1];
    if (last == null) return Instant.MAX;
    // A file that ends with a year may be named by the first day of the next one.
    boolean after = end != null && end.getDayOfMonth() == 1;
    return (after ? last : last.plusDays(1)).atStartOfDay().toInstant(ZoneOffset.UTC).minusNanos(1);
  }

  /** Returns the first and the last day of a year, a month or a day. */
  private static LocalDate @Nullable [] days(Map<Meaning, String> values) {
    Integer year = number(values.get(Meaning.YEAR));
    if (year == null) return null;
    Integer month = number(values.get(Meaning.MONTH));
    Integer day = number(values.get(Meaning.DAY));
    try {
      if (month == null)
        return new LocalDate[] {LocalDate.of(year, 1, 1), LocalDate.of(year, 12, 31)};
      LocalDate first = LocalDate.of(year, month, day == null ? 1 : day);
      LocalDate last = day == null ? first.plusMonths(1).minusDays(1) : first;
      return new LocalDate[] {first, last};
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable Integer number(@Nullable String text) {
    return text != null && text.matches("\\d{1,4}") ? Integer.valueOf(text) : null;
  }

  private static @Nullable LocalDate date(@Nullable String text) {
    if (text == null) return null;
    String digits = text.replace("-", "");
    if (!digits.matches("\\d{8}")) return null;
    try {
      return LocalDate.of(
          Integer.parseInt(digits.substring(0, 4)),
          Integer.parseInt(digits.substring(4, 6)),
          Integer.parseInt(digits.substring(6)));
    } catch (DateTimeException e) {
      return null;
    }
  }
}
