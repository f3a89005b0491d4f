package io.earthembed.raster;

import io.earthembed.base.text.CsvRows;
import io.earthembed.base.text.Timestamps;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The table of a folder of pictures.
 *
 * @param table its file
 * @param files the picture of each row
 * @param tiles the tile of each row
 */
record PictureTable(Path table, List<Path> files, List<TileRecord> tiles) {
  private static final long MAX_BYTES = 1L << 30;

  PictureTable {
    files = List.copyOf(files);
    tiles = List.copyOf(tiles);
  }

  /** Returns the picture of a row. */
  Path file(int row) {
    return files.get(row);
  }

  /**
   * Returns the tile of a row.
   *
   * @throws IllegalArgumentException if the table has no such row
   */
  TileRecord tile(int row) {
    if (row >= tiles.size()) {
      throw new IllegalArgumentException(
          table + " has " + tiles.size() + " rows of tiles, no row " + row);
    }
    return tiles.get(row);
  }

  /** Reads a table. */
  static PictureTable read(Path table) {
    List<CsvRows.Row> rows;
    try {
      if (Files.size(table) > MAX_BYTES) {
        throw new EarthEmbedException(table + ": more than 1 GiB: divide the table");
      }
      rows = CsvRows.read(Files.readString(table));
    } catch (CharacterCodingException e) {
      throw new CorruptDataException(table.toString(), "not UTF-8 text", e);
    } catch (IOException e) {
      throw new EarthEmbedException(table + ": cannot be read: " + e, e);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(table.toString(), String.valueOf(e.getMessage()), e);
    }
    if (rows.isEmpty()) throw new CorruptDataException(table.toString(), "has no header");
    Header header = Header.of(table, rows.get(0));
    List<Path> files = new ArrayList<>();
    List<TileRecord> tiles = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (CsvRows.Row row : rows.subList(1, rows.size())) {
      Fields fields = new Fields(table, header, row);
      String name = fields.required("file");
      files.add(fields.value("file", file -> inside(table, file)));
      double latitude = fields.value("latitude", PictureTable::latitude);
      double longitude = fields.value("longitude", PictureTable::longitude);
      GeoPoint center = new GeoPoint(latitude, longitude);
      // The grid ends before the poles.
      GridCell cell = fields.value("latitude", text -> MajorTomGrid.CORE.cellOf(center));
      String id = fields.text("id");
      String product = fields.text("product");
      String time = fields.text("time");
      String clouds = fields.text("cloud_cover");
      Instant sensed = time == null ? null : fields.value("time", Timestamps::parse);
      float cover = clouds == null ? Float.NaN : fields.value("cloud_cover", PictureTable::percent);
      TileRecord tile =
          new TileRecord(
              id == null ? name : id,
              cell,
              product == null ? name : product,
              sensed,
              center,
              cover,
              new TileRef(table.toUri(), tiles.size()));
      Integer earlier = lines.put(tile.id(), row.line());
      if (earlier != null) {
        throw fields.problem(
            id == null ? "file" : "id",
            tile.id() + " stands in line " + earlier + " too; give each tile an id of its own");
      }
      tiles.add(tile);
    }
    return new PictureTable(table, files, tiles);
  }

  private static double longitude(String text) {
    double degrees = Double.parseDouble(text);
    if (!(Math.abs(degrees) <= 180)) {
      throw new IllegalArgumentException("not in [-180, 180]: " + text);
    }
    return degrees;
  }

  private static double latitude(String text) {
    double degrees = Double.parseDouble(text);
    if (!(Math.abs(degrees) <= 90)) {
      throw new IllegalArgumentException("not in [-90, 90]: " + text);
    }
    return degrees;
  }

  private static float percent(String text) {
    float percent = Float.parseFloat(text);
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("not in [0, 100]: " + text);
    }
    return percent;
  }

  /** Returns the path of a picture, which must lie below the folder of the table. */
  private static Path inside(Path table, String file) {
    Path folder = table.resolveSibling("");
    Path path;
    try {
      path = folder.resolve(file).normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: " + file, e);
    }
    if (!path.startsWith(folder) || path.equals(folder)) {
      throw new IllegalArgumentException("not below the folder of the table: " + file);
    }
    return path;
  }

  /** The place of each column by its name. */
  private record Header(Map<String, Integer> columns, int count) {
    private static final Map<String, String> ALIASES =
        Map.of("lat", "latitude", "lon", "longitude", "cloud cover", "cloud_cover");

    static Header of(Path table, CsvRows.Row row) {
      Map<String, Integer> columns = new HashMap<>();
      for (int i = 0; i < row.fields().size(); i++) {
        String name = row.fields().get(i).strip().toLowerCase(Locale.ROOT);
        if (columns.put(ALIASES.getOrDefault(name, name), i) != null && !name.isEmpty()) {
          throw new CorruptDataException(
              table.toString(), "line " + row.line() + ": two columns are " + name);
        }
      }
      for (String name : List.of("file", "latitude", "longitude")) {
        if (!columns.containsKey(name)) {
          throw new CorruptDataException(
              table.toString(),
              "line " + row.line() + ": no column " + name + ", only " + row.fields());
        }
      }
      return new Header(columns, row.fields().size());
    }
  }

  /** The fields of a row by their columns. */
  private static final class Fields {
    private final Path table;
    private final Header header;
    private final CsvRows.Row row;

    Fields(Path table, Header header, CsvRows.Row row) {
      this.table = table;
      this.header = header;
      this.row = row;
      if (row.fields().size() != header.count()) {
        throw new CorruptDataException(
            table.toString(),
            "line "
                + row.line()
                + " has "
                + row.fields().size()
                + " fields, the header "
                + header.count());
      }
    }

    /** Returns a field, or null if it is blank or there is no such column. */
    @Nullable String text(String column) {
      Integer at = header.columns().get(column);
      String text = at == null ? "" : row.fields().get(at).strip();
      return text.isEmpty() ? null : text;
    }

    String required(String column) {
      String text = text(column);
      if (text == null) throw problem(column, "is empty");
      return text;
    }

    <T> T value(String column, Function<String, T> parse) {
      String text = required(column);
      try {
        return parse.apply(text);
      } catch (NumberFormatException e) {
        throw problem(column, "not a number: " + text);
      } catch (IllegalArgumentException e) {
        throw problem(column, String.valueOf(e.getMessage()));
      }
    }

    CorruptDataException problem(String column, String problem) {
      return new CorruptDataException(
          table.toString(), "line " + row.line() + ", column " + column + ": " + problem);
    }
  }
}
