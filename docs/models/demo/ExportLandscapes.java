import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.Raster;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes generated landscapes for training: one raw file a kind, pictures of 64 x 64 x 3 bytes one
 * after another, seeds from 0. Usage: java -cp CLASSES ExportLandscapes.java FOLDER COUNT
 */
public class ExportLandscapes {
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int count = Integer.parseInt(args[1]);
    for (LandscapeKind kind : LandscapeKind.values()) {
      try (OutputStream out = Files.newOutputStream(folder.resolve(kind + ".rgb"))) {
        for (int seed = 0; seed < count; seed++) {
          Raster picture = Landscape.generate(kind, seed, 64).trueColor();
          byte[] bytes = new byte[picture.data().remaining()];
          picture.data().get(bytes);
          out.write(bytes);
        }
      }
    }
  }
}
