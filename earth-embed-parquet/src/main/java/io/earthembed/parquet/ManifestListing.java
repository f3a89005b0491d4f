package io.earthembed.parquet;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.listing.Extent;
import io.earthembed.parquet.internal.listing.ListedFile;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file with one row for each file of a set, such as STAC-GeoParquet. Immutable.
 *
 * @param path column of the addresses; or an address with names of columns in braces, whose numbers
 *     replace them. Addresses may be relative to the manifest's
 * @param rows column of the numbers of rows, or null
 * @param box columns of west, south, east and north; or of longitude and latitude of the centres;
 *     or empty
 * @param side degrees of a box around a centre
 * @param year column of the year of all rows of a file, or null
 * @param replacements beginnings of addresses, and what replaces them
 */
record ManifestListing(
    URI address,
    String path,
    @Nullable String rows,
    List<String> box,
    double side,
    @Nullable String year,
    Map<String, String> replacements)
    implements SetListing {
  private static final Pattern COLUMN = Pattern.compile("\\{([^{}]+)}");

  static ManifestListing of(DescriptionFields fields) {
    List<String> box = fields.texts("box");
    if (!box.isEmpty() && box.size() != 4) {
      throw fields.wrong("box", "does not name four columns: west, south, east and north");
    }
    double side = 0;
    if (fields.has("center")) {
      box = fields.texts("center");
      if (box.size() != 2) {
        throw fields.wrong("center", "does not name two columns: longitude and latitude");
      }
      side = fields.parsed("side", Double::parseDouble);
      if (!(side > 0 && side < 180)) throw fields.wrong("side", "is not within 0 and 180 degrees");
    }
    return new ManifestListing(
        fields.address("address"),
        fields.text("path"),
        fields.has("rows") ? fields.text("rows") : null,
        List.copyOf(box),
        side,
        fields.has("year") ? fields.text("year") : null,
        Map.copyOf(fields.textMap("replace")));
  }

  @Override
  public SetListing at(URI other) {
    return new ManifestListing(other, path, rows, box, side, year, replacements);
  }

  @Override
  public List<ListedFile> list(Access access, RowSelection selection) {
    DatasetFile manifest = DatasetFile.open(access.sources().apply(address));
    List<ListedFile> files = new ArrayList<>();
    long seen = 0;
    for (Group group : manifest.footer().rowGroups()) {
      if (group.rows() == 0) continue;
      add(manifest, group, seen, selection, files);
      seen += group.rows();
    }
    if (files.isEmpty()) {
      throw new EarthEmbedException(
          manifest.footer().name()
              + ": none of its "
              + seen
              + " files is of the region and the period");
    }
    return files;
  }

  private void add(
      DatasetFile manifest,
      Group group,
      long firstRow,
      RowSelection selection,
      List<ListedFile> files) {
    Map<String, double[]> parts = new LinkedHashMap<>();
    Matcher column = COLUMN.matcher(path);
    while (column.find()) {
      parts.put(column.group(1), manifest.column(group, column.group(1)).numbers());
    }
    List<@Nullable String> paths = manifest.texts(group, parts.isEmpty() ? path : null);
    double[] counts = manifest.numbers(group, rows);
    double[] years = manifest.numbers(group, year);
    List<double[]> sides = new ArrayList<>();
    for (String each : box) sides.add(manifest.column(group, each).numbers());
    for (int i = 0; i < paths.size(); i++) {
      try {
        Extent extent = extent(sides, years[i], i);
        if (!selection.meets(extent)) continue;
        String text = parts.isEmpty() ? paths.get(i) : filled(parts, i);
        if (text == null) throw new IllegalArgumentException("no " + path);
        long count = counts[i] >= 0 ? (long) counts[i] : -1;
        files.add(new ListedFile(file(text), -1, count, extent));
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(
            manifest.footer().name(), "row " + (firstRow + i) + ": " + e.getMessage(), e);
      }
    }
  }

  /** Replaces the names of columns: whole numbers without decimals, others with two. */
  private String filled(Map<String, double[]> parts, int row) {
    String text = path;
    for (Map.Entry<String, double[]> part : parts.entrySet()) {
      double value = part.getValue()[row];
      if (!Double.isFinite(value)) throw new IllegalArgumentException("no " + part.getKey());
      boolean whole = value == Math.rint(value);
      String number = String.format(Locale.ROOT, whole ? "%.0f" : "%.2f", value);
      text = text.replace("{" + part.getKey() + "}", number);
    }
    return text;
  }

  private URI file(String text) {
    String found = text;
    for (Map.Entry<String, String> replacement : replacements.entrySet()) {
      if (!found.startsWith(replacement.getKey())) continue;
      found = replacement.getValue() + found.substring(replacement.getKey().length());
    }
    return address.resolve(Addresses.parse(found));
  }

  private Extent extent(List<double[]> sides, double year, int row) {
    BoundingBox place = sides.isEmpty() ? null : place(sides, row);
    if (Double.isNaN(year)) return new Extent(place, Instant.MIN, Instant.MAX);
    if (!(year >= 0 && year <= 9999)) throw new IllegalArgumentException("the year is " + year);
    return new Extent(place, start((int) year), start((int) year + 1).minusNanos(1));
  }

  private @Nullable BoundingBox place(List<double[]> sides, int row) {
    double[] s = new double[sides.size()];
    for (int i = 0; i < s.length; i++) {
      s[i] = sides.get(i)[row];
      if (Double.isNaN(s[i])) return null;
    }
    if (s.length == 4) return new BoundingBox(s[0], s[1], s[2], s[3]);
    double half = side / 2;
    return new BoundingBox(
        Math.max(-180, s[0] - half),
        Math.max(-90, s[1] - half),
        Math.min(180, s[0] + half),
        Math.min(90, s[1] + half));
  }

  private static Instant start(int year) {
    return LocalDate.of(year, 1, 1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }
}
