package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.TilePicture;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import io.earthembed.image.Raster;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads any CLIP-like or vision model from its {@link ModelDescription} and the ONNX and tokenizer
 * files named there. The model lacks a text or location tower if its ONNX file does not exist.
 *
 * <p>Pictures are rasters of any size: UINT8 rasters of three bands (red, green, blue), or rasters
 * of all twelve bands if the description lists bands. Text may have any length and is cut to the
 * context length. Embeddings are L2-normalised.
 *
 * <p>Loading from a directory does not use the network. To ensure that, loading a text tower sets
 * the system properties {@code OPT_OUT_TRACKING} and {@code RUST_FLAVOR}, which the tokenizer
 * library reads, unless the properties or the environment have them already. That library unpacks
 * its native code to {@code ~/.djl.ai}, or to {@code DJL_CACHE_DIR} if that is set.
 */
public final class OnnxEncoders {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxEncoders.class);

  private OnnxEncoders() {}

  /** Calls {@link #custom(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel custom(Path directory) {
    return custom(directory, EncoderOptions.defaults());
  }

  /**
   * Loads the model that a directory's {@code model.json} describes.
   *
   * @param directory a directory with {@code model.json} and the files that it names
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws EarthEmbedException naming the file that is missing, unreadable, damaged ({@link
   *     io.earthembed.common.CorruptDataException}) or not as described
   */
  public static EmbeddingModel custom(Path directory, EncoderOptions options) {
    ModelFiles files = ModelFiles.in(directory);
    return load(files, DescriptionReader.read(files), options);
  }

  /**
   * Loads a model by a description from another source.
   *
   * @param description description of the model
   * @param directory a directory with the ONNX and tokenizer files that it names
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws EarthEmbedException naming the file that is missing, unreadable, damaged ({@link
   *     io.earthembed.common.CorruptDataException}) or not as described
   */
  public static EmbeddingModel custom(
      ModelDescription description, Path directory, EncoderOptions options) {
    return load(ModelFiles.in(directory), description, options);
  }

  /**
   * Loads the model that the {@code model.json} of a hub's repository describes. Downloads {@code
   * model.json} and the files named there into the hub's cache first.
   *
   * @param hub the hub
   * @param repo the model and its revision
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws EarthEmbedException naming the address that cannot be read, or the file that is
   *     missing, unreadable, damaged or not as described
   */
  public static EmbeddingModel custom(Hub hub, HubRepo repo, EncoderOptions options) {
    return custom(fetch(hub, repo), options);
  }

  /** Downloads all files that a repository's description names; returns their folder. */
  static Path fetch(Hub hub, HubRepo repo) {
    Path folder = hub.fetch(repo, List.of(DescriptionReader.FILE), ProgressListener.NONE);
    return hub.fetch(repo, ModelDescription.read(folder).files(), ProgressListener.NONE);
  }

  static EmbeddingModel load(
      ModelFiles files, ModelDescription description, EncoderOptions options) {
    Loader loader = new Loader(files, description.info(), options);
    try {
      EmbeddingModel model = loader.image(description.image()).withSigmoid(description.sigmoid());
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

  /** Opens tokenizers and towers, and closes all of them if a later one fails. */
  private record Loader(
      ModelFiles files, ModelInfo info, EncoderOptions options, Deque<AutoCloseable> opened) {
    Loader(ModelFiles files, ModelInfo info, EncoderOptions options) {
      this(files, info, options, new ArrayDeque<>());
    }

    EmbeddingModel image(ImageDescription image) {
      boolean rgb = image.bands().isEmpty();
      Preparation<Raster> preparation =
          rgb ? new ImagePreparation(image) : new BandPreparation(image);
      return EmbeddingModel.of(tower(image.network(), preparation, List.of()))
          .withPicture(rgb ? TilePicture.TRUE_COLOR : TilePicture.ALL_BANDS);
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
      Encoder<T> encoder = new OnnxEncoder<>(info, preparation, network, options, resources);
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
