package io.earthembed.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The format of a file by its first bytes. Messages name the formats that are not decoded. */
enum PictureFormat {
  PNG("a PNG", "89504E470D0A1A0A"),
  JPEG("a JPEG", "FFD8FF"),
  GIF("a GIF", text("GIF87a"), text("GIF89a")),
  BMP("a BMP", text("BM")),
  EMPTY("nothing: the file is empty"),
  TIFF("a TIFF", "49492A00", "4D4D002A", "49492B00", "4D4D002B"),
  WEBP("a WebP", text("RIFF") + "........" + text("WEBP")),
  JPEG_2000("a JPEG 2000", "0000000C6A5020200D0A870A", "FF4FFF51"),
  JPEG_XL("a JPEG XL", "FF0A", "0000000C4A584C20"),
  HEIF(
      "a HEIF or AVIF",
      "........" + text("ftypheic"),
      "........" + text("ftypheix"),
      "........" + text("ftypmif1"),
      "........" + text("ftypavif")),
  PHOTOSHOP("a Photoshop document", text("8BPS")),
  ICON("an icon", "00000100"),
  PNM("a PNM", text("P1"), text("P2"), text("P3"), text("P4"), text("P5"), text("P6")),
  PDF("a PDF", text("%PDF")),
  PARQUET("a Parquet file", text("PAR1")),
  HDF5("an HDF5 or netCDF file", "894844460D0A1A0A", text("CDF")),
  NUMPY("a NumPy array", "93" + text("NUMPY")),
  ZIP("a ZIP", "504B0304"),
  GZIP("gzip", "1F8B"),
  MARKUP("HTML, SVG or other markup", text("<")),
  OTHER("an unknown format");

  private final String title;
  private final String[] starts;

  /**
   * @param title name with its article
   * @param starts first bytes in hexadecimal; a dot stands for any digit
   */
  PictureFormat(String title, String... starts) {
    this.title = title;
    this.starts = starts;
  }

  String title() {
    return title;
  }

  static PictureFormat of(byte[] bytes) {
    if (bytes.length == 0) return EMPTY;
    String start = HexFormat.of().withUpperCase().formatHex(bytes, 0, Math.min(16, bytes.length));
    for (PictureFormat format : values()) {
      for (String wanted : format.starts) {
        if (start.matches(wanted + ".*")) return format;
      }
    }
    return OTHER;
  }

  private static String text(String ascii) {
    return HexFormat.of().withUpperCase().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
  }
}
