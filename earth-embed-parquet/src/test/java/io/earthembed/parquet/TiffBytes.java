package io.earthembed.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;

/** A TIFF made field by field, in forms that other writers have no option for. */
final class TiffBytes {
  static final int BYTE = 1;
  static final int ASCII = 2;
  static final int SHORT = 3;
  static final int LONG = 4;
  static final int DOUBLE = 12;

  private record Field(int type, double[] values) {}

  private final ByteOrder order;
  private final ByteArrayOutputStream blocks = new ByteArrayOutputStream();
  private final Map<Integer, Field> fields = new TreeMap<>();

  private TiffBytes(ByteOrder order) {
    this.order = order;
  }

  /** Starts a picture of one band without blocks. */
  static TiffBytes of(ByteOrder order, int width, int height, int bits, int compression) {
    return new TiffBytes(order)
        .field(256, SHORT, width)
        .field(257, SHORT, height)
        .field(258, SHORT, bits)
        .field(259, SHORT, compression)
        .field(262, SHORT, 1);
  }

  /** Sets a field, or removes it if it has no values. */
  TiffBytes field(int tag, int type, double... values) {
    if (values.length == 0) fields.remove(tag);
    else fields.put(tag, new Field(type, values));
    return this;
  }

  TiffBytes text(int tag, String text) {
    return field(tag, ASCII, (text + "\0").chars().asDoubleStream().toArray());
  }

  /** Adds strips and their places and sizes. */
  TiffBytes strips(byte[]... strips) {
    double[] places = new double[strips.length];
    double[] sizes = new double[strips.length];
    for (int i = 0; i < strips.length; i++) {
      places[i] = 8 + blocks.size();
      sizes[i] = strips[i].length;
      blocks.writeBytes(strips[i]);
    }
    return field(273, LONG, places).field(279, LONG, sizes);
  }

  /** Adds GeoTIFF's tags: square pixels of 10 m, and keys with their values. */
  TiffBytes placed(int... keys) {
    double[] directory = new double[4 + 2 * keys.length];
    directory[0] = 1;
    directory[1] = 1;
    directory[3] = keys.length / 2;
    for (int i = 0; i < keys.length; i += 2) {
      directory[4 + 2 * i] = keys[i];
      directory[6 + 2 * i] = 1;
      directory[7 + 2 * i] = keys[i + 1];
    }
    return field(33550, DOUBLE, 10, 10, 0)
        .field(33922, DOUBLE, 0, 0, 0, 500_000, 6_000_000, 0)
        .field(34735, SHORT, directory);
  }

  /** Compresses a block: 5, 8, 32946, 32773, 50000, or not at all. */
  static byte[] pack(int compression, byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    switch (compression) {
      case 5 -> {
        // Each byte as a code of 9 bits; the table is cleared before codes grow.
        long held = 256;
        int bits = 9;
        for (int i = 0; i <= plain.length; i++) {
          if (i > 0 && i % 100 == 0) {
            held = held << 9 | 256;
            bits += 9;
          }
          held = held << 9 | (i < plain.length ? plain[i] & 0xFF : 257);
          bits += 9;
          for (; bits >= 8; bits -= 8) packed.write((int) (held >> (bits - 8)));
        }
        packed.write((int) (held << (8 - bits)));
      }
      case 8, 32946 -> {
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(packed)) {
          deflate.write(plain);
        }
      }
      case 32773 -> {
        for (int at = 0; at < plain.length; at += 128) {
          int run = Math.min(128, plain.length - at);
          packed.write(run - 1);
          packed.write(plain, at, run);
          packed.write(-128);
        }
      }
      case 50000 -> packed.writeBytes(Zstd.compress(plain));
      default -> packed.writeBytes(plain);
    }
    return packed.toByteArray();
  }

  byte[] bytes() {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    int start = 8 + blocks.size();
    ByteBuffer directory = ByteBuffer.allocate(6 + 12 * fields.size()).order(order);
    directory.putShort((short) fields.size());
    int valuesAt = start + directory.capacity();
    fields.forEach(
        (tag, field) -> {
          byte[] raw = raw(field);
          directory.putShort((short) (int) tag).putShort((short) field.type());
          directory.putInt(field.values().length);
          if (raw.length <= 4) {
            directory.put(raw).position(directory.position() + 4 - raw.length);
          } else {
            directory.putInt(valuesAt + values.size());
            values.writeBytes(raw);
          }
        });
    return ByteBuffer.allocate(valuesAt + values.size())
        .order(order)
        .put(order == ByteOrder.LITTLE_ENDIAN ? new byte[] {'I', 'I'} : new byte[] {'M', 'M'})
        .putShort((short) 42)
        .putInt(start)
        .put(blocks.toByteArray())
        .put(directory.array())
        .put(values.toByteArray())
        .array();
  }

  private byte[] raw(Field field) {
    ByteBuffer raw = ByteBuffer.allocate(8 * field.values().length).order(order);
    for (double value : field.values()) {
      switch (field.type()) {
        case SHORT -> raw.putShort((short) (int) value);
        case LONG -> raw.putInt((int) (long) value);
        case DOUBLE -> raw.putDouble(value);
        default -> raw.put((byte) (int) value);
      }
    }
    byte[] bytes = new byte[raw.position()];
    raw.flip().get(bytes);
    return bytes;
  }
}
