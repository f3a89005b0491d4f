package io.earthembed.peers;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.RowGroupPredicate;
import dev.hardwood.schema.ColumnProjection;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.ParquetFileRange;
import org.apache.parquet.io.SeekableInputStream;

/**
 * Reads with Hardwood and parquet-java, one request per line: {@code library cold|warm url rowGroup
 * columns}. Prints the bytes of the values and the milliseconds.
 */
public final class Peers {
  private dev.hardwood.reader.ParquetFileReader hardwood;
  private ParquetMetadata footer;

  public static void main(String[] args) throws Exception {
    Peers peers = new Peers();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] a = line.split(" ");
      long start = System.nanoTime();
      boolean cold = a[1].equals("cold");
      URI url = URI.create(a[2]);
      int row = Integer.parseInt(a[3]);
      String[] columns = a[4].split(",");
      long bytes =
          a[0].equals("hardwood")
              ? peers.hardwood(url, row, columns, cold)
              : peers.parquetJava(url, row, columns, cold);
      System.out.println("ok " + bytes + " " + (System.nanoTime() - start) / 1e6);
    }
  }

  private long hardwood(URI url, int row, String[] columns, boolean cold) throws IOException {
    if (cold || hardwood == null) {
      if (hardwood != null) hardwood.close();
      hardwood = dev.hardwood.reader.ParquetFileReader.open(new Input(url));
    }
    // The middle of a row group decides.
    long start = 4;
    for (int i = 0; i < row; i++) start += size(hardwood.getFileMetaData().rowGroups().get(i));
    long end = start + size(hardwood.getFileMetaData().rowGroups().get(row));
    long bytes = 0;
    try (ColumnReaders readers =
        hardwood
            .buildColumnReaders(ColumnProjection.columns(columns))
            .filter(RowGroupPredicate.byteRange(start, end))
            .batchSize(1)
            .build()) {
      while (readers.nextBatch()) {
        for (String column : columns) {
          for (byte[] value : readers.getColumnReader(column).getBinaries()) bytes += value.length;
        }
      }
    }
    return bytes;
  }

  private static long size(dev.hardwood.metadata.RowGroup group) {
    return group.columns().stream().mapToLong(c -> c.metaData().totalCompressedSize()).sum();
  }

  private static final class Input implements InputFile {
    private final URI url;
    private final HttpFile file;

    Input(URI url) {
      this.url = url;
      file = new HttpFile(url);
    }

    @Override
    public void open() throws IOException {
      file.open();
    }

    @Override
    public ByteBuffer readRange(long offset, int length) throws IOException {
      return file.read(offset, length);
    }

    @Override
    public long length() {
      return file.length();
    }

    @Override
    public String name() {
      return url.toString();
    }

    @Override
    public void close() {}
  }

  private long parquetJava(URI url, int row, String[] columns, boolean cold) throws IOException {
    HttpFile file = new HttpFile(url);
    org.apache.parquet.io.InputFile input =
        new org.apache.parquet.io.InputFile() {
          @Override
          public long getLength() {
            return file.length();
          }

          @Override
          public SeekableInputStream newStream() {
            return stream(file);
          }
        };
    ParquetReadOptions options =
        HadoopReadOptions.builder(new org.apache.hadoop.conf.Configuration(false))
            .withUseHadoopVectoredIo(true)
            .build();
    if (cold || footer == null) {
      file.open();
      try (ParquetFileReader reader = ParquetFileReader.open(input, options)) {
        footer = reader.getFooter();
      }
    }
    long bytes = 0;
    try (ParquetFileReader reader = new ParquetFileReader(input, footer, options, stream(file))) {
      List<ColumnDescriptor> wanted = new ArrayList<>();
      for (String column : columns) {
        wanted.add(footer.getFileMetaData().getSchema().getColumnDescription(new String[] {column}));
      }
      reader.setRequestedSchema(wanted);
      PageReadStore group = reader.readRowGroup(row);
      for (ColumnDescriptor column : wanted) {
        DataPage page = group.getPageReader(column).readPage();
        bytes += page.getUncompressedSize();
      }
    }
    return bytes;
  }

  private static SeekableInputStream stream(HttpFile file) {
    return new DelegatingSeekableInputStream(
        new java.io.InputStream() {
          @Override
          public int read() {
            throw new UnsupportedOperationException("not by single bytes");
          }
        }) {
      private long at;

      @Override
      public long getPos() {
        return at;
      }

      @Override
      public void seek(long position) {
        at = position;
      }

      @Override
      public int read() throws IOException {
        return file.read(at++, 1).get() & 0xFF;
      }

      @Override
      public void readFully(byte[] bytes, int start, int length) throws IOException {
        if (at + length > file.length() && file.length() > 0) throw new EOFException();
        file.read(at, length).get(bytes, start, length);
        at += length;
      }

      @Override
      public void readFully(byte[] bytes) throws IOException {
        readFully(bytes, 0, bytes.length);
      }

      @Override
      public int read(byte[] bytes, int start, int length) throws IOException {
        readFully(bytes, start, length);
        return length;
      }

      @Override
      public void readFully(ByteBuffer buffer) throws IOException {
        int length = buffer.remaining();
        buffer.put(file.read(at, length));
        at += length;
      }

      @Override
      public int read(ByteBuffer buffer) throws IOException {
        int length = buffer.remaining();
        readFully(buffer);
        return length;
      }

      @Override
      public boolean readVectoredAvailable(ByteBufferAllocator allocator) {
        return true;
      }

      @Override
      public void readVectored(List<ParquetFileRange> ranges, ByteBufferAllocator allocator) {
        for (ParquetFileRange range : ranges) {
          range.setDataReadFuture(
              CompletableFuture.supplyAsync(
                  () -> {
                    try {
                      return file.read(range.getOffset(), range.getLength());
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  }));
        }
      }
    };
  }
}
