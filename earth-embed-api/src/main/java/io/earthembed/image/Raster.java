package io.earthembed.image;

import io.earthembed.geo.GeoPoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pixels: height x width x bands samples, row by row, with the bands of a pixel side by side, in a
 * heap or direct buffer of native byte order; and what is known of them, {@link #reference} and
 * {@link #acquisition}. {@link #set} and {@link #samples} allow writing. Reads are safe from many
 * threads if no thread writes.
 */
public final class Raster {
  private final int height;
  private final int width;
  private final int bands;
  private final SampleType type;
  private final ByteBuffer data;
  private final @Nullable GeoReference reference;
  private final Acquisition stated;

  private Raster(
      int height,
      int width,
      int bands,
      SampleType type,
      ByteBuffer data,
      @Nullable GeoReference reference,
      Acquisition stated) {
    this.height = height;
    this.width = width;
    this.bands = bands;
    this.type = type;
    this.data = data;
    this.reference = reference;
    this.stated = stated;
  }

  /**
   * Creates a raster of zeros on the heap.
   *
   * @param height rows, at least 1
   * @param width columns, at least 1
   * @param bands at least 1
   * @param type type of a sample
   * @throws IllegalArgumentException if the raster needs more than 2^31 - 1 bytes
   */
  public static Raster allocate(int height, int width, int bands, SampleType type) {
    return wrap(
        height, width, bands, type, ByteBuffer.allocate(byteCount(height, width, bands, type)));
  }

  /**
   * Wraps a buffer without copying it.
   *
   * @param data native byte order; its remaining bytes are exactly the samples
   */
  public static Raster wrap(int height, int width, int bands, SampleType type, ByteBuffer data) {
    int bytes = byteCount(height, width, bands, type);
    if (data.remaining() != bytes) {
      throw new IllegalArgumentException(
          "data has " + data.remaining() + " bytes, expected " + bytes);
    }
    ByteBuffer samples = data.slice().order(ByteOrder.nativeOrder());
    return new Raster(height, width, bands, type, samples, null, Acquisition.UNKNOWN);
  }

  private static int byteCount(int height, int width, int bands, SampleType type) {
    if (height < 1 || width < 1 || bands < 1) {
      throw new IllegalArgumentException(
          "height, width and bands must be positive: " + height + " x " + width + " x " + bands);
    }
    long bytes;
    try {
      bytes = Math.multiplyExact((long) height * width, (long) bands * type.bytes());
    } catch (ArithmeticException e) {
      bytes = Long.MAX_VALUE;
    }
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "larger than 2 GiB: " + height + " x " + width + " x " + bands + " " + type);
    }
    return (int) bytes;
  }

  /** Returns these pixels, not copied, with a georeference. */
  public Raster withReference(@Nullable GeoReference place) {
    return new Raster(height, width, bands, type, data, place, stated);
  }

  /**
   * Returns these pixels, not copied, with what is known of their acquisition. Centre and
   * resolution count only if the georeference does not tell them.
   */
  public Raster withAcquisition(Acquisition known) {
    return new Raster(
        height, width, bands, type, data, reference, Objects.requireNonNull(known, "known"));
  }

  /** Returns the number of rows. */
  public int height() {
    return height;
  }

  /** Returns the number of columns. */
  public int width() {
    return width;
  }

  /** Returns the number of samples per pixel. */
  public int bands() {
    return bands;
  }

  /** Returns the type of a sample. */
  public SampleType type() {
    return type;
  }

  /** Returns the georeference, or null if it is unknown. */
  public @Nullable GeoReference reference() {
    return reference;
  }

  /**
   * Returns when and where the pixels were taken, and their resolution on the ground: as the
   * georeference tells, or else as {@link #withAcquisition} stated (default {@link
   * Acquisition#UNKNOWN}). A georeference tells the centre in a WGS 84 UTM zone, and the resolution
   * in any projection but Web Mercator, whose metres are not those of the ground.
   */
  public Acquisition acquisition() {
    Acquisition known = stated;
    GeoReference place = reference;
    if (place == null) return known;
    GeoPoint center = place.center(height, width);
    if (center != null) known = known.withCenter(center);
    return place.epsg() == GeoReference.WEB_MERCATOR
        ? known
        : known.withResolution(place.pixelSize());
  }

  /**
   * Returns one sample; UINT8 and UINT16 are unsigned.
   *
   * @throws IndexOutOfBoundsException if the position is outside the raster
   */
  public float get(int row, int column, int band) {
    int i = index(row, column, band);
    switch (type) {
      case UINT8:
        return data.get(i) & 0xFF;
      case UINT16:
        return data.getShort(i) & 0xFFFF;
      default:
        return data.getFloat(i);
    }
  }

  /**
   * Writes one sample; integers are truncated toward zero and clamped to their range.
   *
   * @throws IndexOutOfBoundsException if the position is outside the raster
   */
  public void set(int row, int column, int band, float value) {
    int i = index(row, column, band);
    switch (type) {
      case UINT8 -> data.put(i, (byte) (int) Math.max(0, Math.min(255, value)));
      case UINT16 -> data.putShort(i, (short) (int) Math.max(0, Math.min(65535, value)));
      case FLOAT32 -> data.putFloat(i, value);
    }
  }

  private int index(int row, int column, int band) {
    Objects.checkIndex(row, height);
    Objects.checkIndex(column, width);
    Objects.checkIndex(band, bands);
    return ((row * width + column) * bands + band) * type.bytes();
  }

  /** Returns the samples as a read-only buffer without a copy: position 0, native byte order. */
  public ByteBuffer data() {
    return data.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
  }

  /**
   * Returns the samples as a writable buffer without a copy: position 0, native byte order. All
   * users of the raster see the changes.
   */
  public ByteBuffer samples() {
    return data;
  }

  /**
   * Copies a rectangle, its georeference, and what is known of its acquisition. A stated centre is
   * kept only if the rectangle is in the middle.
   *
   * @throws IllegalArgumentException if the rectangle is not inside the raster
   */
  public Raster crop(int row, int column, int cropHeight, int cropWidth) {
    if (row < 0
        || column < 0
        || cropHeight < 1
        || cropWidth < 1
        || cropHeight > height - row
        || cropWidth > width - column) {
      throw new IllegalArgumentException(
          "crop "
              + cropHeight
              + " x "
              + cropWidth
              + " at row "
              + row
              + ", column "
              + column
              + " does not lie inside "
              + this);
    }
    Raster crop = allocate(cropHeight, cropWidth, bands, type);
    int pixel = bands * type.bytes();
    for (int y = 0; y < cropHeight; y++) {
      crop.data.put(
          y * cropWidth * pixel, data, ((row + y) * width + column) * pixel, cropWidth * pixel);
    }
    boolean middle =
        Math.abs(2 * row + cropHeight - height) <= 1
            && Math.abs(2 * column + cropWidth - width) <= 1;
    return crop.withAcquisition(middle ? stated : stated.withCenter(null))
        .withReference(reference == null ? null : reference.shifted(row, column));
  }

  /**
   * Copies the square in the middle. It starts at {@code n / 2 - size / 2}, as in
   * EarthEmbeddingExplorer: in 1068 pixels, 384 start at 342 and 224 at 422.
   *
   * @param size side in pixels, at most the smaller side of the raster
   */
  public Raster centerCrop(int size) {
    return crop(height / 2 - size / 2, width / 2 - size / 2, size, size);
  }

  @Override
  public String toString() {
    return "Raster[" + height + " x " + width + " x " + bands + " " + type + "]";
  }
}
