package io.earthembed.onnx;

import io.earthembed.EarthEmbedException;
import io.earthembed.EmbeddingModel;
import io.earthembed.Encoder;
import io.earthembed.ModelInfo;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads a model from a directory of its {@code model.json} ({@link ModelDescription}), and the ONNX
 * and tokenizer files that are named there. A text or location tower whose ONNX file is not there
 * is left out.
 *
 * <p>Pictures are UINT8 rasters of three bands, red, green, blue. One whose size is not the model's
 * is resized until its shorter side is, and cut out of the middle. Text may be of any length; what
 * does not fit into the context is cut off. Embeddings come out L2-normalised.
 *
 * <p>Nothing here uses the network. To that end, loading a text tower sets the system properties
 * {@code OPT_OUT_TRACKING} and {@code RUST_FLAVOR}, which the tokenizer library reads, unless they
 * are set already, there or in the environment. That library unpacks its native code below {@code
 * ~/.djl.ai}, or where {@code DJL_CACHE_DIR} says.
 */
public final class OnnxModels {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxModels.class);

  private OnnxModels() {}

  /** {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel load(Path directory) {
    return load(directory, EncoderOptions.defaults());
  }

  /**
   * Loads the towers whose ONNX files are there.
   *
   * @param directory the files above
   * @param options threads and batch size
   * @return a model, to be closed; safe for many threads
   * @throws EarthEmbedException naming the file that is missing, unreadable, damaged ({@link
   *     io.earthembed.CorruptDataException}) or not what the description says
   */
  public static EmbeddingModel load(Path directory, EncoderOptions options) {
    return load(ModelFiles.in(directory), options);
  }

  static EmbeddingModel load(ModelFiles files, EncoderOptions options) {
    ModelDescription description = DescriptionReader.read(files);
    Loader loader = new Loader(files, description.info(), options);
    try {
      ModelDescription.Image image = description.image();
      EmbeddingModel model =
          EmbeddingModel.of(loader.tower(image.network(), new ImagePreparation(image), List.of()));
      ModelDescription.Text text = description.text();
      if (text != null && files.has(text.network().file())) {
        Tokenizer tokenizer = loader.tokenizer(text);
        TextPreparation preparation = new TextPreparation(text, tokenizer);
        model = model.withText(loader.tower(text.network(), preparation, List.of(tokenizer)));
      }
      ModelDescription.Location location = description.location();
      if (location != null && files.has(location.network().file())) {
        LocationPreparation preparation = new LocationPreparation(location);
        model = model.withLocation(loader.tower(location.network(), preparation, List.of()));
      }
      return model;
    } catch (RuntimeException e) {
      loader.closeAll();
      throw e;
    }
  }

  /** Opens things, and remembers them in case a later one fails. */
  private record Loader(
      ModelFiles files, ModelInfo info, EncoderOptions options, Deque<AutoCloseable> opened) {
    Loader(ModelFiles files, ModelInfo info, EncoderOptions options) {
      this(files, info, options, new ArrayDeque<>());
    }

    Tokenizer tokenizer(ModelDescription.Text text) {
      Tokenizer tokenizer = Tokenizer.open(files, text.tokenizer(), text.contextLength());
      opened.push(tokenizer);
      return tokenizer;
    }

    <T> Encoder<T> tower(
        ModelDescription.Network description,
        Preparation<T> preparation,
        List<AutoCloseable> owned) {
      Network network =
          Network.open(files, description, preparation.tensor(), info.dimension(), options);
      List<AutoCloseable> resources = new ArrayList<>(owned);
      resources.add(network);
      Encoder<T> encoder =
          new OnnxEncoder<>(info, preparation, network, options.batchSize(), resources);
      opened.push(encoder);
      return encoder;
    }

    void closeAll() {
      for (AutoCloseable open : opened) {
        try {
          open.close();
        } catch (Exception e) {
          LOG.warn("{} could not be closed", open, e);
        }
      }
    }
  }
}
