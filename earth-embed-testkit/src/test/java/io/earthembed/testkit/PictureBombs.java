package io.earthembed.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.earthembed.common.InvalidInputException;
import io.earthembed.image.codec.ImageFiles;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Small files that ask for much memory or time; {@link PictureBombsTest} runs it under limits. */
final class PictureBombs {
  private static final int SIDE = 10_000;

  private PictureBombs() {}

  public static void main(String[] args) {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    bombs.put("PNG of a header", png(SIDE, SIDE, 16, 6, new byte[0], new byte[0]));
    bombs.put("PNG with few pixels", png(SIDE, SIDE, 16, 6, deflated(100_000), new byte[0]));
    bombs.put("interlaced PNG", png(SIDE, SIDE, 16, 6, deflated(1000), new byte[] {1}));
    bombs.put("wide PNG", png(100_000_000, 1, 16, 6, deflated(100_000_000), new byte[0]));
    bombs.put(
        "PNG of 2^31 pixels",
        png(Integer.MAX_VALUE, Integer.MAX_VALUE, 8, 2, new byte[0], new byte[0]));
    bombs.put("GIF screen", gif(65_535, 1_500, 1, 1));
    bombs.put("GIF frame", gif(1, 1, 65_535, 1_500));
    bombs.put("GIF beyond the limit", gif(65_535, 65_535, 65_535, 65_535));
    for (int bits : new int[] {1, 8, 16, 24, 32}) {
      bombs.put("BMP of " + bits + " bits", bmp(SIDE, SIDE, bits, 0));
    }
    bombs.put("BMP of run lengths", bmp(SIDE, SIDE, 8, 1));
    bombs.put("BMP upside down", bmp(SIDE, -SIDE, 8, 1));
    bombs.put("BMP of the least height", bmp(SIDE, Integer.MIN_VALUE, 24, 0));
    bombs.put("BMP of a negative width", bmp(-1, SIDE, 24, 0));
    bombs.put("JPEG", jpeg(0xC0, 65_500, 1_500, 1));
    bombs.put("progressive JPEG", jpeg(0xC2, 65_500, 1_500, 1));
    bombs.put("JPEG of many scans", jpeg(0xC2, 2_000, 2_000, 30_000));
    bombs.forEach(PictureBombs::requireRefused);
    requireRead();
  }

  private static void requireRefused(String name, byte[] file) {
    long begin = System.nanoTime();
    try {
      ImageFiles.decode(file, name);
      throw new AssertionError(name + " was read");
    } catch (InvalidInputException e) {
      System.out.println((System.nanoTime() - begin) / 1_000_000 + " ms: " + e.getMessage());
    }
  }

  /** Unneeded chunks are skipped unread, regardless of their unpacked size. */
  private static void requireRead() {
    byte[] text = deflated(500_000_000);
    byte[] large = new byte[text.length + 16];
    System.arraycopy(text, 0, large, 10, text.length);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    byte[] whole = png(3, 1, 8, 0, deflated(4), new byte[0]);
    file.write(whole, 0, 33); // signature and header
    for (String name : new String[] {"iCCP", "zTXt", "iTXt", "eXIf"}) {
      file.writeBytes(chunk(name, large));
    }
    file.write(whole, 33, whole.length - 33);
    if (ImageFiles.decode(file.toByteArray(), "texts").width() != 3) throw new AssertionError();
  }

  private static byte[] deflated(int zeros) {
    Deflater deflater = new Deflater(9);
    byte[] block = new byte[1 << 16];
    byte[] out = new byte[1 << 16];
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    int given = 0;
    while (!deflater.finished()) {
      if (deflater.needsInput() && given < zeros) {
        int next = Math.min(block.length, zeros - given);
        deflater.setInput(block, 0, next);
        given += next;
      } else if (given == zeros) {
        deflater.finish();
      }
      packed.write(out, 0, deflater.deflate(out));
    }
    deflater.end();
    return packed.toByteArray();
  }

  private static byte[] chunk(String name, byte[] content) {
    byte[] letters = name.getBytes(ISO_8859_1);
    CRC32 crc = new CRC32();
    crc.update(letters);
    crc.update(content);
    return ByteBuffer.allocate(12 + content.length)
        .putInt(content.length)
        .put(letters)
        .put(content)
        .putInt((int) crc.getValue())
        .array();
  }

  private static byte[] png(
      int width, int height, int depth, int color, byte[] pixels, byte[] interlaced) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) depth).put((byte) color).put((byte) 0).put((byte) 0);
    header.put((byte) interlaced.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("\u0089PNG\r\n\u001A\n".getBytes(ISO_8859_1));
    out.writeBytes(chunk("IHDR", header.array()));
    out.writeBytes(chunk("IDAT", pixels));
    out.writeBytes(chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  /** Returns a GIF whose frame has only the end code. */
  private static byte[] gif(int width, int height, int frameWidth, int frameHeight) {
    return ByteBuffer.allocate(34)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("GIF89a".getBytes(ISO_8859_1))
        .putShort((short) width)
        .putShort((short) height)
        .put(new byte[] {0, 0, 0, ',', 0, 0, 0, 0})
        .putShort((short) frameWidth)
        .putShort((short) frameHeight)
        .put(new byte[] {0, 2, 2, 0x4C, 1, 0, ';'})
        .array();
  }

  private static byte[] bmp(int width, int height, int bits, int compression) {
    return ByteBuffer.allocate(62)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("BM".getBytes(ISO_8859_1))
        .putInt(62)
        .putInt(0)
        .putInt(54)
        .putInt(40)
        .putInt(width)
        .putInt(height)
        .putShort((short) 1)
        .putShort((short) bits)
        .putInt(compression)
        .position(46)
        .putInt(bits <= 8 ? 1 : 0)
        .position(58)
        .putInt(0x0100)
        .array();
  }

  private static byte[] jpeg(int frame, int width, int height, int scans) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) frame, 0, 11, 8});
    out.writeBytes(ByteBuffer.allocate(4).putShort((short) height).putShort((short) width).array());
    out.writeBytes(new byte[] {1, 1, 0x11, 0});
    for (int i = 0; i < scans; i++) {
      out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0});
    }
    out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD9});
    return out.toByteArray();
  }
}
