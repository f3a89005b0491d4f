package io.earthembed.parquet;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.table.HashSlots;
import io.earthembed.base.table.SectionFile;
import io.earthembed.base.table.StringColumn;
import io.earthembed.base.table.StringDictionary;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.internal.Footer.Group;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pixels of a tile: maps (grid cell, product id) to shard and row group. If the shard's
 * footer was scanned, the index also has the byte ranges of its columns, so readers do not need the
 * footer.
 *
 * <p>A product spans many cells and a cell has many products, so only both together identify a
 * tile. {@link #find} takes both; {@link #ofProduct} and {@link #ofCell} return all tiles of one.
 *
 * <p>Memory off the heap: per tile 14 bytes, and 4 in its product's list; per cell 6; per product
 * 14, and 4 for its time; the texts of products and shards once; and for byte ranges 8 per tile and
 * 8 per column. {@link #open} reads a file that {@link #save} wrote. Immutable and safe for many
 * threads. It needs no closing.
 */
public final class MetadataIndex {
  private static final long MAGIC = 0x335844494D454545L; // "EEEMIDX3"

  private static final int SECTIONS = 10 + ColumnRangeTable.SECTIONS;

  // The bytes of an entry: four numbers that are adjacent because they are read together.
  private static final int ENTRY = 14;
  private static final int CELL = 0; // int: row << 16 | column & 0xFFFF
  private static final int PRODUCT = 4; // int: number of the product
  private static final int ROW_GROUP = 8; // int
  private static final int SHARD = 12; // short: number of the shard

  /**
   * A tile in the index.
   *
   * @param cell its Major TOM grid cell
   * @param productId the Sentinel-2 product it was cut from
   * @param source location of its pixels, with their byte ranges if the index has them
   */
  public record Entry(GridCell cell, String productId, TileRef source) {}

  private final ByteBuffer entries; // sorted by cell
  private final HashSlots cells; // first entry of each cell
  private final ByteBuffer productStarts; // int: start of a product's entries in byProduct
  private final ByteBuffer byProduct; // int: entries by product
  private final ByteBuffer productTimes; // int: unsigned seconds since 1970, or 0 if unknown
  private final StringDictionary products;
  private final StringColumn shards;
  private final ColumnRangeTable ranges;

  private MetadataIndex(List<ByteBuffer> s) {
    entries = s.get(0);
    cells = new HashSlots(s.get(1));
    productStarts = s.get(3);
    byProduct = s.get(4);
    productTimes = s.get(5);
    products =
        new StringDictionary(StringColumn.ofShort(s.get(6), s.get(7)), new HashSlots(s.get(2)));
    shards = StringColumn.ofShort(s.get(8), s.get(9));
    ranges = new ColumnRangeTable(s.subList(10, SECTIONS), shards.size());
  }

  private List<ByteBuffer> sections() {
    List<ByteBuffer> all =
        new ArrayList<>(
            List.of(
                entries,
                cells.bytes(),
                products.slots().bytes(),
                productStarts,
                byProduct,
                productTimes));
    all.addAll(products.strings().shortSections());
    all.addAll(shards.shortSections());
    all.addAll(ranges.sections());
    return all;
  }

  /** Returns a builder of an index. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads metadata files, such as MajorTOM's {@code metadata.parquet}: columns grid_cell,
   * product_id, parquet_url and parquet_row.
   *
   * @throws EarthEmbedException if one cannot be read, lacks a column or is damaged
   */
  public static MetadataIndex ofMetadata(List<Path> files) {
    Builder builder = builder();
    for (Path file : files) builder.addMetadata(file);
    return builder.build();
  }

  /**
   * Reads an index into memory off the heap, and verifies its checksums.
   *
   * @throws CorruptDataException if the file is no index, or damaged
   * @throws EarthEmbedException if it cannot be read
   */
  public static MetadataIndex open(Path file) {
    List<List<ByteBuffer>> sections = SectionFile.open(file, MAGIC, SECTIONS);
    try {
      if (sections.stream().anyMatch(parts -> parts.size() > 1)) {
        throw new IllegalArgumentException("a table of more than 2 GiB");
      }
      return new MetadataIndex(sections.stream().map(parts -> parts.get(0)).toList());
    } catch (RuntimeException e) {
      throw new CorruptDataException(file.toString(), "not a metadata index", e);
    }
  }

  /** Writes the index to a file, which is complete or absent. */
  public void save(Path file) {
    SectionFile.write(
        file, MAGIC, sections().stream().map(s -> List.of(s.duplicate().clear())).toList());
  }

  /** Returns the number of tiles. */
  public int size() {
    return entries.capacity() / ENTRY;
  }

  /** Returns the location of the tile of a cell and a product. */
  public Optional<TileRef> find(GridCell cell, String productId) {
    int entry = indexOf(cell, productId);
    return entry < 0 ? Optional.empty() : Optional.of(reading(() -> source(entry)));
  }

  /** Returns the position in {@link #entry} of a cell and a product, or -1. */
  public int indexOf(GridCell cell, String productId) {
    return reading(
        () -> {
          int key = key(cell);
          for (int i = first(cell); i >= 0 && i < size() && cell(i) == key; i++) {
            if (products.strings().is(entries.getInt(ENTRY * i + PRODUCT), productId)) return i;
          }
          return -1;
        });
  }

  /** Reads from the tables. A file with valid checksums may still be hostile. */
  private static <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new CorruptDataException("metadata index", "an entry that makes no sense", e);
    }
  }

  /** Returns all tiles of a cell: one per product. */
  public List<Entry> ofCell(GridCell cell) {
    return reading(
        () -> {
          List<Entry> found = new ArrayList<>();
          int key = key(cell);
          for (int i = first(cell); i >= 0 && i < size() && cell(i) == key; i++) {
            found.add(found(i));
          }
          return found;
        });
  }

  /** Returns all tiles of a product, by cell; there are usually many. */
  public List<Entry> ofProduct(String productId) {
    return reading(
        () -> {
          List<Entry> found = new ArrayList<>();
          int product = products.find(productId);
          if (product < 0) return found;
          int end = productStarts.getInt(4 * (product + 1));
          for (int i = productStarts.getInt(4 * product); i < end; i++) {
            found.add(found(byProduct.getInt(4 * i)));
          }
          return found;
        });
  }

  /**
   * Returns an entry by its position in the order of cells.
   *
   * @param i in [0, size)
   */
  public Entry entry(int i) {
    Objects.checkIndex(i, size());
    return reading(() -> found(i));
  }

  private Entry found(int i) {
    return new Entry(
        gridCell(i), products.strings().get(entries.getInt(ENTRY * i + PRODUCT)), source(i));
  }

  private GridCell gridCell(int entry) {
    int key = cell(entry);
    return new GridCell(key >> 16, (short) key);
  }

  private TileRef source(int i) {
    int shard = entries.getShort(ENTRY * i + SHARD) & 0xFFFF;
    return new TileRef(
        Addresses.parse(shards.get(shard)), entries.getInt(ENTRY * i + ROW_GROUP), bytes(i, shard));
  }

  private @Nullable ColumnRanges bytes(int i, int shard) {
    ColumnRanges bytes = ranges.of(i, shard);
    if (bytes == null) return null;
    int product = entries.getInt(ENTRY * i + PRODUCT);
    int time = productTimes.getInt(4 * product);
    if (time == 0) return bytes;
    return new ColumnRanges(
        bytes.shardLength(),
        bytes.shardVersion(),
        new ColumnRanges.Identity(
            gridCell(i),
            products.strings().get(product),
            Instant.ofEpochSecond(Integer.toUnsignedLong(time))),
        bytes.columns());
  }

  private int cell(int entry) {
    return entries.getInt(ENTRY * entry + CELL);
  }

  /** Returns the first entry of a cell, or -1. */
  private int first(GridCell cell) {
    if (!fits(cell)) return -1;
    int key = key(cell);
    return cells.find(key, entry -> cell(entry) == key);
  }

  /** Returns whether a key can hold a cell's numbers; it cannot for grids finer than MajorTOM's. */
  private static boolean fits(GridCell cell) {
    return cell.row() == (short) cell.row() && cell.column() == (short) cell.column();
  }

  private static int key(GridCell cell) {
    return cell.row() << 16 | cell.column() & 0xFFFF;
  }

  /** Returns the bytes that the index takes off the heap. */
  public long bytes() {
    return sections().stream().mapToLong(ByteBuffer::capacity).sum();
  }

  @Override
  public String toString() {
    return "MetadataIndex[" + size() + " tiles in " + shards.size() + " shards]";
  }

  /** Collects tiles. Not safe for many threads. */
  public static final class Builder {
    private static final int MAX_SHARDS = 1 << 16;

    private final StringDictionary.Builder products = new StringDictionary.Builder();
    private final StringDictionary.Builder shards = new StringDictionary.Builder();
    private final ColumnRangeTable.Builder ranges = new ColumnRangeTable.Builder();
    private int size;
    private int[] keys = new int[1024];
    private int[] productOf = new int[1024];
    private int[] shardOf = new int[1024];
    private int[] rowGroups = new int[1024];

    /** Times of products in seconds; null if two tiles of a product differ. */
    private final Map<Integer, @Nullable Long> times = new HashMap<>();

    private Builder() {}

    /** Adds a tile, with the byte ranges that its reference has. */
    public Builder add(GridCell cell, String productId, TileRef source) {
      if (!fits(cell)) {
        throw new IllegalArgumentException("a cell beyond 16 bits: " + cell);
      }
      if (size == keys.length) {
        int n = Math.multiplyExact(size, 2);
        keys = Arrays.copyOf(keys, n);
        productOf = Arrays.copyOf(productOf, n);
        shardOf = Arrays.copyOf(shardOf, n);
        rowGroups = Arrays.copyOf(rowGroups, n);
      }
      keys[size] = key(cell);
      productOf[size] = products.number(productId);
      int shard = shards.number(source.shard().toString());
      if (shard >= MAX_SHARDS) throw new IllegalStateException("more shards than " + MAX_SHARDS);
      shardOf[size] = shard;
      rowGroups[size] = source.rowGroup();
      ColumnRanges bytes = ColumnRanges.of(source);
      ranges.add(size, shard, bytes);
      if (bytes != null && bytes.identity() != null) {
        Instant time = bytes.identity().timestamp();
        Long seconds = time != null && time.getNano() == 0 ? time.getEpochSecond() : null;
        if (times.containsKey(productOf[size])
            && !Objects.equals(times.get(productOf[size]), seconds)) seconds = null;
        times.put(productOf[size], seconds);
      }
      size++;
      return this;
    }

    /** Adds every row of a metadata file; see {@link MetadataIndex#ofMetadata}. */
    public Builder addMetadata(Path file) {
      DatasetFile metadata = DatasetFile.open(new FileRanges(file, new Counters()));
      long firstRow = 0;
      for (Group group : metadata.footer().rowGroups()) {
        if (group.rows() == 0) continue;
        List<@Nullable String> cells = metadata.texts(group, "grid_cell");
        List<@Nullable String> ids = metadata.texts(group, "product_id");
        List<@Nullable String> urls = metadata.texts(group, "parquet_url");
        DatasetFile.RowNumbers rows = metadata.rowNumbers(group, "parquet_row");
        for (int i = 0; i < cells.size(); i++) {
          String cell = cells.get(i);
          String id = ids.get(i);
          String url = urls.get(i);
          try {
            if (cell == null || id == null || url == null || rows.isNull(i)) {
              throw new IllegalArgumentException("a null cell, product, URL or row");
            }
            add(GridCell.parse(cell), id, new TileRef(Addresses.parse(url), rows.get(i)));
          } catch (IllegalArgumentException e) {
            throw metadata.badRow(firstRow + i, e);
          }
        }
        firstRow += group.rows();
      }
      return this;
    }

    /**
     * Adds the tiles of an embedding dataset that record their source.
     *
     * @throws IllegalArgumentException if one of them has no product, by which an index finds tiles
     */
    public Builder addDataset(GeoParquetDataset dataset) {
      for (long i = 0; i < dataset.catalog().size(); i++) {
        TileRef source = dataset.catalog().record(i).source();
        if (source == null) continue;
        String product = dataset.catalog().productId(i);
        if (product == null) {
          throw new IllegalArgumentException(
              "tile " + dataset.catalog().id(i) + " of " + dataset.name() + " has no product");
        }
        add(dataset.catalog().cell(i), product, source);
      }
      return this;
    }

    /**
     * Reads a shard's footer and adds its row groups with their byte ranges. Cell and product come
     * from the footer's statistics if it has them; then one request suffices.
     *
     * @param shard http, https or file URL
     * @param columns whose byte ranges are kept, such as B02 or thumbnail
     * @throws IllegalArgumentException if the shard has tiles and lacks one of the columns
     * @throws EarthEmbedException if it cannot be read, is damaged or is no shard
     */
    public Builder addShard(URI shard, Collection<String> columns) {
      ShardScan.add(this, shard, Sources.of(shard), columns);
      return this;
    }

    /**
     * Returns the index. Of tiles with one cell and one product, the first that was added stays.
     */
    public MetadataIndex build() {
      int[] kept = distinctByCell();
      int n = kept.length;
      StringDictionary texts = StringDictionary.of(products.build());
      int productCount = texts.strings().size();
      ByteBuffer entries = SectionFile.allocate((long) ENTRY * n);
      HashSlots cells = HashSlots.allocate(distinctCells(kept));
      int[] starts = new int[productCount + 1];
      for (int i = 0; i < n; i++) {
        int from = kept[i];
        entries.putInt(ENTRY * i + CELL, keys[from]);
        entries.putInt(ENTRY * i + PRODUCT, productOf[from]);
        entries.putInt(ENTRY * i + ROW_GROUP, rowGroups[from]);
        entries.putShort(ENTRY * i + SHARD, (short) shardOf[from]);
        starts[productOf[from] + 1]++;
        if (i == 0 || keys[kept[i - 1]] != keys[from]) cells.put(keys[from], i);
      }
      for (int p = 0; p < productCount; p++) starts[p + 1] += starts[p];
      ByteBuffer productStarts = SectionFile.allocate(4L * starts.length);
      for (int p = 0; p < starts.length; p++) productStarts.putInt(4 * p, starts[p]);
      ByteBuffer byProduct = SectionFile.allocate(4L * n);
      for (int i = 0; i < n; i++) byProduct.putInt(4 * starts[productOf[kept[i]]]++, i);
      ByteBuffer productTimes = SectionFile.allocate(4L * productCount);
      times.forEach(
          (product, seconds) -> {
            boolean fits = seconds != null && seconds > 0 && seconds <= 0xFFFFFFFFL;
            productTimes.putInt(4 * product, fits ? seconds.intValue() : 0);
          });
      List<ByteBuffer> all =
          new ArrayList<>(
              List.of(
                  entries,
                  cells.bytes(),
                  texts.slots().bytes(),
                  productStarts,
                  byProduct,
                  productTimes));
      all.addAll(texts.strings().shortSections());
      all.addAll(shards.build().shortSections());
      all.addAll(ranges.build(kept, shards.size()));
      return new MetadataIndex(all);
    }

    /** Returns the first tile of each cell and product, by the number of its addition. */
    private int[] distinctByCell() {
      long[] order = new long[size];
      for (int i = 0; i < size; i++) order[i] = (long) keys[i] << 32 | i;
      Arrays.sort(order);
      int[] kept = new int[size];
      int n = 0;
      for (long pair : order) {
        int i = (int) pair;
        boolean known = false;
        for (int k = n - 1; k >= 0 && keys[kept[k]] == keys[i] && !known; k--) {
          known = productOf[kept[k]] == productOf[i];
        }
        if (!known) kept[n++] = i;
      }
      return Arrays.copyOf(kept, n);
    }

    private int distinctCells(int[] byCell) {
      int distinct = 0;
      for (int i = 0; i < byCell.length; i++) {
        if (i == 0 || keys[byCell[i - 1]] != keys[byCell[i]]) distinct++;
      }
      return distinct;
    }
  }
}
