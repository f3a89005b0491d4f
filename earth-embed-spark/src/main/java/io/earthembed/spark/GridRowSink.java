package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes each part as one file per grid row: {@code grid_row=-12/PART.parquet}. A part is complete
 * if {@code _parts} has a file of its name, without rows, which is written last. Until then some of
 * its other files may exist; a retry overwrites them. The part's {@link PartTiles} lie beside that
 * file. Readers of the dataset ignore names that begin with an underscore.
 */
final class GridRowSink implements EmbeddingSink {
  static final String PARTS = "_parts";

  private static final String SUFFIX = ".parquet";

  /** Matches the part names that {@link EmbedTask} and a pipeline derive from shards. */
  private static final Pattern PART =
      Pattern.compile(".+_[0-9a-f]{16}(_[0-9a-f]{16})?-\\d{5}-[0-9a-f]{8}");

  private final Path folder;
  private final ModelInfo model;
  private final GeoParquetSink complete;

  /** The complete parts; listed once, because a folder may hold thousands. */
  private @Nullable Set<String> known;

  /** Ids of the tiles of the current part, and of the tiles that failed. */
  private List<String> tilesOfPart = List.of();

  private Set<String> failed = Set.of();

  /** The sinks by grid row; kept because each lists its folder when it is created. */
  private final Map<Integer, GeoParquetSink> rows = new HashMap<>();

  GridRowSink(Path folder, ModelInfo model) {
    this.folder = folder;
    this.model = model;
    this.complete = new GeoParquetSink(folder.resolve(PARTS), model);
  }

  /** Returns the names of the complete parts in a folder whose tiles are known. */
  static List<String> partsWithTiles(Path folder) {
    Path parts = folder.resolve(PARTS);
    return list(parts).stream()
        .map(GridRowSink::part)
        .filter(part -> !part.isEmpty() && Files.exists(PartTiles.file(parts, part)))
        .sorted()
        .toList();
  }

  /** Returns the files of incomplete parts. */
  static List<Path> incomplete(Path folder) {
    Set<String> complete =
        Set.copyOf(list(folder.resolve(PARTS)).stream().map(GridRowSink::part).toList());
    List<Path> files = new ArrayList<>();
    for (Path row : list(folder)) {
      if (!row.getFileName().toString().startsWith("grid_row=")) continue;
      for (Path file : list(row)) {
        String part = part(file);
        if (PART.matcher(part).matches() && !complete.contains(part)) files.add(file);
      }
    }
    return files;
  }

  /**
   * Removes files of parts that never became complete. Other parts hold their tiles, or will.
   *
   * @param files earlier result of {@link #incomplete}
   */
  static void removeIncomplete(Path folder, List<Path> files) {
    for (Path file : files) {
      try {
        if (!Files.exists(folder.resolve(PARTS).resolve(file.getFileName()))) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw new EarthEmbedException(file + ": cannot be removed: " + e, e);
      }
    }
  }

  /** Returns a file's part, or empty if it belongs to none. */
  private static String part(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : "";
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be listed: " + e, e);
    }
  }

  /** Returns the complete parts: those of the first call, and those written since. */
  @Override
  public Set<String> parts() {
    if (known == null) known = new HashSet<>(complete.parts());
    return known;
  }

  /** Returns the complete part of a name without its number and checksum. */
  String partNamed(String name) {
    return parts().stream()
        .filter(part -> part.startsWith(name + "-") && part.length() == name.length() + 15)
        .min(Comparator.naturalOrder())
        .orElseThrow(() -> new EarthEmbedException(folder + " lacks the part " + name));
  }

  @Override
  public void require(String part, EmbeddingOrigin origin) {
    complete.require(part, origin);
  }

  /** Sets the tiles of the next part. */
  void begin(List<String> tiles) {
    tilesOfPart = tiles;
    failed = Set.of();
  }

  /** Returns no ids, because the job searched all parts for its tiles before any task. */
  @Override
  public Set<String> ids(Set<String> parts, EmbeddingOrigin origin) {
    return Set.of();
  }

  @Override
  public void recordFailures(String part, List<FailedTile> failures) {
    failed = failures.stream().map(f -> f.tile().id()).collect(Collectors.toUnmodifiableSet());
    complete.recordFailures(part, failures);
  }

  @Override
  public void write(
      String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings) {
    Map<Integer, List<Integer>> byRow = new TreeMap<>();
    for (int i = 0; i < tiles.size(); i++) {
      byRow.computeIfAbsent(tiles.get(i).tile().cell().row(), r -> new ArrayList<>()).add(i);
    }
    byRow.forEach(
        (row, members) -> {
          List<EmbeddedTile> some = new ArrayList<>();
          Vectors theirs = Vectors.allocate(members.size(), embeddings.dimension());
          for (int i : members) {
            theirs.set(some.size(), embeddings.row(i));
            some.add(tiles.get(i));
          }
          rows.computeIfAbsent(row, r -> new GeoParquetSink(folder.resolve("grid_row=" + r), model))
              .write(part, origin, some, theirs);
        });
    PartTiles.write(folder.resolve(PARTS), part, tilesOfPart, failed);
    complete.write(part, origin, List.of(), Vectors.allocate(0, model.dimension()));
    parts().add(part);
  }

  @Override
  public String toString() {
    return "GridRowSink[" + folder + "]";
  }
}
