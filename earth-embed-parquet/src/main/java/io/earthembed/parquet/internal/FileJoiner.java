package io.earthembed.parquet.internal;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;
import shaded.parquet.org.apache.thrift.TException;

/**
 * Joins files of {@link ColumnWriter} into one. The pages are copied as they are, so that no value
 * changes, and memory stays small. Pages of several row groups become one column chunk.
 */
public final class FileJoiner {
  private FileJoiner() {}

  /**
   * A file to join.
   *
   * @param path the file
   * @param footer its checked footer
   * @param meta its footer with all fields
   * @param codec compression of all its pages
   */
  public record Input(Path path, Footer footer, FileMetaData meta, CompressionCodec codec) {
    /** Returns the number of its rows. */
    public long rows() {
      return meta.getNum_rows();
    }

    /** Returns the number of its bytes. */
    public long bytes() {
      return footer.version().length();
    }

    /** Returns whether the pages of both files can follow each other. */
    public boolean fits(Input other) {
      return codec == other.codec && meta.getSchema().equals(other.meta.getSchema());
    }
  }

  /**
   * Reads a file's footer.
   *
   * @return null if another program wrote the file, or it has pages that cannot be joined
   */
  public static @Nullable Input open(Path path) {
    Footer.Raw raw = Footer.readRaw(new FileRanges(path, new Counters()), 1 << 16);
    Footer footer = Footer.parse(path.toString(), raw);
    FileMetaData meta;
    try {
      meta = Util.readFileMetaData(new ByteArrayInputStream(raw.bytes()));
    } catch (IOException e) {
      throw new CorruptDataException(path.toString(), "a damaged footer: " + e.getMessage(), e);
    }
    if (!ColumnWriter.CREATED_BY.equals(meta.getCreated_by())) return null;
    Set<CompressionCodec> codecs = new LinkedHashSet<>();
    for (RowGroup group : meta.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        ColumnMetaData column = chunk.getMeta_data();
        if (column == null || column.isSetDictionary_page_offset()) return null;
        codecs.add(column.getCodec());
      }
    }
    if (codecs.size() != 1) return null;
    return new Input(path, footer, meta, codecs.iterator().next());
  }

  /** A row group of a file. */
  private record Source(Path path, RowGroup group) {}

  /**
   * Writes the rows of some files to one, which appears complete or not at all.
   *
   * @param inputs files that fit, in the order of their rows; one has rows at least
   * @param target may replace one of them
   * @param metadata key-value metadata of the new file
   * @param groupBytes bytes of a new row group at most, if the row groups are smaller
   * @param groupRows rows of a new row group at most, likewise
   */
  public static void join(
      List<Input> inputs,
      Path target,
      Map<String, String> metadata,
      long groupBytes,
      long groupRows) {
    try (AtomicFile file = AtomicFile.create(target)) {
      try (FileChannel out = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
        write(out, ByteBuffer.wrap(new byte[] {'P', 'A', 'R', '1'}));
        List<RowGroup> groups = new ArrayList<>();
        List<Source> batch = new ArrayList<>();
        long bytes = 0;
        long rows = 0;
        for (Input input : inputs) {
          for (RowGroup group : input.meta().getRow_groups()) {
            if (group.getNum_rows() == 0) continue;
            bytes += group.getTotal_byte_size();
            rows += group.getNum_rows();
            if (!batch.isEmpty() && (bytes > groupBytes || rows > groupRows)) {
              groups.add(copy(batch, out, groups.size()));
              batch.clear();
              bytes = group.getTotal_byte_size();
              rows = group.getNum_rows();
            }
            batch.add(new Source(input.path(), group));
          }
        }
        groups.add(copy(batch, out, groups.size()));
        finish(out, inputs.get(0).meta(), groups, metadata);
      }
      file.commit();
    } catch (IOException | TException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    }
  }

  private static void finish(
      FileChannel out, FileMetaData first, List<RowGroup> groups, Map<String, String> metadata)
      throws IOException, TException {
    long rows = groups.stream().mapToLong(RowGroup::getNum_rows).sum();
    FileMetaData meta = new FileMetaData(first.getVersion(), first.getSchema(), rows, groups);
    meta.setCreated_by(ColumnWriter.CREATED_BY);
    if (first.isSetColumn_orders()) meta.setColumn_orders(first.getColumn_orders());
    List<KeyValue> pairs = new ArrayList<>();
    metadata.forEach((key, value) -> pairs.add(new KeyValue(key).setValue(value)));
    meta.setKey_value_metadata(pairs);
    ByteArrayOutputStream footer = new ByteArrayOutputStream();
    Util.writeFileMetaData(meta, footer);
    write(out, ByteBuffer.wrap(footer.toByteArray()));
    ByteBuffer end = ByteBuffer.allocate(8).order(Footer.ORDER).putInt(footer.size());
    write(out, end.put(new byte[] {'P', 'A', 'R', '1'}).flip());
  }

  /** Copies the row groups of a batch as one. */
  private static RowGroup copy(List<Source> batch, FileChannel out, int number) throws IOException {
    long start = out.position();
    List<ColumnChunk> chunks = new ArrayList<>();
    long unpacked = 0;
    int columns = batch.get(0).group().getColumnsSize();
    for (int c = 0; c < columns; c++) {
      long offset = out.position();
      List<ColumnMetaData> parts = new ArrayList<>();
      for (Source source : batch) {
        ColumnMetaData part = source.group().getColumns().get(c).getMeta_data();
        copy(source.path(), part.getData_page_offset(), part.getTotal_compressed_size(), out);
        parts.add(part);
      }
      ColumnMetaData joined = joined(parts, offset, out.position() - offset);
      unpacked += joined.getTotal_uncompressed_size();
      ColumnChunk chunk = new ColumnChunk(offset);
      chunk.setMeta_data(joined);
      chunks.add(chunk);
    }
    long rows = batch.stream().mapToLong(source -> source.group().getNum_rows()).sum();
    RowGroup group = new RowGroup(chunks, unpacked, rows);
    group.setFile_offset(start);
    group.setTotal_compressed_size(out.position() - start);
    if (number <= Short.MAX_VALUE) group.setOrdinal((short) number);
    return group;
  }

  private static void copy(Path path, long offset, long bytes, FileChannel out) throws IOException {
    try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
      for (long done = 0; done < bytes; ) {
        long copied = in.transferTo(offset + done, bytes - done, out);
        if (copied <= 0) throw new IOException(path + " has become shorter while it was copied");
        done += copied;
      }
    }
  }

  private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) out.write(bytes);
  }

  private static ColumnMetaData joined(List<ColumnMetaData> parts, long offset, long size) {
    ColumnMetaData first = parts.get(0);
    Set<Encoding> encodings = new LinkedHashSet<>();
    long values = 0;
    long unpacked = 0;
    for (ColumnMetaData part : parts) {
      encodings.addAll(part.getEncodings());
      values += part.getNum_values();
      unpacked += part.getTotal_uncompressed_size();
    }
    ColumnMetaData joined =
        new ColumnMetaData(
            first.getType(),
            List.copyOf(encodings),
            first.getPath_in_schema(),
            first.getCodec(),
            values,
            unpacked,
            size,
            offset);
    Statistics statistics = statistics(parts);
    if (statistics != null) joined.setStatistics(statistics);
    return joined;
  }

  /** Returns the statistics of all parts, without bounds if those of a part are unknown. */
  private static @Nullable Statistics statistics(List<ColumnMetaData> parts) {
    Statistics all = new Statistics();
    long nulls = 0;
    boolean bounded = true;
    for (ColumnMetaData part : parts) {
      Statistics one = part.getStatistics();
      if (one == null || !one.isSetNull_count()) return null;
      nulls += one.getNull_count();
      if (one.isSetMin_value() && one.isSetMax_value()) {
        Comparator<byte[]> order = order(part.getType());
        if (!all.isSetMin_value() || order.compare(one.getMin_value(), all.getMin_value()) < 0) {
          all.setMin_value(one.getMin_value());
        }
        if (!all.isSetMax_value() || order.compare(one.getMax_value(), all.getMax_value()) > 0) {
          all.setMax_value(one.getMax_value());
        }
      } else if (one.getNull_count() < part.getNum_values()) {
        bounded = false;
      }
    }
    if (!bounded) all = new Statistics();
    return all.setNull_count(nulls);
  }

  /** Returns the order of a column's values as they are stored. */
  private static Comparator<byte[]> order(Type type) {
    return switch (type) {
      case INT32 -> Comparator.comparingInt(value -> buffer(value).getInt());
      case INT64 -> Comparator.comparingLong(value -> buffer(value).getLong());
      case FLOAT -> Comparator.comparingDouble(value -> buffer(value).getFloat());
      case DOUBLE -> Comparator.comparingDouble(value -> buffer(value).getDouble());
      default -> Arrays::compareUnsigned;
    };
  }

  private static ByteBuffer buffer(byte[] value) {
    return ByteBuffer.wrap(value).order(Footer.ORDER);
  }
}
