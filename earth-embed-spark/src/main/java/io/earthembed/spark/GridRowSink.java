package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes each part as one file per grid row: {@code grid_row=-12/PART.parquet}, and then its {@link
 * PartTiles}, which completes it. Until then some of its files may exist; a retry overwrites them.
 */
final class GridRowSink implements EmbeddingSink {
  private static final String SUFFIX = ".parquet";

  /** Matches files of the part names that {@link EmbedTask} and a pipeline derive from shards. */
  private static final Pattern DATA =
      Pattern.compile(
          "grid_row=-?\\d+/(.+_[0-9a-f]{16}(?:_[0-9a-f]{16})?-\\d{5}-[0-9a-f]{8})\\.parquet");

  /** Matches the temporary files of {@link HadoopFolder} and of writers of local files. */
  private static final Pattern TEMPORARY = Pattern.compile("(?:.*/)?[^/]+\\.[0-9a-f-]{36}\\.tmp");

  private final JobFolder folder;
  private final ModelInfo model;

  /** The complete parts; listed once, because a folder may hold thousands. */
  private @Nullable Set<String> known;

  /** The files beside the parts' lists, from the same listing. */
  private Set<String> listed = Set.of();

  /** The files of the parts that this sink wrote or compared. */
  private final Map<String, Map<String, Long>> files = new HashMap<>();

  /** Ids of the tiles of the current part, and of the tiles that failed. */
  private List<String> tilesOfPart = List.of();

  private Set<String> failed = Set.of();

  /** The sinks by grid row; kept because each lists its folder when it is created. */
  private final Map<Integer, GeoParquetSink> rows = new HashMap<>();

  GridRowSink(JobFolder folder, ModelInfo model) {
    this.folder = folder;
    this.model = model;
  }

  /**
   * Returns those of a folder's files that belong to no complete part: killed jobs left them.
   *
   * @param files all files of the folder
   */
  static List<String> incomplete(Collection<String> files) {
    Set<String> complete = parts(files);
    return files.stream()
        .filter(
            file -> {
              Matcher data = DATA.matcher(file);
              return data.matches()
                  ? !complete.contains(data.group(1))
                  : TEMPORARY.matcher(file).matches();
            })
        .toList();
  }

  /** Returns the complete parts: those of the first call, and those written since. */
  @Override
  public Set<String> parts() {
    if (known == null) {
      List<String> names =
          folder.names(PartTiles.FOLDER).stream().map(name -> PartTiles.FOLDER + name).toList();
      known = parts(names);
      listed = Set.copyOf(names);
    }
    return known;
  }

  /** Returns the parts that have a list. */
  static Set<String> parts(Collection<String> files) {
    return files.stream()
        .map(PartTiles::part)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the complete part of a name without its number and checksum. */
  String partNamed(String name) {
    return parts().stream()
        .filter(part -> part.startsWith(name + "-") && part.length() == name.length() + 15)
        .min(Comparator.naturalOrder())
        .orElseThrow(() -> new EarthEmbedException(folder + " lacks the part " + name));
  }

  /** Returns the names and lengths of a complete part's files. */
  Map<String, Long> files(String part) {
    return files.computeIfAbsent(part, p -> PartTiles.read(folder, p).files());
  }

  @Override
  public void require(String part, EmbeddingOrigin origin) {
    EmbeddingOrigin made = PartTiles.origin(folder, part);
    if (!made.agreesWith(origin)) {
      throw new EarthEmbedException(
          folder + "/" + PartTiles.file(part) + " was made by " + made + ", not by " + origin);
    }
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
    String file = FailureList.ofPart(part);
    parts();
    if (failures.isEmpty() && !listed.contains(file)) return;
    FailureList.write(
        folder,
        file,
        failures.stream()
            .map(
                f ->
                    new FailureList.Failure(
                        f.tile().id(),
                        String.valueOf(f.tile().source()),
                        "" + f.reason().getMessage()))
            .toList());
  }

  @Override
  public void write(
      String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings) {
    Map<Integer, List<Integer>> byRow = new TreeMap<>();
    for (int i = 0; i < tiles.size(); i++) {
      byRow.computeIfAbsent(tiles.get(i).tile().cell().row(), r -> new ArrayList<>()).add(i);
    }
    Map<String, Long> written = new TreeMap<>();
    byRow.forEach(
        (row, members) -> {
          List<EmbeddedTile> some = new ArrayList<>();
          Vectors theirs = Vectors.allocate(members.size(), embeddings.dimension());
          for (int i : members) {
            theirs.set(some.size(), embeddings.row(i));
            some.add(tiles.get(i));
          }
          String gridRow = "grid_row=" + row;
          rows.computeIfAbsent(
                  row, r -> new GeoParquetSink(folder.staging().resolve(gridRow), model))
              .write(part, origin, some, theirs);
          String file = gridRow + "/" + part + SUFFIX;
          written.put(file, folder.publish(file));
        });
    new PartTiles(part, written, tilesOfPart, failed).write(folder, origin);
    files.put(part, written);
    parts().add(part);
  }

  @Override
  public String toString() {
    return "GridRowSink[" + folder + "]";
  }
}
