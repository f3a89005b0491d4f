package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.range.FileVersion;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.testkit.process.ChildJvm;
import io.earthembed.vector.Vectors;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

/** A local file that is changed between two looks at it never ends the process. */
class ChangingChunkTest {
  private static final int ROWS = 60;
  private static final int DIMENSION = 20;

  /** Of the page that the file claims, and of the page that its bytes become. */
  private static final int SHORT = 5000;

  private static final int LONG = 1 << 24;

  @TempDir Path folder;

  private static Path write(Path file, CompressionCodec codec, int plain, byte[] packed)
      throws Exception {
    PageHeader header = new PageHeader(PageType.DATA_PAGE, plain, packed.length);
    header.setData_page_header(
        new DataPageHeader(ROWS * DIMENSION, Encoding.PLAIN, Encoding.RLE, Encoding.RLE));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[4]);
    Util.writePageHeader(header, out);
    out.write(packed);
    return Files.write(file, out.toByteArray());
  }

  private static EmbeddingColumn column(Path file, CompressionCodec codec) {
    FileRanges source = new FileRanges(file, new Counters());
    FileVersion version = source.tail(0).version();
    Chunk chunk =
        new Chunk(
            new Column("embedding", Type.FLOAT, 0, 1, 0),
            4,
            (int) version.length() - 4,
            ROWS * DIMENSION,
            codec,
            null);
    Footer footer = new Footer(file.toString(), version, List.of(), Map.of(), Map.of(), Map.of());
    return new EmbeddingColumn(
        file.toString(),
        chunk,
        ChunkReader.read(source, footer, chunk),
        DIMENSION,
        ROWS,
        0,
        new BitSet(),
        null);
  }

  private static String decode(EmbeddingColumn column) {
    try {
      column.decode(column.slices(Long.MAX_VALUE).get(0), Vectors.allocate(ROWS, DIMENSION), 0, 1);
      return "read";
    } catch (EarthEmbedException e) {
      return "refused";
    }
  }

  /** Decodes a page while its first bytes alternately claim that it is short and long. */
  static final class Rewritten {
    public static void main(String[] args) throws Exception {
      Path file = Path.of(args[0]);
      byte[] packed = Snappy.compress(new byte[LONG]);
      write(file, CompressionCodec.SNAPPY, SHORT, packed);
      long at = Files.size(file) - packed.length;
      // Lengths are in groups of seven bits, and may be longer than need be.
      byte[] brief = {(byte) (0x80 | SHORT & 0x7F), (byte) (0x80 | SHORT >> 7), (byte) 0x80, 0};
      byte[] vast = {(byte) 0x80, (byte) 0x80, (byte) 0x80, LONG >> 21};
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer shared = channel.map(FileChannel.MapMode.READ_WRITE, at, 4);
        shared.put(0, brief);
        Thread writer =
            new Thread(
                () -> {
                  while (true) {
                    shared.put(0, vast);
                    shared.put(0, brief);
                  }
                });
        writer.setDaemon(true);
        writer.start();
        for (int i = 0; i < 3000; i++) {
          if (!decode(column(file, CompressionCodec.SNAPPY)).equals("refused")) System.exit(2);
        }
      }
    }
  }

  /** Cuts a file after a page was located and before it is decoded. */
  static final class Cut {
    public static void main(String[] args) throws Exception {
      Path file = Path.of(args[0]);
      CompressionCodec codec = CompressionCodec.valueOf(args[1]);
      byte[] plain = new byte[4 + 2 + 4 * ROWS * DIMENSION];
      write(file, codec, plain.length, new byte[100_000]);
      EmbeddingColumn column = column(file, codec);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
      System.out.println(decode(column));
    }
  }

  @Test
  void aLengthThatChangesIsReadOnce() {
    ChildJvm.withMemory(256, 256, 1500)
        .run(Rewritten.class, folder.resolve("file").toString())
        .requireSuccess();
  }

  @ParameterizedTest
  @EnumSource(names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZ4", "LZ4_RAW", "ZSTD"})
  void aFileThatIsCutIsRefused(CompressionCodec codec) {
    String said =
        ChildJvm.withMemory(64, 64, 900)
            .run(Cut.class, folder.resolve("file").toString(), codec.name())
            .requireSuccess()
            .output();
    assertEquals("refused", said.strip());
  }
}
