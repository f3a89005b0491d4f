package io.earthembed.parquet;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.thread.Tasks;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.internal.EmbeddingColumn;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An embedding dataset in GeoParquet files, local or behind HTTP: a file, a folder with subfolders,
 * in the order of their paths, or a list of URLs. Reads the files of {@link GeoParquetSink} and
 * those that others publish. Columns are found by well-known names and by the metadata of the
 * files, or the caller names them in a {@link ColumnMapping}. Few files of others record their
 * model, so the caller gives it.
 *
 * <p>Embeddings are lists of float, half or double, or one value of fixed length with all halves or
 * floats of a row; or, with a {@link Quantization}, lists of integers of 8 or 16 bits, bytes or
 * packed bits; in any of Parquet's encodings; uncompressed or packed by snappy, zstd or gzip. They
 * are decoded from the pages directly to native memory, with one thread per processor.
 *
 * <p>Memory: a batch holds {@value #BATCH_BYTES} bytes of floats, plus at most one page; two
 * batches exist at a time. A page may have 256 MiB uncompressed and 67 million values; a file no
 * more rows than bytes; a column of a row group 2 GiB as stored. Larger ones are refused before
 * memory is allocated.
 *
 * <p>If a local file changes while a dataset is in use, the next read notices its length or time
 * and fails. Files are not mapped.
 */
public final class GeoParquetDataset implements EmbeddingDataset {
  static final int BATCH_BYTES = 64 << 20;

  /** A writer that adds files all the time must not keep a reader listing. */
  private static final int MOST_LISTINGS = 20;

  /** The pauses between them double: 4 ms to 2 s, four seconds in all. */
  private static final int MOST_OPENINGS = 11;

  private final String name;
  private final List<MappedFile> files;
  private final EmbeddingOrigin origin;
  private final TileCatalog catalog;
  private final Attribution attribution;

  private GeoParquetDataset(
      String name,
      List<MappedFile> files,
      EmbeddingOrigin origin,
      TileCatalog catalog,
      Attribution attribution) {
    this.name = name;
    this.files = files;
    this.origin = origin;
    this.catalog = catalog;
    this.attribution = attribution;
  }

  /**
   * Opens a dataset that names its model.
   *
   * @param path a file, or a folder: see {@link #files}
   * @throws EarthEmbedException if it cannot be read, is of several models, or names none
   */
  public static GeoParquetDataset open(Path path) {
    return open(path, null);
  }

  /**
   * Opens a dataset of a model.
   *
   * @param path a file, or a folder: see {@link #files}
   * @param expected the model that made it, which must be the one that the files name, if they do;
   *     null to use theirs
   */
  public static GeoParquetDataset open(Path path, @Nullable ModelInfo expected) {
    return open(path, expected, ColumnMapping.NONE);
  }

  /**
   * Opens a dataset whose columns the caller names.
   *
   * @param path a file, or a folder: see {@link #files}
   * @param expected the model that made it, which must be the one that the files name, if they do;
   *     null to use theirs
   * @param columns the columns that are not found by themselves
   * @throws EarthEmbedException if it cannot be read, is of several models, names none, or a
   *     required column is missing; then the message lists the columns of the file
   */
  public static GeoParquetDataset open(
      Path path, @Nullable ModelInfo expected, ColumnMapping columns) {
    if (!Files.isDirectory(path)) return openFiles(path, List.of(path), expected, columns);
    for (int opening = 1; ; opening++) {
      List<Path> listed = listTwice(path);
      Map<Path, String> seen = versions(listed);
      try {
        List<Path> files = CompactedFile.withoutReplaced(listed);
        GeoParquetDataset dataset = openFiles(path, files, expected, columns);
        if (versions(listed).equals(seen)) return dataset;
        if (opening == MOST_OPENINGS) {
          throw new EarthEmbedException(path + " has changed while it was opened");
        }
      } catch (EarthEmbedException e) {
        if (versions(listed).equals(seen) || opening == MOST_OPENINGS) throw e;
      }
      // A compaction has replaced files meanwhile: take the new ones.
      try {
        Thread.sleep(2L << opening);
      } catch (InterruptedException e) {
        throw Tasks.interrupted("interrupted while " + path + " was opened", e);
      }
    }
  }

  private static GeoParquetDataset openFiles(
      Path path, List<Path> files, @Nullable ModelInfo expected, ColumnMapping columns) {
    List<RangeSource> sources = new ArrayList<>();
    for (Path file : files) sources.add(new FileRanges(file, new Counters()));
    return open(sources, path.toString(), expected, columns);
  }

  /** Returns the length and the time of each file, or why it has none. */
  private static Map<Path, String> versions(List<Path> files) {
    Map<Path, String> versions = new HashMap<>();
    for (Path file : files) {
      try {
        versions.put(file, Files.size(file) + " " + Files.getLastModifiedTime(file));
      } catch (IOException e) {
        versions.put(file, e.toString());
      }
    }
    return versions;
  }

  /**
   * Opens a dataset of any files.
   *
   * @param files http, https or file URLs, in the order of their rows
   * @param expected as for a path
   */
  public static GeoParquetDataset open(List<URI> files, @Nullable ModelInfo expected) {
    return open(files, expected, ColumnMapping.NONE);
  }

  /**
   * Opens a dataset of any files, whose columns the caller names.
   *
   * @param files http, https or file URLs, in the order of their rows
   * @param expected as for a path
   * @param columns as for a path
   */
  public static GeoParquetDataset open(
      List<URI> files, @Nullable ModelInfo expected, ColumnMapping columns) {
    if (files.isEmpty()) throw new IllegalArgumentException("no files");
    List<RangeSource> sources = new ArrayList<>();
    for (URI file : files) sources.add(Sources.of(file));
    return open(sources, Addresses.redacted(files.get(0)), expected, columns);
  }

  private static GeoParquetDataset open(
      List<RangeSource> sources, String name, @Nullable ModelInfo expected, ColumnMapping columns) {
    List<MappedFile> files = new ArrayList<>();
    for (RangeSource source : sources) files.add(MappedFile.open(source, columns));
    return open(files, name, expected, RowSelection.ALL, Attribution.NONE);
  }

  /**
   * Opens the wanted rows of files whose footers are read.
   *
   * @param files in the order of their rows; no other dataset uses them
   * @param expected as for a path
   */
  static GeoParquetDataset open(
      List<MappedFile> files,
      String name,
      @Nullable ModelInfo expected,
      RowSelection selection,
      Attribution attribution) {
    EmbeddingOrigin origin = origin(files, name, expected);
    TileCatalog.Builder catalog = TileCatalog.builder();
    GroupPrefetch ahead = new GroupPrefetch();
    for (MappedFile file : files) {
      for (int g = 0; g < file.footer().rowGroups().size(); g++) ahead.addTiles(file, g, selection);
    }
    long row = 0;
    for (MappedFile file : files) {
      for (Group group : file.footer().rowGroups()) {
        long first = row;
        unchanged(
            file.source(), () -> ahead.readNext(() -> file.addGroupTo(catalog, first, selection)));
        row += group.rows();
      }
    }
    return new GeoParquetDataset(name, files, origin, catalog.build(), attribution);
  }

  /** Returns the origin that the files name, which must agree with each other and the caller. */
  private static EmbeddingOrigin origin(
      List<MappedFile> files, String name, @Nullable ModelInfo expected) {
    ModelInfo model = expected;
    EmbeddingOrigin origin = null;
    for (MappedFile file : files) {
      EmbeddingOrigin named = Origins.of(file.footer());
      // A caller may call a published model by another name than its publisher.
      if (named == null && expected == null) {
        ModelInfo published = EmbMetadata.model(file.footer());
        named = published == null ? null : EmbeddingOrigin.of(published);
      }
      if (named == null) continue;
      if (model != null && !named.model().equals(model)) {
        throw new EarthEmbedException(
            file.source().name() + " was made by " + named.model() + ", not by " + model);
      }
      if (origin != null && !named.agreesWith(origin)) {
        throw new EarthEmbedException(
            file.source().name() + " was made by " + named + ", not by " + origin);
      }
      model = named.model();
      origin = origin == null ? named : origin.joinedWith(named);
    }
    if (model == null) {
      throw new EarthEmbedException(
          name + " names no model: say which one made it when opening it");
    }
    return origin == null ? EmbeddingOrigin.of(model) : origin;
  }

  /**
   * Returns the files of a dataset, in the order of their rows: the files below a folder whose
   * names end in .parquet, by path. Symbolic links are followed. Files and folders whose names
   * begin with a dot or an underscore are left out, and those that a {@linkplain
   * GeoParquetSink#compact compaction} has replaced and not yet removed.
   *
   * @param path a file, or a folder
   * @throws EarthEmbedException if there are none, or they cannot be listed
   */
  public static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) return List.of(path);
    return CompactedFile.withoutReplaced(listTwice(path));
  }

  /** Lists the files of a folder, with those that a compaction has replaced. */
  private static List<Path> listTwice(Path path) {
    // A compaction that replaces files meanwhile may hide old and new ones from one listing, but
    // not from two that are equal.
    List<Path> files = list(path);
    for (int i = 0; i < MOST_LISTINGS; i++) {
      List<Path> again = list(path);
      if (again.equals(files)) break;
      files = again;
    }
    return files;
  }

  private static List<Path> list(Path path) {
    List<Path> files = new ArrayList<>();
    FileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            boolean parquet = file.getFileName().toString().endsWith(".parquet");
            if (parquet && isVisible(path.relativize(file))) files.add(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            // A writer has renamed its temporary file since the folder was read.
            if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
            throw e;
          }
        };
    try {
      Files.walkFileTree(
          path, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
    } catch (IOException e) {
      throw new EarthEmbedException(path + ": cannot be listed: " + e, e);
    }
    if (files.isEmpty()) throw new EarthEmbedException(path + " holds no .parquet file");
    return files.stream().sorted().toList();
  }

  private static boolean isVisible(Path below) {
    for (Path name : below) {
      if (name.toString().startsWith(".") || name.toString().startsWith("_")) return false;
    }
    return true;
  }

  @Override
  public ModelInfo model() {
    return origin.model();
  }

  @Override
  public EmbeddingOrigin origin() {
    return origin;
  }

  /** Returns those of the {@link PublishedSet} that this is a part of, if it is of one. */
  @Override
  public Attribution attribution() {
    return attribution;
  }

  /** Returns the path, or the first of the URLs without parts that may be secret. */
  @Override
  public String name() {
    return name;
  }

  @Override
  public TileCatalog catalog() {
    return catalog;
  }

  /**
   * Returns how many incomplete rows were left out; 0 unless the mapping {@linkplain
   * ColumnMapping.Builder#skipIncompleteRows skips} them.
   */
  public long skippedRows() {
    long skipped = 0;
    for (MappedFile file : files) skipped += file.skippedRows();
    return skipped;
  }

  /**
   * Some rows whose pages are located but not yet decoded.
   *
   * @param file their file
   * @param column of their row group
   * @param slice their part of the column
   * @param firstRow ordinal of the first
   * @param firstOfFile number of the row group's first row in its file
   */
  record Batch(
      MappedFile file,
      MappedFile.Embeddings column,
      EmbeddingColumn.Slice slice,
      long firstRow,
      long firstOfFile) {
    long rows() {
      return slice.rows();
    }

    /** Decodes them to the top of a matrix. */
    void readInto(Vectors target) {
      readInto(target, 0);
    }

    /** Decodes them. */
    Vectors read(int dimension) {
      List<Vectors> made = new ArrayList<>();
      unchanged(file.source(), () -> made.add(Vectors.allocate(rows(), dimension)));
      readInto(made.get(0));
      return made.get(0);
    }

    /** Returns them as they are stored. */
    QuantizedVectors quantized(int dimension) {
      List<QuantizedVectors> made = new ArrayList<>();
      unchanged(file.source(), () -> made.add(column.quantized(slice, dimension)));
      return made.get(0);
    }

    void readInto(Vectors target, long row) {
      unchanged(file.source(), () -> column.decode(slice, target, row));
    }

    /**
     * Names the row and the file that a consumer refused because of a number that is not finite.
     * Checking each number beforehand would make a batch several per cent slower.
     */
    void explain(Vectors rows, IllegalArgumentException refusal) {
      explain(rows.dimension(), rows::get, refusal);
    }

    private interface Rows {
      void get(long row, float[] into);
    }

    private void explain(int dimension, Rows rows, IllegalArgumentException refusal) {
      float[] row = new float[dimension];
      for (long i = 0; i < rows(); i++) {
        rows.get(i, row);
        for (float value : row) {
          if (Float.isFinite(value)) continue;
          long at = firstOfFile + column.rowOf(slice.row() + i);
          String problem = "the embedding in row " + at + " has " + value;
          refusal.addSuppressed(new CorruptDataException(file.footer().name(), problem));
          return;
        }
      }
    }
  }

  /** Returns all rows, in order. The pages of a row group are located when its turn comes. */
  Iterator<Batch> batches() {
    return batches(BATCH_BYTES, false);
  }

  private Iterator<Batch> batches(long bytes, boolean asBytes) {
    List<Supplier<List<Batch>>> groups = new ArrayList<>();
    GroupPrefetch ahead = new GroupPrefetch();
    long row = 0;
    for (MappedFile file : files) {
      long inFile = 0;
      for (int g = 0; g < file.footer().rowGroups().size(); g++) {
        int number = g;
        long first = row;
        long firstOfFile = inFile;
        if (file.kept(g) > 0) {
          ahead.add(file, file.embeddingChunks(g));
          groups.add(
              () ->
                  ahead.readNext(() -> batches(file, number, first, firstOfFile, bytes, asBytes)));
        }
        row += file.kept(g);
        inFile += file.footer().rowGroups().get(g).rows();
      }
    }
    return groups.stream().flatMap(group -> group.get().stream()).iterator();
  }

  private List<Batch> batches(
      MappedFile file, int group, long firstRow, long firstOfFile, long bytes, boolean asBytes) {
    List<Batch> batches = new ArrayList<>();
    unchanged(
        file.source(),
        () -> {
          MappedFile.Embeddings column =
              file.embeddings(group, model().dimension(), firstOfFile, asBytes);
          for (EmbeddingColumn.Slice slice : column.slices(bytes)) {
            long row = slice.row();
            batches.add(new Batch(file, column, slice, firstRow + row, firstOfFile));
          }
        });
    return batches;
  }

  /** Reads, and converts the failure of a file that changes meanwhile to our exception. */
  private static void unchanged(RangeSource source, Runnable reading) {
    try {
      reading.run();
    } catch (RangeSource.FileChangedException e) {
      throw new EarthEmbedException(source.name() + " has changed since it was opened", e);
    } catch (OutOfMemoryError e) {
      throw new EarthEmbedException(
          source.name() + " needs more memory than is available: " + e.getMessage(), e);
    }
  }

  private record Decoded(Batch batch, Vectors vectors) {}

  private record Stored(Batch batch, QuantizedVectors vectors) {}

  /**
   * {@inheritDoc} It returns false if some files of the dataset store floats. If the consumer
   * throws an {@link IllegalArgumentException}, as an index does for missing data, a suppressed
   * {@link CorruptDataException} names the file and the row.
   */
  @Override
  public boolean forEachQuantizedBatch(Consumer<QuantizedVectors> batches) {
    int dimension = model().dimension();
    boolean any = false;
    for (MappedFile file : files) {
      if (file.rows() == 0) continue;
      if (file.quantizedFormat(dimension) == null) return false;
      any = true;
    }
    if (!any) return false;
    ReadAhead.<Stored>run(
        made ->
            batches(BATCH_BYTES / Float.BYTES, true)
                .forEachRemaining(
                    batch -> made.accept(new Stored(batch, batch.quantized(dimension)))),
        stored -> {
          try {
            batches.accept(stored.vectors);
          } catch (IllegalArgumentException e) {
            stored.batch.explain(dimension, (row, into) -> stored.vectors.get((int) row, into), e);
            throw e;
          }
        });
    return true;
  }

  /**
   * {@inheritDoc} If the consumer throws an {@link IllegalArgumentException}, as an index does for
   * numbers that are not finite, a suppressed {@link CorruptDataException} names the file and the
   * row.
   */
  @Override
  public void forEachBatch(Consumer<Vectors> batches) {
    ReadAhead.<Decoded>run(
        made ->
            batches()
                .forEachRemaining(
                    batch -> {
                      made.accept(new Decoded(batch, batch.read(model().dimension())));
                    }),
        decoded -> {
          try {
            batches.accept(decoded.vectors);
          } catch (IllegalArgumentException e) {
            decoded.batch.explain(decoded.vectors, e);
            throw e;
          }
        });
  }

  /**
   * Reads all embeddings at once.
   *
   * @throws OutOfMemoryError if direct memory is short
   */
  public Vectors vectors() {
    List<Batch> batches = wholeGroups();
    Vectors all = Vectors.allocate(catalog.size(), model().dimension());
    for (Batch batch : batches) batch.readInto(all, batch.firstRow());
    return all;
  }

  /**
   * Reads all embeddings into the caller's memory.
   *
   * @param target [rows of the catalog, the model's dimension]
   */
  public void read(Vectors target) {
    if (target.rows() != catalog.size() || target.dimension() != model().dimension()) {
      throw new IllegalArgumentException(target + " for " + this);
    }
    for (Batch batch : wholeGroups()) batch.readInto(target, batch.firstRow());
  }

  /** Returns every row group, after checking that each has the values that it claims. */
  private List<Batch> wholeGroups() {
    List<Batch> all = new ArrayList<>();
    batches(Long.MAX_VALUE, false).forEachRemaining(all::add);
    return all;
  }

  @Override
  public String toString() {
    return "GeoParquetDataset[" + catalog.size() + " embeddings of " + origin.model() + "]";
  }
}
