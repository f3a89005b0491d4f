package io.earthembed.base.image;

import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Writes rasters as GeoTIFF (TIFF 6.0, OGC 19-008r4): little-endian, in deflated strips. The JDK's
 * TIFF encoder is not used, because it cuts off long strips that deflate makes larger. Safe for
 * many threads.
 */
public final class GeoTiffWriter {
  /** Bytes of a strip before compression, unless a row has more. */
  private static final int STRIP = 1 << 15;

  /** TIFF's field types. */
  private static final int SHORT = 3;

  private static final int LONG = 4;
  private static final int DOUBLE = 12;

  private static final int HEADER = 8;
  private static final int MAGIC = 42;

  private final Raster raster;
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  /** The directory: its fields, of 12 bytes each, in the order of their tags. */
  private final ByteBuffer fields = little(12 * 14);

  private GeoTiffWriter(Raster raster) {
    this.raster = raster;
  }

  /**
   * Returns the bytes of a file.
   *
   * @param raster one or three bands of any type; its georeference is written if it has one
   * @throws IllegalArgumentException if it has another number of bands, or a georeference with an
   *     EPSG code that GeoTIFF cannot store
   */
  public static byte[] write(Raster raster) {
    if (raster.bands() != 1 && raster.bands() != 3) {
      throw new IllegalArgumentException("raster must have 1 or 3 bands: " + raster);
    }
    return new GeoTiffWriter(raster).write();
  }

  private byte[] write() {
    file.writeBytes(new byte[HEADER]);
    int row = raster.width() * raster.bands() * raster.type().bytes();
    int rows = Math.max(1, Math.min(raster.height(), STRIP / row));
    int strips = (raster.height() + rows - 1) / rows;
    int[] offsets = new int[strips];
    int[] sizes = new int[strips];
    writeStrips(rows * row, offsets, sizes);
    boolean real = raster.type() == SampleType.FLOAT32;
    boolean color = raster.bands() == 3;
    add(256, LONG, raster.width());
    add(257, LONG, raster.height());
    add(258, SHORT, ofEachBand(8 * raster.type().bytes()));
    add(259, SHORT, 8); // compression: deflate
    add(262, SHORT, color ? 2 : 1); // photometric interpretation: RGB, or black is zero
    add(273, LONG, offsets);
    add(277, SHORT, raster.bands());
    add(278, LONG, rows);
    add(279, LONG, sizes);
    add(284, SHORT, 1); // planar configuration: the bands of a pixel side by side
    add(339, SHORT, ofEachBand(real ? 3 : 1)); // sample format: IEEE 754, or unsigned
    GeoReference place = raster.reference();
    if (place != null) addPlace(place);
    align();
    int directory = file.size();
    fields.flip();
    file.writeBytes(little(2).putShort((short) (fields.remaining() / 12)).array());
    file.write(fields.array(), 0, fields.remaining());
    file.writeBytes(new byte[4]); // no other directory
    byte[] bytes = file.toByteArray();
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.put((byte) 'I').put((byte) 'I').putShort((short) MAGIC).putInt(directory);
    return bytes;
  }

  private int[] ofEachBand(int value) {
    int[] values = new int[raster.bands()];
    Arrays.fill(values, value);
    return values;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void writeStrips(int strip, int[] offsets, int[] sizes) {
    ByteBuffer samples = raster.data();
    ByteBuffer plain = little(strip);
    byte[] packed = new byte[STRIP];
    Deflater deflater = new Deflater();
    try {
      for (int i = 0; i < offsets.length; i++) {
        int bytes = Math.min(strip, samples.remaining());
        copy(samples.slice(samples.position(), bytes).order(ByteOrder.nativeOrder()), plain);
        samples.position(samples.position() + bytes);
        offsets[i] = file.size();
        deflater.reset();
        deflater.setInput(plain.array(), 0, bytes);
        deflater.finish();
        while (!deflater.finished()) file.write(packed, 0, deflater.deflate(packed));
        sizes[i] = file.size() - offsets[i];
      }
    } finally {
      deflater.end();
    }
  }

  /** Copies samples, which are in native byte order. */
  private void copy(ByteBuffer from, ByteBuffer to) {
    to.clear();
    switch (raster.type()) {
      case UINT8 -> to.put(from);
      case UINT16 -> to.asShortBuffer().put(from.asShortBuffer());
      case FLOAT32 -> to.asIntBuffer().put(from.asIntBuffer());
    }
  }

  private void addPlace(GeoReference place) {
    if (place.epsg() < 1024 || place.epsg() > 32_766) {
      throw new IllegalArgumentException("GeoTIFF has no EPSG code " + place.epsg());
    }
    addReals(33_550, place.pixelSize(), place.pixelSize(), 0); // scale
    addReals(33_922, 0, 0, 0, place.west(), place.north(), 0); // tie point
    int[][] keys = {
      {1, 1, 0, 4}, // version, and how many keys follow
      {1024, 0, 1, 1}, // model: projected
      {1025, 0, 1, 1}, // raster: a pixel is an area
      {3072, 0, 1, place.epsg()},
      {3076, 0, 1, 9001} // linear unit: metre
    };
    add(34_735, SHORT, Arrays.stream(keys).flatMapToInt(Arrays::stream).toArray());
  }

  /** Adds a field of numbers. */
  private void add(int tag, int type, int... numbers) {
    ByteBuffer values = little((type == SHORT ? 2 : 4) * numbers.length);
    for (int number : numbers) {
      if (type == SHORT) values.putShort((short) number);
      else values.putInt(number);
    }
    add(tag, type, numbers.length, values);
  }

  private void addReals(int tag, double... numbers) {
    ByteBuffer values = little(8 * numbers.length);
    for (double number : numbers) values.putDouble(number);
    add(tag, DOUBLE, numbers.length, values);
  }

  /** Adds a field. Values of more than 4 bytes are outside the directory. */
  private void add(int tag, int type, int count, ByteBuffer values) {
    fields.putShort((short) tag).putShort((short) type).putInt(count);
    if (values.capacity() <= 4) {
      fields.put(Arrays.copyOf(values.array(), 4));
      return;
    }
    align();
    fields.putInt(file.size());
    file.writeBytes(values.array());
  }

  /** Offsets of values and directories are even. */
  private void align() {
    if (file.size() % 2 != 0) file.write(0);
  }
}
