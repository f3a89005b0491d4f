package io.earthembed.parquet;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.GeoParquetDataset.Batch;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMilliTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads a dataset into Apache Arrow's memory, for a notebook, DuckDB or any other program that
 * supports Arrow's C data interface or IPC. Embeddings are decoded from the pages of a file
 * directly into Arrow's buffers, and {@link #vectors} turns an Arrow vector into {@link Vectors}
 * without a copy. Texts and numbers are copied from the catalog.
 *
 * <p>Needs {@code arrow-vector} and an allocator on the class path, which this module does not
 * depend on, and the JVM option {@code --add-opens=java.base/java.nio=ALL-UNNAMED}.
 *
 * <p>Columns: unique_id, grid_cell (utf8), product_id (utf8, nullable), timestamp (milliseconds,
 * UTC, nullable), centre_lat, centre_lon (float64), parquet_url (utf8, nullable), parquet_row
 * (int32, nullable), cloud_cover (float32, nullable), embedding (fixed-size list of float32).
 */
public final class ArrowEmbeddings {
  private static final String EMBEDDING = "embedding";

  private ArrowEmbeddings() {}

  /** Returns the columns of a dataset with this dimension. */
  public static Schema schema(int dimension) {
    ArrowType text = ArrowType.Utf8.INSTANCE;
    ArrowType number = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    Field value =
        new Field(
            "item",
            FieldType.notNullable(new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)),
            null);
    return new Schema(
        List.of(
            Field.notNullable("unique_id", text),
            Field.notNullable("grid_cell", text),
            Field.nullable("product_id", text),
            Field.nullable("timestamp", new ArrowType.Timestamp(TimeUnit.MILLISECOND, "UTC")),
            Field.notNullable("centre_lat", number),
            Field.notNullable("centre_lon", number),
            Field.nullable("parquet_url", text),
            Field.nullable("parquet_row", new ArrowType.Int(32, true)),
            Field.nullable(
                "cloud_cover", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)),
            new Field(
                EMBEDDING,
                FieldType.notNullable(new ArrowType.FixedSizeList(dimension)),
                List.of(value))));
  }

  /**
   * Returns a reader of a dataset, batch by batch, for an {@code ArrowStreamWriter} or {@code
   * org.apache.arrow.c.Data.exportArrayStream}. The caller closes it. Not safe for many threads.
   *
   * @param allocator allocates the batches. Each batch has its own memory, so an exported one does
   *     not change when the next is read.
   */
  public static ArrowReader reader(GeoParquetDataset dataset, BufferAllocator allocator) {
    return new Reader(dataset, allocator);
  }

  /**
   * Returns the embeddings of an Arrow vector without a copy; valid until the vector is closed.
   *
   * @param embeddings float32 without nulls, up to 2 GiB
   */
  public static Vectors vectors(FixedSizeListVector embeddings) {
    if (!(embeddings.getDataVector() instanceof Float4Vector floats)) {
      throw new IllegalArgumentException("not lists of float32: " + embeddings.getField());
    }
    int values = Math.multiplyExact(embeddings.getValueCount(), embeddings.getListSize());
    if (embeddings.getNullCount() > 0
        || BitVectorHelper.getNullCount(floats.getValidityBuffer(), values) > 0) {
      throw new IllegalArgumentException("nulls in " + embeddings.getField());
    }
    return over(floats.getDataBuffer(), values, embeddings.getListSize());
  }

  private static Vectors over(ArrowBuf buffer, int values, int dimension) {
    ByteBuffer bytes = buffer.nioBuffer(0, Math.multiplyExact(4, values));
    return Vectors.wrap(bytes.order(ByteOrder.nativeOrder()).asFloatBuffer(), dimension);
  }

  private static final class Reader extends ArrowReader {
    private final GeoParquetDataset dataset;
    private final Iterator<Batch> batches;

    Reader(GeoParquetDataset dataset, BufferAllocator allocator) {
      super(allocator);
      this.dataset = dataset;
      batches = dataset.batches();
    }

    @Override
    public boolean loadNextBatch() throws java.io.IOException {
      prepareLoadNextBatch();
      if (!batches.hasNext()) return false;
      Batch batch = batches.next();
      VectorSchemaRoot root = getVectorSchemaRoot();
      int rows = Math.toIntExact(batch.rows());
      for (FieldVector vector : root.getFieldVectors()) {
        // Never reset: a consumer of the C interface may still read the last batch's memory.
        vector.clear();
        vector.setInitialCapacity(rows);
        vector.allocateNew();
      }
      FixedSizeListVector lists = (FixedSizeListVector) root.getVector(EMBEDDING);
      Float4Vector floats = (Float4Vector) lists.getDataVector();
      int values = Math.multiplyExact(rows, lists.getListSize());
      batch.readInto(over(floats.getDataBuffer(), values, lists.getListSize()));
      allThere(floats.getValidityBuffer(), values);
      floats.setValueCount(values);
      for (int i = 0; i < rows; i++) lists.setNotNull(i);
      lists.setValueCount(rows);
      for (int i = 0; i < rows; i++) describe(root, i, batch.firstRow() + i);
      root.setRowCount(rows);
      return true;
    }

    private static void allThere(ArrowBuf validity, int values) {
      int whole = values / 8;
      validity.setOne(0, whole);
      for (int i = whole * 8; i < values; i++) BitVectorHelper.setBit(validity, i);
    }

    private void describe(VectorSchemaRoot root, int i, long ordinal) {
      TileCatalog catalog = dataset.catalog();
      TileRecord tile = catalog.record(ordinal);
      text(root, "unique_id", i, tile.id());
      if (tile.hasCell()) text(root, "grid_cell", i, tile.cell().name());
      String product = tile.productId();
      if (product != null) text(root, "product_id", i, product);
      Instant time = tile.timestamp();
      if (time != null) {
        ((TimeStampMilliTZVector) root.getVector("timestamp")).setSafe(i, time.toEpochMilli());
      }
      if (tile.hasCenter()) {
        ((Float8Vector) root.getVector("centre_lat")).setSafe(i, tile.center().latitude());
        ((Float8Vector) root.getVector("centre_lon")).setSafe(i, tile.center().longitude());
      }
      TileRef source = tile.source();
      if (source != null) {
        text(root, "parquet_url", i, source.shard().toString());
        ((IntVector) root.getVector("parquet_row")).setSafe(i, source.rowGroup());
      }
      if (!Float.isNaN(tile.cloudCover())) {
        ((Float4Vector) root.getVector("cloud_cover")).setSafe(i, tile.cloudCover());
      }
    }

    private static void text(VectorSchemaRoot root, String column, int i, String value) {
      ((VarCharVector) root.getVector(column)).setSafe(i, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
      return ArrowEmbeddings.schema(dataset.model().dimension());
    }

    @Override
    public java.util.Map<Long, Dictionary> getDictionaryVectors() {
      return java.util.Map.of();
    }
  }
}
