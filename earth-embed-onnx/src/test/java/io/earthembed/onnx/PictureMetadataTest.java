package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the metadata that a network receives; GoldenPictureTest compares the embeddings. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class PictureMetadataTest {
  private static final ImageDescription OLMOEARTH =
      Objects.requireNonNull(PublishedModel.OLMOEARTH.description().image());

  @TempDir Path directory;

  private static ByteBuffer write(PictureMetadata value, Acquisition known) {
    Raster picture = Raster.allocate(384, 256, 12, SampleType.UINT16).withAcquisition(known);
    int bytes = value.part("x").bytes();
    ByteBuffer target = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    value.write(picture, OLMOEARTH, target);
    assertEquals(0, target.remaining());
    return target.flip();
  }

  private static void assertFloats(ByteBuffer found, double... expected) {
    for (double value : expected) assertEquals(value, found.getFloat(), 1e-6);
    assertEquals(0, found.remaining());
  }

  @Test
  void writesTimeInUtc() {
    // Week 1 of 2025, 13 h. Two years earlier by the calendar, the week was 52.
    Acquisition known = Acquisition.UNKNOWN.withTime(Instant.parse("2024-12-30T13:59:59Z"));
    double week = 2 * Math.PI / 52;
    double hour = 2 * Math.PI * 13 / 24;
    assertFloats(
        write(PictureMetadata.WEEK_HOUR, known),
        Math.sin(week),
        Math.cos(week),
        Math.sin(hour),
        Math.cos(hour));
    assertFloats(write(PictureMetadata.WEEK_HOUR, Acquisition.UNKNOWN), 0, 0, 0, 0);

    ByteBuffer date = write(PictureMetadata.DAY_MONTH_YEAR, known);
    assertEquals(30, date.getLong());
    assertEquals(11, date.getLong());
    assertEquals(2024, date.getLong());
    date = write(PictureMetadata.DAY_MONTH_YEAR, Acquisition.UNKNOWN);
    assertEquals(1, date.getLong());
    assertEquals(6, date.getLong());
    assertEquals(2020, date.getLong());
  }

  @Test
  void writesPlaceAndResolution() {
    Acquisition known = new Acquisition(null, new GeoPoint(-30, 120), 20);
    assertFloats(
        write(PictureMetadata.LATITUDE_LONGITUDE, known),
        -0.5,
        Math.sqrt(3) / 2,
        Math.sqrt(3) / 2,
        -0.5);
    assertFloats(write(PictureMetadata.LATITUDE_LONGITUDE, Acquisition.UNKNOWN), 0, 0, 0, 0);
    // 384 x 256 pixels become 128 x 128: 2.5 of them to one, on average of both axes.
    assertFloats(write(PictureMetadata.METERS_PER_PIXEL, known), 50);
    assertFloats(write(PictureMetadata.METERS_PER_PIXEL, Acquisition.UNKNOWN), 25);
  }

  @Test
  void saysWhatItAssumes() throws IOException {
    Goldens.unpack("clay", "fp32", directory, "model.json", "image.onnx");
    try (EmbeddingModel model = Clay.load(directory)) {
      Encoder<Raster> encoder = model.image();
      Raster stack = Goldens.stacks().get(0);
      assertEquals(
          List.of("time unknown: zeros", "place unknown: zeros"), encoder.assumptions(stack));
      Acquisition place = Acquisition.UNKNOWN.withCenter(new GeoPoint(1, 2));
      assertEquals(
          List.of("time unknown: zeros"), encoder.assumptions(stack.withAcquisition(place)));
      assertEquals(List.of(), encoder.assumptions(Goldens.knownStacks().get(0)));
      String end =
          " metadata=[week-hour (time unknown: zeros), latitude-longitude (place unknown: zeros)]";
      assertTrue(encoder.preparation().endsWith(end), encoder.preparation());
    }
    Goldens.unpack("olmoearth", "fp32", directory, "model.json", "image.onnx");
    try (EmbeddingModel model = OlmoEarth.load(directory)) {
      assertEquals(
          List.of("time unknown: 2020-07-01", "resolution unknown: 10 m per pixel"),
          model.image().assumptions(Goldens.stacks().get(0)));
    }
  }

  private String refusal(String from, String to) throws IOException {
    Goldens.unpack("clay", "fp32", directory, "model.json", "image.onnx");
    Path file = directory.resolve("model.json");
    String json = Files.readString(file);
    assertTrue(json.contains(from), json);
    Files.writeString(file, json.replace(from, to));
    return String.valueOf(
        assertThrows(EarthEmbedException.class, () -> Clay.load(directory).close()).getMessage());
  }

  @Test
  void namesWhatDoesNotFitTheNetwork() throws IOException {
    String time = "\"time\": \"week-hour\"";
    String message = refusal(time, "\"hour\": \"week-hour\"");
    assertTrue(message.contains("expected one input named hour, found [pixel_values, "), message);
    message = refusal(time, "\"time\": \"day-month-year\"");
    assertTrue(message.contains("expected input time of int64 [n, 3], found time of"), message);
    message = refusal(time + ",", "");
    assertTrue(message.contains("expected inputs named pixel_values, latlon, found ["), message);
    message = refusal(time, "\"time\": \"moon\"");
    assertTrue(
        message.contains("field image.metadata.time: \"moon\" is not one of [week-hour, "),
        message);
    message = refusal(time, "\"pixel_values\": \"week-hour\"");
    assertTrue(message.contains("pixel_values is the input of the pixels"), message);
  }
}
