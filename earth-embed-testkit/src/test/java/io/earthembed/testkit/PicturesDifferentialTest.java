package io.earthembed.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.common.InvalidInputException;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.testkit.peer.PythonPeer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

/**
 * PNG, JPEG, GIF and BMP files made at random, half of them by Pillow: our samples are those of
 * Pillow's {@code convert("RGB")}, all of them and to the last bit. That holds for JPEG too, since
 * the JDK's libjpeg and Pillow's libjpeg-turbo compute the same integer transform; so no difference
 * is allowed.
 *
 * <p>{@code -Dearthembed.differential=100000} tries as many; {@code
 * -Dearthembed.differential.first=1234} begins with a file of that number.
 */
class PicturesDifferentialTest {
  private static final int COUNT = Integer.getInteger("earthembed.differential", 2000);
  private static final int FIRST = Integer.getInteger("earthembed.differential.first", 0);

  @Test
  void readsWhatPillowReads() throws Exception {
    try (PythonPeer pillow = PythonPeer.start(Path.of("src/test/python/pictures.py"))) {
      for (int number = FIRST; number < FIRST + COUNT; number++) {
        compare(number, pillow.ask(Integer.toString(number)).split("\\|", -1));
      }
    }
  }

  private static void compare(int number, String[] answer) throws IOException {
    String name = "number " + number + ": " + answer[0];
    byte[] file = Base64.getDecoder().decode(answer[1]);
    if (answer[2].equals("refused")) {
      assertThrows(InvalidInputException.class, () -> ImageFiles.decode(file, name), name);
      return;
    }
    Raster raster = ImageFiles.decode(file, name);
    assertEquals(answer[2] + " x " + answer[3], raster.width() + " x " + raster.height(), name);
    byte[] ours = new byte[raster.data().remaining()];
    raster.data().get(ours);
    assertArrayEquals(inflated(answer[4]), ours, name);
  }

  private static byte[] inflated(String text) throws IOException {
    byte[] packed = Base64.getDecoder().decode(text);
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }
}
