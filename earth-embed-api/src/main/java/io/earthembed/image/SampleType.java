package io.earthembed.image;

/** The storage type of a raster's samples. */
public enum SampleType {
  /** One byte, 0 to 255. */
  UINT8(1),
  /** Two bytes, 0 to 65535; Sentinel-2 digital numbers. */
  UINT16(2),
  /** Four bytes, IEEE 754 single precision. */
  FLOAT32(4);

  private final int bytes;

  SampleType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the bytes per sample. */
  public int bytes() {
    return bytes;
  }
}
