package io.earthembed.parquet.internal;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Vectors;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.ListType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MicroSeconds;
import org.apache.parquet.format.MilliSeconds;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;

/**
 * Writes Parquet files with optional flat columns and lists of numbers, one page per chunk except
 * for embeddings. The file is written beside its target and renamed when it is complete.
 * (parquet-java's writer needs Hadoop's classes, which users of a shard should not need.)
 */
public final class ColumnWriter implements Closeable {
  /** The name of the writer in a file. */
  static final String CREATED_BY = "earth-embed";

  private static final List<String> BOX_SIDES = List.of("xmin", "ymin", "xmax", "ymax");

  private final Path target;
  private final AtomicFile file;
  private final FileChannel channel;
  private final OutputStream out;
  private final List<Field> fields;
  private final Map<String, String> metadata;
  private final CompressionCodec codec;
  private final List<RowGroup> groups = new ArrayList<>();
  private long at = 4;

  /** True after an incomplete row group: later offsets would be wrong. */
  private boolean broken;

  private long rows;

  /**
   * A column to write.
   *
   * @param name its name
   * @param type physical type of a value
   * @param kind meaning of its values
   */
  public record Field(String name, Type type, Kind kind) {}

  /** The kinds of a column's values. */
  public enum Kind {
    /** UTF-8 text, with statistics. */
    STRING,
    /** Bytes. */
    BINARY,
    /** A number. */
    NUMBER,
    /** A 16-bit number in an INT32. */
    INT16,
    /** A time in milliseconds since 1970, UTC, in an INT64. */
    TIME,
    /** A time in microseconds since 1970, UTC, in an INT64. */
    MICROS,
    /** A BOOLEAN. */
    FLAG,
    /** A list of numbers. */
    LIST,
    /** A list of texts. */
    TEXTS,
    /**
     * A text in an optional struct in a struct that is always there, by a name with two dots; a
     * null text is a null struct.
     */
    NESTED,
    /** A struct of the doubles xmin, ymin, xmax and ymax, each written as a separate column. */
    BOX
  }

  /**
   * Opens a file.
   *
   * @param codec UNCOMPRESSED or ZSTD
   */
  public ColumnWriter(
      Path target, List<Field> fields, Map<String, String> metadata, CompressionCodec codec) {
    this.target = target;
    this.fields = List.copyOf(fields);
    this.metadata = Map.copyOf(metadata);
    this.codec = codec;
    try {
      file = AtomicFile.create(target);
      channel = FileChannel.open(file.path(), StandardOpenOption.WRITE);
      out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      out.write(new byte[] {'P', 'A', 'R', '1'});
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    }
  }

  /** One column of a row group. */
  public sealed interface Values permits ColumnData, Embeddings {}

  /**
   * Rows of a matrix as lists of float, in pages of about 1 MiB.
   *
   * @param vectors the matrix
   * @param from first row
   * @param rows number of rows
   */
  public record Embeddings(Vectors vectors, long from, int rows) implements Values {}

  /**
   * Writes a row group.
   *
   * @param rowCount its rows
   * @param columns one per field, four for a BOX, in order
   */
  public void write(int rowCount, List<? extends Values> columns) {
    List<Leaf> leaves = leaves();
    if (columns.size() != leaves.size()) {
      throw new IllegalArgumentException(
          columns.size() + " columns for " + leaves.size() + " of the schema");
    }
    if (broken) throw new IllegalStateException(target + ": an earlier row group failed");
    broken = true;
    try {
      List<ColumnChunk> chunks = new ArrayList<>();
      long start = at;
      long bytes = 0;
      for (int i = 0; i < leaves.size(); i++) {
        ColumnChunk chunk =
            columns.get(i) instanceof ColumnData data
                ? writeChunk(leaves.get(i), data)
                : writeEmbeddings(leaves.get(i), (Embeddings) columns.get(i));
        bytes += chunk.getMeta_data().getTotal_uncompressed_size();
        chunks.add(chunk);
      }
      RowGroup group = new RowGroup(chunks, bytes, rowCount);
      group.setFile_offset(start);
      group.setTotal_compressed_size(at - start);
      // The format has only 16 bits for the ordinal, which is optional.
      if (groups.size() <= Short.MAX_VALUE) group.setOrdinal((short) groups.size());
      groups.add(group);
      rows += rowCount;
      broken = false;
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    }
  }

  /** A stored column. */
  private record Leaf(Field field, List<String> path) {}

  private List<Leaf> leaves() {
    List<Leaf> leaves = new ArrayList<>();
    for (Field field : fields) {
      String name = field.name();
      switch (field.kind()) {
        case LIST, TEXTS -> leaves.add(new Leaf(field, List.of(name, "list", "element")));
        case BOX -> {
          for (String side : BOX_SIDES) leaves.add(new Leaf(field, List.of(name, side)));
        }
        case NESTED -> leaves.add(new Leaf(field, List.of(name.split("\\."))));
        default -> leaves.add(new Leaf(field, List.of(name)));
      }
    }
    return leaves;
  }

  private ColumnChunk writeChunk(Leaf leaf, ColumnData data) throws IOException {
    // Pages that Page would refuse are not written either; the levels take few bytes.
    if (data.plain().length > Page.MAX_BYTES - (1 << 20) || data.values() > Page.MAX_VALUES) {
      throw new IllegalArgumentException(
          target
              + ": column "
              + leaf.field().name()
              + " has "
              + data.plain().length
              + " bytes in "
              + data.values()
              + " values, more than a page may have");
    }
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    if (data.repetition() != null) putLevels(page, data.repetition());
    putLevels(page, data.definition());
    page.write(data.plain());
    byte[] plain = page.toByteArray();
    byte[] packed = Codecs.compress(codec, plain);
    byte[] head = header(data.values(), plain.length, packed.length, Encoding.PLAIN);
    long offset = at;
    out.write(head);
    out.write(packed);
    at += head.length + packed.length;
    Statistics statistics = new Statistics();
    statistics.setNull_count(data.nulls());
    if (leaf.field().kind() != Kind.BINARY && data.least() != null) {
      statistics.setMin_value(data.least());
      statistics.setMax_value(data.greatest());
    }
    long unpacked = head.length + plain.length;
    return chunk(leaf, data.values(), unpacked, offset, Encoding.PLAIN, 1, statistics);
  }

  private static byte[] header(int values, int plain, int packed, Encoding encoding)
      throws IOException {
    PageHeader header = new PageHeader(PageType.DATA_PAGE, plain, packed);
    header.setData_page_header(new DataPageHeader(values, encoding, Encoding.RLE, Encoding.RLE));
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    Util.writePageHeader(header, head);
    return head.toByteArray();
  }

  /** Returns the chunk from an offset to here. */
  private ColumnChunk chunk(
      Leaf leaf,
      long values,
      long unpacked,
      long offset,
      Encoding encoding,
      int pages,
      Statistics statistics) {
    ColumnMetaData meta =
        new ColumnMetaData(
            leaf.field().type(),
            List.of(encoding, Encoding.RLE),
            leaf.path(),
            codec,
            values,
            unpacked,
            at - offset,
            offset);
    meta.setEncoding_stats(List.of(new PageEncodingStats(PageType.DATA_PAGE, encoding, pages)));
    meta.setStatistics(statistics);
    ColumnChunk chunk = new ColumnChunk(offset);
    chunk.setMeta_data(meta);
    return chunk;
  }

  private ColumnChunk writeEmbeddings(Leaf leaf, Embeddings rows) throws IOException {
    long offset = at;
    long unpacked = 0;
    int pages = 0;
    out.flush();
    EmbeddingPages made = new EmbeddingPages(rows, codec);
    for (EmbeddingPages.Packed page = made.next(); page != null; page = made.next()) {
      ByteBuffer body = page.body();
      byte[] head = header(page.values(), page.plain(), body.remaining(), made.encoding());
      at += head.length + body.remaining();
      unpacked += head.length + page.plain();
      ByteBuffer start = ByteBuffer.wrap(head);
      while (start.hasRemaining()) channel.write(start);
      while (body.hasRemaining()) channel.write(body);
      pages++;
    }
    Statistics statistics = new Statistics();
    statistics.setNull_count(0);
    long values = (long) rows.rows() * rows.vectors().dimension();
    return chunk(leaf, values, unpacked, offset, made.encoding(), pages, statistics);
  }

  static void putLevels(ByteArrayOutputStream page, byte[] levels) {
    page.writeBytes(ByteBuffer.allocate(4).order(Footer.ORDER).putInt(levels.length).array());
    page.writeBytes(levels);
  }

  /**
   * Writes the footer and renames the file to its final name. Without this call, close leaves no
   * file.
   *
   * @throws IllegalStateException if a row group failed to be written
   */
  public void finish() {
    if (broken) throw new IllegalStateException(target + ": a row group failed");
    try {
      FileMetaData meta = new FileMetaData(1, schema(), rows, groups);
      meta.setCreated_by(CREATED_BY);
      List<KeyValue> pairs = new ArrayList<>();
      metadata.forEach((key, value) -> pairs.add(new KeyValue(key).setValue(value)));
      if (!pairs.isEmpty()) meta.setKey_value_metadata(pairs);
      ByteArrayOutputStream footer = new ByteArrayOutputStream();
      Util.writeFileMetaData(meta, footer);
      footer.writeTo(out);
      out.write(ByteBuffer.allocate(4).order(Footer.ORDER).putInt(footer.size()).array());
      out.write(new byte[] {'P', 'A', 'R', '1'});
      out.close();
      file.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    }
  }

  private List<SchemaElement> schema() {
    List<SchemaElement> schema = new ArrayList<>();
    schema.add(new SchemaElement("schema").setNum_children(fields.size()));
    for (Field field : fields) {
      SchemaElement element =
          new SchemaElement(field.name()).setRepetition_type(FieldRepetitionType.OPTIONAL);
      if (field.kind() == Kind.NESTED) {
        String[] path = field.name().split("\\.");
        schema.add(
            new SchemaElement(path[0])
                .setRepetition_type(FieldRepetitionType.REQUIRED)
                .setNum_children(1));
        schema.add(
            new SchemaElement(path[1])
                .setRepetition_type(FieldRepetitionType.OPTIONAL)
                .setNum_children(1));
        schema.add(
            text(
                new SchemaElement(path[2])
                    .setType(field.type())
                    .setRepetition_type(FieldRepetitionType.REQUIRED)));
        continue;
      }
      if (field.kind() == Kind.LIST || field.kind() == Kind.TEXTS) {
        element.setNum_children(1).setConverted_type(ConvertedType.LIST);
        element.setLogicalType(LogicalType.LIST(new ListType()));
        schema.add(element);
        schema.add(
            new SchemaElement("list")
                .setRepetition_type(FieldRepetitionType.REPEATED)
                .setNum_children(1));
        SchemaElement value =
            new SchemaElement("element")
                .setType(field.type())
                .setRepetition_type(FieldRepetitionType.OPTIONAL);
        schema.add(field.kind() == Kind.TEXTS ? text(value) : value);
        continue;
      }
      if (field.kind() == Kind.BOX) {
        schema.add(element.setNum_children(BOX_SIDES.size()));
        for (String side : BOX_SIDES) {
          schema.add(
              new SchemaElement(side)
                  .setType(field.type())
                  .setRepetition_type(FieldRepetitionType.REQUIRED));
        }
        continue;
      }
      element.setType(field.type());
      switch (field.kind()) {
        case STRING -> text(element);
        case INT16 -> element.setConverted_type(ConvertedType.INT_16);
        case TIME -> {
          element.setConverted_type(ConvertedType.TIMESTAMP_MILLIS);
          element.setLogicalType(
              LogicalType.TIMESTAMP(new TimestampType(true, TimeUnit.MILLIS(new MilliSeconds()))));
        }
        case MICROS -> {
          element.setConverted_type(ConvertedType.TIMESTAMP_MICROS);
          element.setLogicalType(
              LogicalType.TIMESTAMP(new TimestampType(true, TimeUnit.MICROS(new MicroSeconds()))));
        }
        default -> {}
      }
      schema.add(element);
    }
    return schema;
  }

  private static SchemaElement text(SchemaElement element) {
    element.setConverted_type(ConvertedType.UTF8);
    element.setLogicalType(LogicalType.STRING(new StringType()));
    return element;
  }

  @Override
  public void close() {
    try (file) {
      channel.close(); // not out, which would flush the rest of a file that is removed
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": the partial file cannot be removed: " + e, e);
    }
  }
}
