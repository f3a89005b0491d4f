package io.earthembed.parquet;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GridCell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Any bytes as a file of a metadata index, with right checksums. For {@link FuzzTest}. */
public final class IndexFuzz {
  private static final int SECTIONS = 17;

  private IndexFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Path file = Files.createTempFile("index", "");
    try {
      Files.write(file, withChecksums(data));
      MetadataIndex index = MetadataIndex.open(file);
      for (int i = 0; i < Math.min(50, index.size()); i++) {
        try {
          MetadataIndex.Entry entry = index.entry(i);
          index.find(entry.cell(), entry.productId());
          index.ofProduct(entry.productId());
        } catch (EarthEmbedException e) {
          // The next entry may be whole.
        }
      }
      index.ofCell(new GridCell(1, 1));
      index.ofProduct("product");
    } catch (EarthEmbedException e) {
      // As it should be.
    } finally {
      Files.delete(file);
    }
  }

  /** Adds valid checksums, as an attacker can. */
  private static byte[] withChecksums(byte[] data) {
    int size = 8 + 24 * SECTIONS;
    if (data.length < size + 8) return data;
    byte[] right = data.clone();
    ByteBuffer header = ByteBuffer.wrap(right).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < SECTIONS; i++) {
      long from = header.getLong(8 + 24 * i);
      long bytes = header.getLong(16 + 24 * i);
      if (from < 0 || bytes < 0 || from > right.length - bytes) continue;
      header.putLong(24 + 24 * i, crc(right, (int) from, (int) bytes));
    }
    header.putLong(size, crc(right, 0, size));
    return right;
  }

  private static long crc(byte[] data, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(data, from, length);
    return crc.getValue();
  }
}
