package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.SearchResult;
import io.earthembed.geo.BoundingBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares pictures with committed ones at an eighth of their size, so that letters, which depend
 * on the machine's fonts, hardly matter. To update them, run with {@code
 * -Dgolden.folder=src/test/resources/io/earthembed/view} and look at the results.
 */
final class PicturesTest {
  private static final SearchResult RIVERS = Results.land(3_000, 6);

  static Stream<Arguments> pictures() {
    return Stream.of(
        picture("map", () -> SimilarityMap.of(Results.land(3_000, 10)).withNote("made up").toPng()),
        picture("equal-earth", () -> map().withProjection(Projection.EQUAL_EARTH).toPng()),
        picture("region", () -> map().withRegion(new BoundingBox(-80, -35, -30, 10)).toPng()),
        picture(
            "antimeridian", () -> map().withRegion(new BoundingBox(150, -50, -150, 20)).toPng()),
        picture("few", () -> SimilarityMap.of(Results.land(200, 5)).toPng()),
        picture(
            "gallery",
            () ->
                Gallery.of(
                        RIVERS, List.of(Results.picture(1), Results.picture(2), Results.picture(3)))
                    .toPng()),
        picture(
            "side-by-side",
            () -> SideBySide.ofResults(List.of(RIVERS, Results.land(300, 6))).toPng()));
  }

  private static SimilarityMap map() {
    return SimilarityMap.of(RIVERS);
  }

  private static Arguments picture(String name, Supplier<byte[]> png) {
    return Arguments.of(name, png);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void looksLikeTheCommittedOne(String name, Supplier<byte[]> png) throws IOException {
    BufferedImage small = eighth(ImageIO.read(new ByteArrayInputStream(png.get())));
    String folder = System.getProperty("golden.folder");
    if (folder != null) {
      Files.createDirectories(Path.of(folder));
      ImageIO.write(small, "png", Path.of(folder, name + "-golden.png").toFile());
    }
    try (InputStream in = PicturesTest.class.getResourceAsStream(name + "-golden.png")) {
      BufferedImage golden = ImageIO.read(Objects.requireNonNull(in, name));
      assertEquals(golden.getWidth(), small.getWidth());
      assertEquals(golden.getHeight(), small.getHeight());
      long difference = 0;
      for (int y = 0; y < small.getHeight(); y++) {
        for (int x = 0; x < small.getWidth(); x++) {
          for (int shift = 0; shift < 24; shift += 8) {
            difference +=
                Math.abs(
                    (small.getRGB(x, y) >> shift & 0xFF) - (golden.getRGB(x, y) >> shift & 0xFF));
          }
        }
      }
      double mean = difference / (3.0 * small.getWidth() * small.getHeight());
      assertTrue(mean < 2, name + ": mean difference of " + mean + " levels");
    }
  }

  /** Returns the means of blocks of eight by eight pixels. */
  private static BufferedImage eighth(BufferedImage whole) {
    BufferedImage now = whole;
    for (int i = 0; i < 3; i++) {
      int width = (now.getWidth() + 1) / 2;
      int height = (now.getHeight() + 1) / 2;
      BufferedImage half = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = half.createGraphics();
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      g.drawImage(now, 0, 0, width, height, null);
      g.dispose();
      now = half;
    }
    return now;
  }
}
