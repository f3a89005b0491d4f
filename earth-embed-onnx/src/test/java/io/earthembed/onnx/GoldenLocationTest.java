package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SatCLIP's location tower: its analytic harmonics and the embeddings of its sine network. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class GoldenLocationTest {
  @TempDir Path directory;

  private static List<GeoPoint> places() {
    List<GeoPoint> places = new ArrayList<>();
    for (JsonElement place : Goldens.list("satclip/places.json")) {
      JsonArray point = place.getAsJsonArray();
      places.add(new GeoPoint(point.get(0).getAsDouble(), point.get(1).getAsDouble()));
    }
    return places;
  }

  @Test
  void givesTheSameHarmonics() {
    AnalyticHarmonics harmonics = new AnalyticHarmonics(40);
    ByteBuffer expected = Goldens.numbers("satclip/harmonics");
    List<GeoPoint> places = places();
    double most = 0;
    for (int i = 0; i < 70; i += 7) {
      for (double feature : harmonics.of(places.get(i))) {
        most = Math.max(most, Math.abs(feature - expected.getDouble()));
      }
    }
    assertEquals(0, expected.remaining());
    assertTrue(most < 1e-9, "a feature differs by " + most);
  }

  /**
   * All embeddings agree within 1e-6 up to 60 degrees of latitude. Nearer to the poles the last bit
   * of a power shows: if the reference's C library misrounds one, the embedding differs, but no
   * more than the reference differs between single places and batches.
   */
  @Test
  void givesTheSameEmbeddings() throws IOException {
    Goldens.unpack("satclip", "fp32", directory, "model.json", "image.onnx", "location.onnx");
    List<GeoPoint> places = places();
    try (EmbeddingModel model = SatClip.load(directory)) {
      Vectors found = model.location().orElseThrow().encode(places);
      ByteBuffer expected = Goldens.numbers("satclip/locations");
      ByteBuffer spread = Goldens.numbers("satclip/locations-spread");
      float reference = 0;
      while (spread.hasRemaining()) reference = Math.max(reference, spread.getFloat());
      int beyond = 0;
      for (int row = 0; row < places.size(); row++) {
        float most = 0;
        for (float component : found.row(row)) {
          most = Math.max(most, Math.abs(component - expected.getFloat()));
        }
        GeoPoint place = places.get(row);
        float bar = Math.abs(place.latitude()) <= 60 ? 1e-6f : reference;
        float difference = most;
        assertTrue(most <= bar, () -> place + " differs by " + difference);
        if (most > 1e-5f) beyond++;
      }
      assertEquals(0, expected.remaining());
      assertTrue(beyond <= places.size() / 100, beyond + " places differ by more than 1e-5");
    }
  }

  @Test
  void takesALongitudeForWhatItIsWhateverItsTurn() throws IOException {
    Goldens.unpack("satclip", "fp32", directory, "model.json", "image.onnx", "location.onnx");
    try (EmbeddingModel model = SatClip.load(directory)) {
      for (double latitude : new double[] {-90, -33.3, 0, 51.5, 90}) {
        float[] once = model.location().orElseThrow().encode(new GeoPoint(latitude, 170));
        for (double longitude : new double[] {-190, 530, -550, 170 + 3600}) {
          assertArrayEquals(
              once,
              model.location().orElseThrow().encode(new GeoPoint(latitude, longitude)),
              1e-6f);
        }
        float[] west = model.location().orElseThrow().encode(new GeoPoint(latitude, -180));
        float[] east = model.location().orElseThrow().encode(new GeoPoint(latitude, 180));
        assertArrayEquals(west, east, 1e-6f);
      }
    }
  }
}
