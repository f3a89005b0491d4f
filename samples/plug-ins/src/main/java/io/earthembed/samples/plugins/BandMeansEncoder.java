package io.earthembed.samples.plugins;

import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.Raster;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes a picture as the means of its bands in each quarter: 4 x 3 numbers, normalised to length
 * 1. Safe for many threads.
 */
public final class BandMeansEncoder implements Encoder<Raster> {
  private static final int BANDS = 3;
  private static final ModelInfo MODEL = new ModelInfo("band-means", "1", 4 * BANDS);

  private volatile boolean closed;

  @Override
  public ModelInfo model() {
    return MODEL;
  }

  @Override
  public Vectors encode(List<? extends Raster> pictures) {
    if (closed) throw new IllegalStateException("the encoder is closed");
    if (pictures.isEmpty()) return Vectors.allocate(0, MODEL.dimension());
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      Raster picture = pictures.get(i);
      if (picture == null) throw new IllegalArgumentException("picture " + i + " is null");
      if (picture.bands() != BANDS || picture.height() < 2 || picture.width() < 2) {
        throw new IllegalArgumentException(
            "picture " + i + " is not 2 x 2 x 3 or larger: " + picture);
      }
      rows.add(normalized(means(picture)));
    }
    return Vectors.of(rows.toArray(float[][]::new));
  }

  private static double[] means(Raster picture) {
    double[] means = new double[MODEL.dimension()];
    for (int quarter = 0; quarter < 4; quarter++) {
      int top = quarter / 2 * (picture.height() / 2);
      int left = quarter % 2 * (picture.width() / 2);
      for (int band = 0; band < BANDS; band++) {
        double sum = 0;
        for (int row = top; row < top + picture.height() / 2; row++) {
          for (int column = left; column < left + picture.width() / 2; column++) {
            sum += picture.get(row, column, band);
          }
        }
        means[quarter * BANDS + band] = sum / (picture.height() / 2 * (picture.width() / 2));
      }
    }
    return means;
  }

  private static float[] normalized(double[] values) {
    double sum = 0;
    for (double value : values) sum += value * value;
    float[] row = new float[values.length];
    // A black picture has no direction: it gets the first axis.
    if (sum == 0) row[0] = 1;
    else for (int i = 0; i < row.length; i++) row[i] = (float) (values[i] / Math.sqrt(sum));
    return row;
  }

  @Override
  public void close() {
    closed = true;
  }
}
