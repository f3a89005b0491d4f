package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.common.CorruptDataException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jpountz.lz4.LZ4Factory;
import org.apache.parquet.format.CompressionCodec;
import org.junit.jupiter.api.Test;

class CodecsTest {
  private static byte[] plain() {
    byte[] plain = new byte[10_000];
    Random random = new Random(3);
    for (int i = 0; i < plain.length; i++) plain[i] = (byte) random.nextInt(4);
    return plain;
  }

  private static byte[] bare(byte[] plain, int from, int to) {
    return LZ4Factory.safeInstance().fastCompressor().compress(plain, from, to - from);
  }

  /** As Hadoop's BlockCompressorStream writes: blocks, and in each of them pieces. */
  private static byte[] framed(byte[] plain, int[][] blocks) {
    ByteBuffer out = ByteBuffer.allocate(2 * plain.length);
    int at = 0;
    for (int[] pieces : blocks) {
      out.putInt(Arrays.stream(pieces).sum());
      for (int piece : pieces) {
        byte[] packed = bare(plain, at, at + piece);
        out.putInt(packed.length).put(packed);
        at += piece;
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static byte[] unpack(CompressionCodec codec, byte[] packed, int length) {
    return Codecs.decompress(codec, packed, length, "file", 7);
  }

  @Test
  void lz4OfEveryFraming() {
    byte[] plain = plain();
    byte[] bare = bare(plain, 0, plain.length);
    assertArrayEquals(plain, unpack(CompressionCodec.LZ4_RAW, bare, plain.length));
    assertArrayEquals(plain, unpack(CompressionCodec.LZ4, bare, plain.length), "an old file");
    for (int[][] blocks :
        new int[][][] {{{10_000}}, {{6000}, {4000}}, {{1000, 5000}, {3000, 900, 100}}}) {
      byte[] framed = framed(plain, blocks);
      assertArrayEquals(plain, unpack(CompressionCodec.LZ4, framed, plain.length));
      assertThrows(
          CorruptDataException.class,
          () -> unpack(CompressionCodec.LZ4, framed, plain.length - 1),
          "too long");
      assertThrows(
          CorruptDataException.class,
          () -> unpack(CompressionCodec.LZ4, framed, plain.length + 1),
          "too short");
    }
  }

  @Test
  void damagedLz4IsRefusedOrDecoded() {
    byte[] plain = plain();
    byte[] framed = framed(plain, new int[][] {{1000, 5000}, {3000, 900, 100}});
    Random random = new Random(4);
    int refused = 0;
    for (int i = 0; i < 5000; i++) {
      byte[] bad = i % 2 == 0 ? framed.clone() : Arrays.copyOf(framed, random.nextInt(6000));
      if (bad.length > 0) bad[random.nextInt(Math.min(bad.length, framed.length))] = (byte) i;
      try {
        unpack(i % 3 == 0 ? CompressionCodec.LZ4_RAW : CompressionCodec.LZ4, bad, plain.length);
      } catch (CorruptDataException e) {
        refused++;
      }
    }
    if (refused < 1000) throw new AssertionError("damage is noticed: " + refused);
  }
}
