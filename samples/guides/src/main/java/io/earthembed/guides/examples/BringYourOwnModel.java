package io.earthembed.guides.examples;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.Raster;
import io.earthembed.onnx.OnnxEncoders;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The code of docs/guides/bring-your-own-model.md. */
public final class BringYourOwnModel {
  private BringYourOwnModel() {}

  /** Loads a folder and compares a picture's embedding with the expected one. */
  public static float check(Path folder, Raster picture, float[] expected) {
    // [check
    try (EmbeddingModel model = OnnxEncoders.custom(folder)) {
      System.out.println(model + ", prepared by " + model.image().preparation());
      float[] embedding = model.image().encode(picture);
      float cosine = 0;
      for (int i = 0; i < embedding.length; i++) cosine += embedding[i] * expected[i];
      return cosine;
    }
    // check]
  }

  // [encoder
  /** Mean and deviation of each color: no network, but a model. */
  public static final class Colors implements Encoder<Raster> {
    private volatile boolean closed;

    @Override
    public ModelInfo model() {
      return new ModelInfo("colors", "1", 6);
    }

    @Override
    public String preparation() {
      return "RGB mean and deviation";
    }

    @Override
    public Vectors encode(List<? extends Raster> pictures) {
      if (closed) throw new IllegalStateException("the encoder is closed");
      Vectors vectors = Vectors.allocate(pictures.size(), 6);
      for (int i = 0; i < pictures.size(); i++) {
        Raster picture = Objects.requireNonNull(pictures.get(i), "inputs[" + i + "]");
        vectors.set(i, colors(picture, i));
      }
      vectors.normalize();
      return vectors;
    }

    @Override
    public void close() {
      closed = true; // nothing native to free, so no call to wait for
    }
  }

  // encoder]

  private static float[] colors(Raster picture, int position) {
    if (picture.bands() != 3) {
      throw new IllegalArgumentException("inputs[" + position + "] is no picture: " + picture);
    }
    double pixels = (double) picture.height() * picture.width();
    float[] row = new float[6];
    for (int band = 0; band < 3; band++) {
      double sum = 0;
      double squares = 0;
      for (int y = 0; y < picture.height(); y++) {
        for (int x = 0; x < picture.width(); x++) {
          float value = picture.get(y, x, band);
          sum += value;
          squares += value * value;
        }
      }
      double mean = sum / pixels;
      row[band] = (float) mean + 1; // black has a direction too
      row[3 + band] = (float) Math.sqrt(Math.max(0, squares / pixels - mean * mean));
    }
    return row;
  }

  /** Returns a model of that tower alone. */
  public static EmbeddingModel colors() {
    return EmbeddingModel.of(new Colors());
  }
}
