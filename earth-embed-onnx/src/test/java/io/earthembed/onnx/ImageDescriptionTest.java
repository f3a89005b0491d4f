package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.image.resample.Resampler;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ImageDescriptionTest {
  private static final ModelDescription.Network NETWORK =
      new ModelDescription.Network("image.onnx", "pixels", "embedding");
  private static final ImageDescription DEFAULTS = ImageDescription.builder(NETWORK, 224).build();

  private static String refusal(UnaryOperator<ImageDescription.Builder> change) {
    ImageDescription.Builder builder = change.apply(DEFAULTS.toBuilder());
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, builder::build).getMessage());
  }

  @Test
  void hasTheDefaultsThatItsJavadocStates() {
    assertEquals(NETWORK, DEFAULTS.network());
    assertEquals(3, DEFAULTS.channels());
    // Datasets store this description, so its form never changes.
    assertEquals(
        "RGB size=224 resize=SHORTER_SIDE(224) crop=FLOOR interpolation=BICUBIC divisor=255.0"
            + " mean=[0.0, 0.0, 0.0] std=[1.0, 1.0, 1.0]",
        DEFAULTS.preparation());
  }

  @Test
  void takesEverySettingAndDiffersInEach() {
    List<UnaryOperator<ImageDescription.Builder>> changes =
        List.of(
            b -> b.bands(List.of("B02", "0", "B04")),
            b -> b.resize(ImageDescription.Resize.SQUASH),
            b -> b.resizeTo(256),
            b -> b.crop(ImageDescription.Crop.ROUND),
            b -> b.interpolation(Resampler.Filter.BILINEAR),
            b -> b.divisor(10_000),
            b -> b.mean(List.of(1f, 2f, 3f)),
            b -> b.std(List.of(4f, 5f, 6f)));
    ImageDescription.Builder all = DEFAULTS.toBuilder().antialias(false);
    for (UnaryOperator<ImageDescription.Builder> change : changes) {
      assertNotEquals(DEFAULTS, change.apply(DEFAULTS.toBuilder()).build());
      all = change.apply(all);
    }
    assertEquals(
        "B02,0,B04 size=224 resize=SQUASH(256) crop=ROUND interpolation=BILINEAR(no antialias)"
            + " divisor=10000.0 mean=[1.0, 2.0, 3.0] std=[4.0, 5.0, 6.0]",
        all.build().preparation());
    assertEquals(DEFAULTS, DEFAULTS.toBuilder().build());
    assertEquals(DEFAULTS.hashCode(), DEFAULTS.toBuilder().build().hashCode());
    ModelDescription.Network other = new ModelDescription.Network("other.onnx", "x", "y");
    assertNotEquals(DEFAULTS, ImageDescription.builder(other, 224).build());
  }

  @Test
  void refusesValuesOutOfRange() {
    assertEquals("image.resizeTo outside [224, 8192]: 223", refusal(b -> b.resizeTo(223)));
    assertEquals(
        "image.channels: no such band: \"B99\"", refusal(b -> b.bands(List.of("B99", "0", "0"))));
    assertEquals("image.antialias must be true for RGB", refusal(b -> b.antialias(false)));
    assertEquals("image.divisor must be positive: 0.0", refusal(b -> b.divisor(0)));
    assertEquals("image.mean must be 3 numbers: [1.0]", refusal(b -> b.mean(List.of(1f))));
    assertEquals(
        "image.std must be 3 numbers other than 0: [1.0, 0.0, 1.0]",
        refusal(b -> b.std(List.of(1f, 0f, 1f))));
    for (int size : new int[] {0, 8193}) {
      ImageDescription.Builder builder = ImageDescription.builder(NETWORK, size);
      assertEquals(
          "image.size outside [1, 8192]: " + size,
          assertThrows(IllegalArgumentException.class, builder::build).getMessage());
    }
  }
}
