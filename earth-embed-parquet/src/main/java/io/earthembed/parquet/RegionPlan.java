package io.earthembed.parquet;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.Region;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import java.util.List;
import java.util.Locale;

/**
 * Says what opening a {@link PublishedRegion} reads: files, bytes and rows, as the footers of the
 * files and the statistics in them tell. Immutable and safe for many threads.
 */
public final class RegionPlan {
  private final PublishedRegion region;
  private final RowSelection selection;
  private final List<MappedFile> files;
  private final int listed;
  private final int rowGroups;
  private final long rows;
  private final long tileBytes;
  private final long embeddingBytes;

  RegionPlan(PublishedRegion region, RowSelection selection, List<MappedFile> opened) {
    this.region = region;
    this.selection = selection;
    listed = opened.size();
    files = opened.stream().filter(this::mayHold).toList();
    int groups = 0;
    long count = 0;
    long tiles = 0;
    long embeddings = 0;
    for (MappedFile file : files) {
      for (int g = 0; g < file.footer().rowGroups().size(); g++) {
        Group group = file.footer().rowGroups().get(g);
        if (!mayHold(file, group)) continue;
        groups++;
        count += group.rows();
        tiles += file.tileChunks(group).stream().mapToLong(Chunk::size).sum();
        embeddings += file.embeddingChunks(g).stream().mapToLong(Chunk::size).sum();
      }
    }
    rowGroups = groups;
    rows = count;
    tileBytes = tiles;
    embeddingBytes = embeddings;
  }

  private boolean mayHold(MappedFile file) {
    return file.footer().rowGroups().stream().anyMatch(group -> mayHold(file, group));
  }

  private boolean mayHold(MappedFile file, Group group) {
    return group.rows() > 0 && selection.mayHold(file.footer(), group, file.columns());
  }

  /** Returns how many files are read. Their footers are read already. */
  public int files() {
    return files.size();
  }

  /** Returns how many row groups are read. */
  public int rowGroups() {
    return rowGroups;
  }

  /**
   * Returns how many rows the row groups have that are read. The dataset has those of them that are
   * in the region and the period.
   */
  public long rows() {
    return rows;
  }

  /**
   * Returns the bytes of the columns that are read, compressed: those that describe the tiles when
   * the dataset is opened, the embeddings when they are used. Embeddings of a row group without any
   * row of the region are not read. Cached bytes are included.
   */
  public long bytes() {
    return tileBytes + embeddingBytes;
  }

  /**
   * Reads the tiles of the region and the period. The embeddings are read when they are used.
   *
   * @throws EarthEmbedException if a file cannot be read or is damaged, if it was made by another
   *     model, or if no row is of the region and the period
   */
  public GeoParquetDataset open() {
    List<MappedFile> fresh = files.stream().map(MappedFile::fresh).toList();
    ModelInfo model = region.set().model();
    GeoParquetDataset dataset =
        GeoParquetDataset.open(
            fresh, region.toString(), model, selection, region.set().attribution());
    if (dataset.catalog().size() == 0) {
      throw new EarthEmbedException(
          region + ": " + listed + " files were listed, and none of their rows is of it");
    }
    return dataset;
  }

  /** Returns lines for readers: the region, and how much is read. */
  @Override
  public String toString() {
    Region area = selection.region();
    return String.format(
        Locale.ROOT,
        "%s%n  %,d of %,d listed files, %,d row groups%n  %,d rows%s%n  %s: %s of tiles, %s of"
            + " embeddings",
        region,
        files.size(),
        listed,
        rowGroups,
        rows,
        area == null && !selection.isPeriod() ? "" : " at most",
        size(bytes()),
        size(tileBytes),
        size(embeddingBytes));
  }

  private static String size(long bytes) {
    if (bytes < 10_000) return String.format(Locale.ROOT, "%,d bytes", bytes);
    if (bytes < 10_000_000) return String.format(Locale.ROOT, "%,.0f kB", bytes / 1e3);
    return String.format(Locale.ROOT, "%,.0f MB", bytes / 1e6);
  }
}
