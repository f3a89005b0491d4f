package io.earthembed.raster;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.range.RangeSource;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The pixels of a year in a group of TESSERA's Zarr store, a UTM zone: {@code embeddings} of time,
 * component, row and column; {@code scales} of time, row and column; {@code time}, the years; and
 * the location in the attributes {@code proj:code} and {@code spatial:transform}.
 */
final class ZarrPixels implements Pixels {
  private final ZarrArray embeddings;
  private final ZarrArray scales;
  private final int time;
  private final int[] shape;
  private final GeoTiff.Grid grid;

  /**
   * Reads the descriptions.
   *
   * @param group its address
   * @throws EarthEmbedException if it is no such group, or has another year
   */
  ZarrPixels(URI group, int year, Function<URI, RangeSource> open) {
    URI folder = group.toString().endsWith("/") ? group : URI.create(group + "/");
    embeddings = new ZarrArray(folder.resolve("embeddings/"), open);
    scales = new ZarrArray(folder.resolve("scales/"), open);
    ZarrArray years = new ZarrArray(folder.resolve("time/"), open);
    int[] all = embeddings.shape();
    boolean fits =
        all.length == 4
            && Arrays.equals(scales.shape(), new int[] {all[0], all[2], all[3]})
            && Arrays.equals(years.shape(), new int[] {all[0]})
            && embeddings.type().equals("int8")
            && scales.type().equals("float32")
            && years.type().equals("int32")
            && embeddings.chunk()[0] == 1
            && embeddings.chunk()[1] == all[1]
            && scales.chunk()[0] == 1
            && scales.chunk()[1] == embeddings.chunk()[2]
            && scales.chunk()[2] == embeddings.chunk()[3];
    if (!fits) {
      throw new EarthEmbedException(
          embeddings.name()
              + " of shape "
              + Arrays.toString(all)
              + " and its scales are not in the form of TESSERA's store");
    }
    shape = new int[] {all[2], all[3], all[1]};
    time = index(years, year);
    grid = grid(folder.resolve("zarr.json"), open);
  }

  private static int index(ZarrArray years, int year) {
    List<Integer> known = new ArrayList<>();
    for (int from = 0; from < years.shape()[0]; from += years.chunk()[0]) {
      ByteBuffer values = years.read(List.of(new int[] {from / years.chunk()[0]})).get(0);
      for (int i = 0; i < years.chunk()[0] && from + i < years.shape()[0]; i++) {
        known.add(values.getInt());
      }
    }
    int index = known.indexOf(year);
    if (index < 0)
      throw new EarthEmbedException(years.name() + " has no " + year + ", only " + known);
    return index;
  }

  private GeoTiff.Grid grid(URI document, Function<URI, RangeSource> open) {
    JsonObject json = ZarrArray.metadata(document, open);
    try {
      JsonObject attributes = json.getAsJsonObject("attributes");
      String code = attributes.get("proj:code").getAsString();
      JsonArray transform = attributes.getAsJsonArray("spatial:transform");
      double[] t = new double[6];
      for (int i = 0; i < 6; i++) t[i] = transform.get(i).getAsDouble();
      if (!code.startsWith("EPSG:") || t[1] != 0 || t[3] != 0) {
        throw new IllegalArgumentException(code + ", " + transform);
      }
      int epsg = Integer.parseInt(code.substring("EPSG:".length()));
      int longest = Math.max(shape[0], shape[1]);
      return new GeoTiff.Grid(epsg, true, t[2], t[0], t[5], t[4], longest);
    } catch (RuntimeException e) {
      throw new CorruptDataException(
          open.apply(document).name(), "no location of the pixels: " + e.getMessage(), e);
    }
  }

  @Override
  public String name() {
    return embeddings.name();
  }

  @Override
  public int[] shape() {
    return shape;
  }

  @Override
  public GeoTiff.Grid grid() {
    return grid;
  }

  @Override
  public int[] block() {
    return new int[] {embeddings.chunk()[2], embeddings.chunk()[3]};
  }

  @Override
  public float[] read(int row, int column, int height, int width) {
    int rows = embeddings.chunk()[2];
    int columns = embeddings.chunk()[3];
    int n = shape[2];
    List<int[]> planes = new ArrayList<>();
    List<int[]> cubes = new ArrayList<>();
    for (int y = row / rows; y * rows < row + height; y++) {
      for (int x = column / columns; x * columns < column + width; x++) {
        planes.add(new int[] {time, y, x});
        cubes.add(new int[] {time, 0, y, x});
      }
    }
    List<ByteBuffer> factors = scales.read(planes);
    List<ByteBuffer> stored = embeddings.read(cubes);
    float[] values = new float[height * width * n];
    for (int i = 0; i < planes.size(); i++) {
      int top = planes.get(i)[1] * rows;
      int left = planes.get(i)[2] * columns;
      ByteBuffer factor = factors.get(i);
      ByteBuffer numbers = stored.get(i);
      for (int y = Math.max(top, row); y < Math.min(top + rows, row + height); y++) {
        for (int x = Math.max(left, column); x < Math.min(left + columns, column + width); x++) {
          int pixel = (y - top) * columns + x - left;
          float scale = factor.getFloat(factor.position() + 4 * pixel);
          boolean valid = scale > 0 && scale < MOST_SCALE;
          int to = ((y - row) * width + x - column) * n;
          for (int b = 0; b < n; b++) {
            values[to + b] =
                valid
                    ? numbers.get(numbers.position() + b * rows * columns + pixel) * scale
                    : Float.NaN;
          }
        }
      }
    }
    return values;
  }
}
