package io.earthembed.web;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a landscape as a GeoTIFF of all twelve bands, uncompressed, in one strip. */
final class BandTiff {
  private static final int HEADER = 8;
  private static final int ENTRY = 12;
  private static final short SHORT = 3;
  private static final short LONG = 4;

  private BandTiff() {}

  static byte[] of(LandscapeKind kind, int side) {
    Landscape landscape = Landscape.generate(kind, 1, side);
    int bands = Band.values().length;
    int samples = bands * side * side * 2;
    int[][] fields = {
      {256, side},
      {257, side},
      {258, 16},
      {259, 1},
      {262, 1},
      {273, HEADER},
      {277, bands},
      {278, side},
      {279, samples},
      {339, 1}
    };
    int arrays = 2 * 2 * bands;
    ByteBuffer file =
        ByteBuffer.allocate(HEADER + samples + arrays + 2 + fields.length * ENTRY + 4)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(HEADER + samples + arrays);
    Raster[] rasters = new Raster[bands];
    for (Band band : Band.values()) rasters[band.ordinal()] = landscape.band(band);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        for (Raster raster : rasters) {
          double scale = raster.width() / (double) side;
          file.putShort((short) raster.get((int) (y * scale), (int) (x * scale), 0));
        }
      }
    }
    int bits = file.position();
    for (int b = 0; b < bands; b++) file.putShort((short) 16);
    int formats = file.position();
    for (int b = 0; b < bands; b++) file.putShort((short) 1);
    file.putShort((short) fields.length);
    for (int[] field : fields) {
      boolean ofEachBand = field[0] == 258 || field[0] == 339;
      file.putShort((short) field[0]).putShort(ofEachBand ? SHORT : LONG);
      file.putInt(ofEachBand ? bands : 1);
      file.putInt(field[0] == 258 ? bits : field[0] == 339 ? formats : field[1]);
    }
    file.putInt(0);
    return file.array();
  }
}
