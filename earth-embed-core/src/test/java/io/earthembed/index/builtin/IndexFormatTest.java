package io.earthembed.index.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.PersistentIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of an index is enough to open it, and has its label; hostile ones are refused. */
class IndexFormatTest {
  private static final IndexLabel LABEL = new IndexLabel("siglip 1", "a folder, ü", "0123abcd");

  @TempDir Path folder;

  private static ExactIndex exact(int rows) {
    ExactIndex index = new ExactIndex(2, Metric.L2);
    for (int i = 0; i < rows; i++) index.add(Vectors.of(new float[] {i, 1}));
    return index;
  }

  @Test
  void opensEitherKindWithItsLabel() {
    Path file = folder.resolve("one");
    try (ExactIndex index = exact(3)) {
      index.label(LABEL);
      index.save(file);
    }
    try (PersistentIndex index = IndexFiles.open(file)) {
      assertInstanceOf(ExactIndex.class, index);
      assertEquals(3, index.size());
      assertEquals(LABEL, index.label());
      assertEquals(2, index.search(new float[] {2, 1}, 1).ordinal(0));
    }
    Path manifest = folder.resolve("many");
    try (ShardedIndex index = ShardedIndex.of(List.of(exact(2), exact(1)))) {
      assertEquals(IndexLabel.NONE, index.label());
      index.label(LABEL);
      index.save(manifest);
    }
    try (PersistentIndex index = IndexFiles.open(manifest)) {
      assertInstanceOf(ShardedIndex.class, index);
      assertEquals(3, index.size());
      assertEquals(LABEL, index.label());
    }
    // Shards of shards.
    Path outer = folder.resolve("outer");
    ShardedIndex.create(outer, List.of(manifest, file), IndexFiles::open).close();
    try (PersistentIndex index = IndexFiles.open(outer)) {
      assertEquals(6, index.size());
      assertEquals(new IndexLabel("siglip 1", ""), index.label());
    }
    assertEquals("earth-embed-core", IndexFiles.module(outer));
  }

  /** Files without a label equal those of earlier versions, byte by byte. */
  @Test
  void readsFilesOfEarlierVersions() throws IOException {
    ByteBuffer old = ByteBuffer.allocate(24 + 2 * 4 + 8);
    old.putLong(0x65656D62_45584158L).putInt(2).putInt(Metric.L2.ordinal()).putLong(1);
    old.putFloat(0).putFloat(1);
    CRC32 crc = new CRC32();
    crc.update(old.array(), 0, old.position());
    old.putLong(crc.getValue());
    Path file = Files.write(folder.resolve("old"), old.array());
    try (PersistentIndex index = IndexFiles.open(file)) {
      assertEquals(1, index.size());
      assertEquals(IndexLabel.NONE, index.label());
      index.save(folder.resolve("new"));
    }
    assertEquals(-1, Files.mismatch(file, folder.resolve("new")));
    try (ShardedIndex index = ShardedIndex.load(old("1 old"), ExactIndex::load)) {
      assertEquals(IndexLabel.NONE, index.label());
    }
  }

  private Path old(String shard) throws IOException {
    String text = "earth-embed sharded index 1\n0\n" + shard + "\n";
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Files.writeString(
        folder.resolve("manifest"), text + Long.toHexString(crc.getValue()) + "\n");
  }

  @Test
  void refusesShardsOfTwoModels() {
    ExactIndex first = exact(1);
    ExactIndex second = exact(1);
    first.label(new IndexLabel("siglip 1", "a"));
    second.label(new IndexLabel("dino 2", "a"));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> ShardedIndex.of(List.of(first, second)).close());
    assertTrue(
        String.valueOf(e.getMessage()).contains("siglip 1")
            && String.valueOf(e.getMessage()).contains("dino 2"));
    second.label(IndexLabel.NONE);
    try (ShardedIndex index = ShardedIndex.of(List.of(first, second))) {
      assertEquals("siglip 1", index.label().model());
    }
  }

  /** A manifest that is its own shard, and a ring of two. */
  @Test
  void endsWhereShardsNameThemselves() throws IOException {
    Path ring = old("1 manifest");
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> IndexFiles.open(ring).close());
    assertTrue(e.getMessage().contains("shards within shards"), e.getMessage());
    assertEquals("", IndexFiles.module(ring));
  }

  @Test
  void saysWhatToDoWhereNoKindFits() throws IOException {
    Path file = Files.writeString(folder.resolve("junk"), "junk");
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> IndexFiles.open(file).close());
    assertTrue(e.getMessage().contains("io.earthembed:earth-embed-faiss"), e.getMessage());
    assertEquals("", IndexFiles.module(file));
    assertThrows(EarthEmbedException.class, () -> IndexFiles.open(folder).close());
    assertThrows(EarthEmbedException.class, () -> IndexFiles.open(folder.resolve("no")).close());
  }

  private static byte[] header(
      long magic, int dimension, int metric, long rows, int label, byte[] rest) {
    ByteBuffer bytes = ByteBuffer.allocate(28 + rest.length + 8);
    bytes.putLong(magic).putInt(dimension).putInt(metric).putLong(rows);
    if (magic != 0x65656D62_45584158L) bytes.putInt(label);
    bytes.put(rest);
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), 0, bytes.position());
    bytes.putLong(crc.getValue()).flip();
    byte[] file = new byte[bytes.limit()];
    bytes.get(file);
    return file;
  }

  /**
   * Each file claims more than its bytes, or the impossible; the first has no rows, and is valid.
   */
  @Test
  void holdsCountsAgainstBytes() throws IOException {
    long plain = 0x65656D62_45584158L;
    long labeled = 0x65656D62_45584159L;
    try (ExactIndex index =
        ExactIndex.load(
            Files.write(
                folder.resolve("empty"), header(plain, 500_000_000, 0, 0, 0, new byte[0])))) {
      assertEquals(0, index.size());
      index.save(folder.resolve("again"));
    }
    List<byte[]> hostile =
        List.of(
            header(plain, 1 << 30, 0, 0, 0, new byte[0]),
            header(plain, Integer.MAX_VALUE, 0, 0, 0, new byte[0]),
            header(plain, 1 << 20, 0, 1, 0, new byte[8]),
            header(plain, 1 << 20, 0, 1L << 43, 0, new byte[0]),
            header(plain, 2, 3, 1, 0, new byte[8]),
            header(plain, 2, -1, 1, 0, new byte[8]),
            header(plain, 0, 0, 0, 0, new byte[0]),
            header(plain, -2, 0, 0, 0, new byte[0]),
            header(labeled, 2, 0, 1, -1, new byte[8]),
            header(labeled, 2, 0, 1, 1 << 30, new byte[8]),
            header(labeled, 2, 0, 0, 4, "abcd".getBytes(StandardCharsets.UTF_8)),
            header(labeled, 2, 0, 0, 3, new byte[3]));
    for (byte[] bytes : hostile) {
      Path file = Files.write(folder.resolve("hostile"), bytes);
      assertThrows(CorruptDataException.class, () -> ExactIndex.load(file).close());
    }
  }

  @Test
  void labelsHaveNoCharacterThatSeparates() {
    for (String text : List.of("a", "a\0b\0c\0d", "")) {
      assertThrows(IllegalArgumentException.class, () -> IndexLabel.parse(text));
    }
    assertThrows(IllegalArgumentException.class, () -> new IndexLabel("a\0", "b"));
    assertThrows(IllegalArgumentException.class, () -> new IndexLabel("a", "b", "\0"));
    assertEquals(LABEL, IndexLabel.parse(LABEL.text()));
    assertEquals(new IndexLabel("a", "b"), IndexLabel.parse(new IndexLabel("a", "b").text()));
  }
}
