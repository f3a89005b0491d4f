package io.earthembed.raster;

import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.TrueColor;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.testkit.ImageryStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The contract over a folder of TIFFs of twelve bands. */
final class PictureStoreContractTest extends ImageryStoreContract {
  /** Opens the table of the suite's tiles, because a store is that of one table. */
  @Override
  protected ImageryStore create() {
    List<Source> tiles = new ArrayList<>();
    for (int row = 0; row < TILES; row++) tiles.add(tile(row));
    return PictureStore.open(Path.of(publish(tiles)));
  }

  @Override
  protected URI publish(List<Source> tiles) {
    StringBuilder rows = new StringBuilder("file,product,time,latitude,longitude\n");
    try {
      for (int row = 0; row < tiles.size(); row++) {
        Source tile = tiles.get(row);
        String file = row + ".tif";
        Files.write(folder.resolve(file), tiff(kept(tile)));
        rows.append(file).append(',').append(tile.productId()).append(',');
        rows.append(tile.timestamp()).append(',').append(tile.center().latitude()).append(',');
        rows.append(tile.center().longitude()).append('\n');
      }
      return Files.writeString(folder.resolve("tiles.csv"), rows).toUri();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected URI missing() {
    return folder.resolve("none.csv").toUri();
  }

  /** A TIFF has its bands at one resolution, and a table has the cell of the tile's centre. */
  @Override
  protected Source kept(Source tile) {
    Raster finest = band(tile.bands(), Band.B02);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    tile.bands().forEach((band, pixels) -> bands.put(band, enlarged(pixels, finest)));
    return new Source(
        MajorTomGrid.CORE.cellOf(tile.center()),
        tile.productId(),
        tile.timestamp(),
        tile.center(),
        bands,
        TrueColor.thumbnail(band(bands, Band.B04), band(bands, Band.B03), band(bands, Band.B02)),
        tile.cloudMask());
  }

  @Override
  protected boolean hasCloudMasks() {
    return false;
  }

  private static Raster band(Map<Band, Raster> bands, Band band) {
    return Objects.requireNonNull(bands.get(band));
  }

  private static Raster enlarged(Raster pixels, Raster finest) {
    Raster large = Raster.allocate(finest.height(), finest.width(), 1, SampleType.UINT16);
    for (int y = 0; y < large.height(); y++) {
      for (int x = 0; x < large.width(); x++) {
        int row = y * pixels.height() / large.height();
        large.set(y, x, 0, pixels.get(row, x * pixels.width() / large.width(), 0));
      }
    }
    return large.withReference(finest.reference());
  }

  /** Writes the bands of a tile as a plain GeoTIFF of one strip, pixel by pixel. */
  private static byte[] tiff(Source tile) {
    Raster first = band(tile.bands(), Band.B02);
    GeoReference place = Objects.requireNonNull(first.reference());
    int bands = Band.values().length;
    int pixels = 2 * bands * first.height() * first.width();
    int directory = 8 + pixels;
    int entries = 12;
    int extra = directory + 2 + 12 * entries + 4;
    int scale = extra + 2 * bands;
    int tie = scale + 3 * Double.BYTES;
    int keys = tie + 6 * Double.BYTES;
    ByteBuffer out = ByteBuffer.allocate(keys + 2 * 16).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(directory);
    for (int y = 0; y < first.height(); y++) {
      for (int x = 0; x < first.width(); x++) {
        for (Band band : Band.values()) {
          out.putShort((short) band(tile.bands(), band).get(y, x, 0));
        }
      }
    }
    out.putShort((short) entries);
    entry(out, 256, 4, 1, first.width());
    entry(out, 257, 4, 1, first.height());
    entry(out, 258, 3, bands, extra); // 16 bits for each band
    entry(out, 259, 3, 1, 1); // not compressed
    entry(out, 262, 3, 1, 1); // grey
    entry(out, 273, 4, 1, 8);
    entry(out, 277, 3, 1, bands);
    entry(out, 278, 4, 1, first.height());
    entry(out, 279, 4, 1, pixels);
    entry(out, 33550, 12, 3, scale);
    entry(out, 33922, 12, 6, tie);
    entry(out, 34735, 3, 16, keys);
    out.putInt(0);
    for (int band = 0; band < bands; band++) out.putShort((short) 16);
    out.putDouble(place.pixelSize()).putDouble(place.pixelSize()).putDouble(0);
    out.putDouble(0).putDouble(0).putDouble(0);
    out.putDouble(place.west()).putDouble(place.north()).putDouble(0);
    // A projected system whose pixels are areas.
    int[] geoKeys = {1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, place.epsg()};
    for (int key : geoKeys) out.putShort((short) key);
    return out.array();
  }

  private static void entry(ByteBuffer out, int tag, int type, int count, int value) {
    out.putShort((short) tag).putShort((short) type).putInt(count).putInt(value);
  }
}
