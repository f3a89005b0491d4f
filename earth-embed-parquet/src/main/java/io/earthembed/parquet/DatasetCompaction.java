package io.earthembed.parquet;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.parquet.CompactedFile.Part;
import io.earthembed.parquet.internal.FileJoiner;
import io.earthembed.parquet.internal.FileJoiner.Input;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Merges small files of a dataset's folder. For each run of neighbouring small files it writes one
 * {@link CompactedFile}, which from then on replaces them for readers, and then removes them.
 */
final class DatasetCompaction {
  private static final String SUFFIX = ".parquet";

  private static final String LOCK = ".compaction.lock";

  private final Path folder;
  private final ModelInfo model;
  private final long fileBytes;
  private final long groupRows;

  /** Called before each change of the folder; tests interrupt the compaction there. */
  private final Runnable beforeStep;

  DatasetCompaction(
      Path folder, ModelInfo model, long fileBytes, long groupRows, Runnable beforeStep) {
    this.folder = folder;
    this.model = model;
    this.fileBytes = fileBytes;
    this.groupRows = groupRows;
    this.beforeStep = beforeStep;
  }

  /** Merges, and returns by how many the folder has fewer files. */
  int run() {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) throw running(null);
      return merge();
    } catch (OverlappingFileLockException e) {
      throw running(e);
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be compacted: " + e, e);
    }
  }

  private EarthEmbedException running(@Nullable Exception cause) {
    return new EarthEmbedException(folder + ": another compaction is running", cause);
  }

  private int merge() throws IOException {
    int before = files(folder).size();
    removeReplaced(folder, beforeStep);
    List<Path> files = files(folder);
    List<Input> run = new ArrayList<>();
    for (Path file : files) {
      Input next = candidate(file);
      if (next != null && !run.isEmpty() && !continues(run, next)) {
        merge(run, files);
        run.clear();
      }
      if (next != null) {
        run.add(next);
      } else {
        merge(run, files);
        run.clear();
      }
    }
    merge(run, files);
    return before - files(folder).size();
  }

  /** Returns a file that may be merged, or null. */
  private @Nullable Input candidate(Path file) throws IOException {
    if (Files.size(file) >= fileBytes) return null;
    Input input = FileJoiner.open(file);
    if (input == null || Origins.of(input.footer()) == null) return null;
    origin(input);
    return input;
  }

  private boolean continues(List<Input> run, Input next) {
    long bytes = run.stream().mapToLong(Input::bytes).sum() + next.bytes();
    return bytes <= fileBytes
        && run.get(0).fits(next)
        && metadata(List.of(run.get(0), next)) != null;
  }

  /** Merges files that follow each other in the folder. */
  private void merge(List<Input> run, List<Path> files) throws IOException {
    if (run.size() < 2 || run.stream().allMatch(input -> input.rows() == 0)) return;
    List<Part> parts = new ArrayList<>();
    for (Input input : run) parts.addAll(parts(input));
    Path target = folder.resolve(CompactedFile.fileName(parts.get(0).name()));
    if (!keepsOrder(run, files, target)) return;
    Map<String, String> metadata = metadata(run);
    if (metadata == null) return;
    metadata.put(CompactedFile.KEY, CompactedFile.json(parts));
    beforeStep.run();
    FileJoiner.join(run, target, metadata, GeoParquetSink.GROUP_BYTES, groupRows);
    // The new file must be there after a power failure before the old ones are removed.
    AtomicFile.forceFolder(folder);
    removeReplaced(folder, beforeStep);
  }

  private static List<Part> parts(Input input) {
    List<Part> held = CompactedFile.parts(input.footer());
    if (!held.isEmpty()) return held;
    String name = input.path().getFileName().toString();
    return List.of(new Part(name.substring(0, name.length() - SUFFIX.length()), input.rows()));
  }

  /** Returns whether the rows keep their order, which is that of the names of the files. */
  private static boolean keepsOrder(List<Input> run, List<Path> files, Path target) {
    int first = files.indexOf(run.get(0).path());
    int last = first + run.size();
    return (first == 0 || files.get(first - 1).compareTo(target) < 0)
        && (last == files.size() || files.get(last).compareTo(target) > 0);
  }

  /** Returns the metadata of a file with all these rows, or null if the files contradict. */
  private @Nullable Map<String, String> metadata(List<Input> run) {
    EmbeddingOrigin joined = origin(run.get(0));
    List<String> places = new ArrayList<>();
    Map<String, String> own = null;
    for (Input input : run) {
      EmbeddingOrigin origin = origin(input);
      if (!origin.agreesWith(joined)) return null;
      joined = joined.joinedWith(origin);
      places.add(input.footer().metadata().getOrDefault(GeoMetadata.KEY, ""));
      Map<String, String> others = others(input, origin);
      if (own != null && !own.equals(others)) return null;
      own = others;
    }
    String geo = GeoMetadata.joined(places);
    if (geo == null || own == null) return null;
    Map<String, String> metadata = new HashMap<>(own);
    metadata.putAll(Origins.metadata(joined));
    metadata.put(GeoMetadata.KEY, geo);
    metadata.put(EmbMetadata.KEY, EmbMetadata.of(joined));
    return metadata;
  }

  /** Returns the metadata that do not come from the origin, the place or a compaction. */
  private static Map<String, String> others(Input input, EmbeddingOrigin origin) {
    Map<String, String> metadata = new HashMap<>(input.footer().metadata());
    metadata.keySet().removeAll(Origins.metadata(origin).keySet());
    metadata.keySet().removeAll(Set.of(GeoMetadata.KEY, EmbMetadata.KEY, CompactedFile.KEY));
    return metadata;
  }

  private EmbeddingOrigin origin(Input input) {
    EmbeddingOrigin origin = Objects.requireNonNull(Origins.of(input.footer()));
    if (!origin.model().equals(model)) {
      throw new EarthEmbedException(
          input.path() + " was made by " + origin.model() + ", not by " + model);
    }
    return origin;
  }

  /** Returns the files of parts in a folder, sorted. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .filter(file -> file.getFileName().toString().matches("[^._].*\\.parquet"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  /**
   * Removes the files that an interrupted compaction has left.
   *
   * @param beforeStep called before each removal
   */
  static void removeReplaced(Path folder, Runnable beforeStep) throws IOException {
    List<Path> files = files(folder);
    Set<Path> replaced = new HashSet<>(files);
    CompactedFile.withoutReplaced(files).forEach(replaced::remove);
    for (Path file : replaced) {
      beforeStep.run();
      Files.deleteIfExists(file);
    }
  }
}
