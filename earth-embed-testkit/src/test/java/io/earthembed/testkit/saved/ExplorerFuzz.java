package io.earthembed.testkit.saved;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.Raster;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any bytes as the folder of a saved explorer. */
public final class ExplorerFuzz {
  static final ModelInfo MODEL = new ModelInfo("toy", "1", 2);
  static final String CATALOG = "catalog.bin";
  static final String INDEX = "index.bin";
  static final String SHARD = "shard.bin";

  private static final String SHARDED = "earth-embed sharded index";

  private ExplorerFuzz() {}

  private record Nothing(ModelInfo model) implements Encoder<Raster> {
    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      return Vectors.allocate(inputs.size(), model.dimension());
    }

    @Override
    public void close() {}
  }

  static EmbeddingModel model() {
    return EmbeddingModel.of(new Nothing(MODEL));
  }

  /** Returns an input: for each of the four files its length in two bytes, and its bytes. */
  static byte[] input(byte[]... files) {
    ByteBuffer input = ByteBuffer.allocate(Arrays.stream(files).mapToInt(f -> f.length + 2).sum());
    for (byte[] file : files) input.putShort((short) file.length).put(file);
    return input.array();
  }

  private static byte[] next(ByteBuffer input) {
    if (input.remaining() < 2) return new byte[0];
    byte[] file = new byte[Math.min(input.getShort() & 0xFFFF, input.remaining())];
    input.get(file);
    return file;
  }

  /** Anything but our own exceptions, and the refusal of another model, is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    ByteBuffer input = ByteBuffer.wrap(data);
    Path folder = Scratch.folder();
    Scratch.empty();
    Scratch.write(folder.resolve("explorer.properties"), next(input));
    Scratch.write(folder.resolve(INDEX), mended(next(input)));
    Scratch.write(folder.resolve(SHARD), mended(next(input)));
    Scratch.write(folder.resolve(CATALOG), CatalogFuzz.mended(next(input)));
    try (EarthExplorer earth = EarthExplorer.open(folder, model())) {
      Query query = Query.vector(new float[] {1, 0});
      for (Hit hit : earth.search(query, SearchOptions.top(3)).hits()) {
        if (hit.ordinal() >= earth.catalog().size()) throw new AssertionError(hit);
      }
      earth.save(folder);
      EarthExplorer.open(folder, model()).close();
    } catch (EarthEmbedException e) {
      // As it should be.
    } catch (IllegalArgumentException e) {
      String message = e.getMessage();
      if (message == null || !message.contains("was made by")) throw e;
    }
  }

  private static byte[] mended(byte[] index) {
    byte[] start = Arrays.copyOf(index, SHARDED.length());
    return new String(start, StandardCharsets.US_ASCII).equals(SHARDED)
        ? Checksums.mendManifest(index)
        : Checksums.mendIndex(index);
  }

  /** Returns a text of properties that names the files. */
  static byte[] properties(@Nullable String rows) {
    String text =
        "format=1\nmodel.name=toy\nmodel.version=1\nmodel.dimension=2\nmodel.preparation=\n"
            + "catalog="
            + CATALOG
            + "\nindex="
            + INDEX
            + "\nindex.module=earth-embed-api\n"
            + (rows == null ? "" : "rows=" + rows + "\n");
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
