package io.earthembed.benchmarks;

import io.earthembed.common.ProgressListener;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.evaluation.RetrievalEvaluation;
import io.earthembed.evaluation.RetrievalSet;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.onnx.OnnxEncoders;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes pictures for benchmarks/peers/models/models.py. Arguments: {@code encode MODEL PICTURES
 * OUT} writes embeddings.f32 and report.json, and {@code landscapes OUT} writes generated pictures,
 * a folder for each kind.
 */
public final class ModelsPeer {
  private static final int OF_A_KIND = 20;

  private ModelsPeer() {}

  /** Runs one of the two. */
  public static void main(String[] arguments) throws IOException {
    Path last = Path.of(arguments[arguments.length - 1]);
    if (arguments[0].equals("landscapes")) landscapes(last);
    else encode(Path.of(arguments[1]), Path.of(arguments[2]), last);
  }

  private static void encode(Path directory, Path folder, Path out) throws IOException {
    RetrievalSet set = RetrievalSet.ofFolders(folder);
    try (EmbeddingModel model = OnnxEncoders.custom(directory)) {
      List<Raster> pictures = new ArrayList<>();
      for (RetrievalSet.Item item : set.items()) pictures.add(ImageFiles.read(item.picture()));
      Vectors vectors = model.image().encode(pictures);
      ByteBuffer bytes =
          ByteBuffer.allocate((int) vectors.rows() * vectors.dimension() * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < vectors.rows(); i++) {
        for (float value : vectors.row(i)) bytes.putFloat(value);
      }
      Files.write(out.resolve("embeddings.f32"), bytes.array());
      Files.writeString(
          out.resolve("report.json"),
          RetrievalEvaluation.of(model).run(set, ProgressListener.NONE).toJson());
    }
  }

  private static void landscapes(Path out) throws IOException {
    for (LandscapeKind kind : LandscapeKind.values()) {
      Path folder = Files.createDirectories(out.resolve(kind.name()));
      for (int i = 0; i < OF_A_KIND; i++) {
        Files.write(
            folder.resolve(String.format("%02d.png", i)),
            ImageFiles.encodePng(Landscape.generate(kind, i, 96).trueColor()));
      }
    }
  }
}
