package io.earthembed.benchmarks;

import com.google.gson.Gson;
import io.earthembed.common.ProgressListener;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.evaluation.RetrievalEvaluation;
import io.earthembed.evaluation.RetrievalSet;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.onnx.EncoderOptions;
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
 * Encodes pictures and texts for benchmarks/peers/models/models.py. Arguments: {@code encode MODEL
 * PICTURES OUT} writes embeddings.f32 and report.json, {@code texts MODEL TEXTS OUT} writes
 * embeddings.f32 of a JSON file of texts, and {@code landscapes OUT} writes generated pictures, a
 * folder for each kind.
 */
public final class ModelsPeer {
  private static final int OF_A_KIND = 20;

  private ModelsPeer() {}

  /** Runs one of the three. */
  public static void main(String[] arguments) throws IOException {
    Path last = Path.of(arguments[arguments.length - 1]);
    switch (arguments[0]) {
      case "landscapes" -> landscapes(last);
      case "texts" -> texts(Path.of(arguments[1]), Path.of(arguments[2]), last);
      default -> encode(Path.of(arguments[1]), Path.of(arguments[2]), last);
    }
  }

  private static void encode(Path directory, Path folder, Path out) throws IOException {
    RetrievalSet set = RetrievalSet.ofFolders(folder);
    try (EmbeddingModel model = OnnxEncoders.custom(directory)) {
      List<Raster> pictures = new ArrayList<>();
      for (RetrievalSet.Item item : set.items()) pictures.add(ImageFiles.read(item.picture()));
      write(model.image().encode(pictures), out);
      Files.writeString(
          out.resolve("report.json"),
          RetrievalEvaluation.of(model).run(set, ProgressListener.NONE).toJson());
    }
  }

  private static void texts(Path directory, Path file, Path out) throws IOException {
    String[] texts = new Gson().fromJson(Files.readString(file), String[].class);
    EncoderOptions options = EncoderOptions.defaults().withBatchSize(16);
    try (Encoder<String> encoder = OnnxEncoders.openText(directory, options)) {
      write(encoder.encode(List.of(texts)), out);
    }
  }

  private static void write(Vectors vectors, Path out) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) vectors.rows() * vectors.dimension() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < vectors.rows(); i++) {
      for (float value : vectors.row(i)) bytes.putFloat(value);
    }
    Files.write(out.resolve("embeddings.f32"), bytes.array());
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
