package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.TilePicture;
import io.earthembed.geo.GeoPoint;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import io.earthembed.image.Raster;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads any CLIP-like or vision model from its {@link ModelDescription} and the ONNX and tokenizer
 * files named there. The model lacks a text or location tower if its ONNX file does not exist.
 *
 * <p>Pictures are rasters of any size: UINT8 rasters of three bands (red, green, blue), or rasters
 * of all twelve bands if the description lists bands. Text may have any length and is cut to the
 * context length. A picture and a text can be one input if the description has a section {@code
 * imageText}. Embeddings are L2-normalised.
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

  /** Calls {@link #open(Path, EncoderOptions)} with {@link EncoderOptions#defaults()}. */
  public static EmbeddingModel open(Path directory) {
    return open(directory, EncoderOptions.defaults());
  }

  /**
   * Opens a model as it lies on Hugging Face's hub, in the layout of transformers, transformers.js
   * (Optimum) or sentence-transformers: {@code config.json}, {@code preprocessor_config.json},
   * {@code tokenizer.json}, {@code tokenizer_config.json}, {@code 1_Pooling/config.json}, and in
   * {@code onnx/} or beside them {@code vision_model.onnx} and {@code text_model.onnx}, or one
   * {@code model.onnx}; a suffix such as {@code _fp16} or {@code _quantized} is allowed if there is
   * one file only.
   *
   * <p>The model is named like its directory, or its repository in the hub's cache. Its version is
   * a checksum of the weights, of the picture tower if it has one. A {@code model.json} may replace
   * any field. If there is no {@code config.json}, it must describe the model, as for {@link
   * #custom(Path)}.
   *
   * @param directory the directory
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws EarthEmbedException naming the file that is missing, unreadable, damaged or not as
   *     described, or the fields that the files do not tell and the lines of {@code model.json}
   *     that would
   */
  public static EmbeddingModel open(Path directory, EncoderOptions options) {
    ModelFiles files = ModelFiles.in(directory);
    return load(files, HubLayout.describe(files), options);
  }

  /**
   * Opens a model of a hub's repository, in a layout of {@link #open(Path, EncoderOptions)}, or
   * with a {@code model.json}. Downloads the configuration, the tokenizer and one network for each
   * tower into the hub's cache; opening it again needs no request for them.
   *
   * @param hub the hub
   * @param repo the model and its revision; the model is named like the repository
   * @param options device, threads and batch size
   * @return a model, which the caller closes; safe for many threads
   * @throws EarthEmbedException as {@link #open(Path, EncoderOptions)}, or naming the address that
   *     cannot be read
   */
  public static EmbeddingModel open(Hub hub, HubRepo repo, EncoderOptions options) {
    ModelFiles files = ModelFiles.on(hub, repo);
    return load(files, HubLayout.describe(files), options);
  }

  /**
   * Opens the text tower alone, of a hub's repository as {@link #open(Hub, HubRepo,
   * EncoderOptions)}.
   *
   * @return an encoder, which the caller closes; safe for many threads
   * @throws EarthEmbedException as {@link #open(Hub, HubRepo, EncoderOptions)}
   */
  public static Encoder<String> openText(Hub hub, HubRepo repo, EncoderOptions options) {
    ModelFiles files = ModelFiles.on(hub, repo);
    return loadText(files, HubLayout.describe(files), options);
  }

  /**
   * Opens the text tower alone, of a model that need not have a picture tower. The directory is
   * described like that of {@link #open(Path, EncoderOptions)}.
   *
   * @param directory the directory
   * @param options device, threads and batch size
   * @return an encoder, which the caller closes; safe for many threads
   * @throws EarthEmbedException as {@link #open(Path, EncoderOptions)}
   */
  public static Encoder<String> openText(Path directory, EncoderOptions options) {
    ModelFiles files = ModelFiles.in(directory);
    return loadText(files, HubLayout.describe(files), options);
  }

  /**
   * Downloads all files that a repository's description names, and the files in which the networks
   * keep weights; returns their folder.
   */
  static Path fetch(Hub hub, HubRepo repo) {
    Path folder = hub.fetch(repo, List.of(DescriptionReader.FILE), ProgressListener.NONE);
    ModelDescription description = ModelDescription.read(folder);
    hub.fetch(repo, description.files(), ProgressListener.NONE);
    ModelFiles files = ModelFiles.in(folder);
    List<String> weights = new ArrayList<>();
    for (String network : description.networks()) {
      String parent = network.substring(0, network.lastIndexOf('/') + 1);
      for (String file : files.inspect(network).externalFiles().keySet()) {
        files.describe(parent + file); // refuses names outside the folder
        weights.add(parent + file);
      }
    }
    return hub.fetch(repo, weights, ProgressListener.NONE);
  }

  static EmbeddingModel load(
      ModelFiles files, ModelDescription description, EncoderOptions options) {
    ImageDescription image = description.image();
    if (image == null) {
      throw new EarthEmbedException(
          files.describe(DescriptionReader.FILE)
              + ": describes no image; a text encoder alone is opened by OnnxEncoders.openText");
    }
    String notes = description.notes();
    if (notes != null) LOG.info("{}: {}", description.info().nameAndVersion(), notes);
    TextDescription text = description.text();
    ModelDescription.ImageText both = description.imageText();
    ModelDescription.Location location = description.location();
    Opening opening = new Opening(files, description.info(), options);
    CompletableFuture<EmbeddingModel> pictures =
        opening.start(
            loader ->
                both == null || text == null
                    ? loader.image(image)
                    : loader.imageText(image, text, both));
    CompletableFuture<Encoder<String>> texts =
        text != null && files.has(text.network().file())
            ? opening.start(loader -> loader.text(text))
            : null;
    CompletableFuture<Encoder<GeoPoint>> places =
        location != null && files.has(location.network().file())
            ? opening.start(loader -> loader.location(location))
            : null;
    opening.requireAll();
    EmbeddingModel model = pictures.join().withSigmoid(description.sigmoid());
    if (texts != null) model = model.withText(texts.join());
    return places == null ? model : model.withLocation(places.join());
  }

  /** Opens the towers of a model beside each other. */
  private static final class Opening {
    private final ModelFiles files;
    private final ModelInfo info;
    private final EncoderOptions options;
    private final List<CompletableFuture<? extends AutoCloseable>> towers = new ArrayList<>();

    Opening(ModelFiles files, ModelInfo info, EncoderOptions options) {
      this.files = files;
      this.info = info;
      this.options = options;
    }

    /** Starts to open a tower on a thread of its own. */
    <T extends AutoCloseable> CompletableFuture<T> start(Function<Loader, T> open) {
      CompletableFuture<T> tower =
          CompletableFuture.supplyAsync(
              () -> opened(new Loader(files, info, options), open),
              task -> new Thread(task, "open-model").start());
      towers.add(tower);
      return tower;
    }

    /** Waits for all towers. If one cannot be opened, closes the others and throws its failure. */
    void requireAll() {
      Throwable failure = null;
      for (CompletableFuture<? extends AutoCloseable> tower : towers) {
        try {
          tower.join();
        } catch (CompletionException e) {
          if (failure == null) failure = e.getCause();
        }
      }
      if (failure == null) return;
      for (CompletableFuture<? extends AutoCloseable> tower : towers) {
        if (!tower.isCompletedExceptionally()) Loader.close(tower.join());
      }
      if (failure instanceof RuntimeException known) throw known;
      if (failure instanceof Error error) throw error;
      throw new IllegalStateException(failure);
    }
  }

  /** Opens a tower; closes its parts if that fails. */
  private static <T> T opened(Loader loader, Function<Loader, T> open) {
    try {
      return open.apply(loader);
    } catch (RuntimeException e) {
      loader.closeAll();
      throw e;
    }
  }

  static Encoder<String> loadText(
      ModelFiles files, ModelDescription description, EncoderOptions options) {
    TextDescription text = description.text();
    if (text == null) {
      throw new EarthEmbedException(files.describe(DescriptionReader.FILE) + ": describes no text");
    }
    return opened(new Loader(files, description.info(), options), loader -> loader.text(text));
  }

  /** Opens tokenizers and towers, and closes all of them if a later one fails. */
  private record Loader(
      ModelFiles files, ModelInfo info, EncoderOptions options, Deque<AutoCloseable> opened) {
    Loader(ModelFiles files, ModelInfo info, EncoderOptions options) {
      this(files, info, options, new ArrayDeque<>());
    }

    EmbeddingModel image(ImageDescription image) {
      OnnxSession session = session(image.network());
      boolean channelsLast = channelsLast(session, image);
      ValueTensors tensors = new ValueTensors(session, parts(image, channelsLast));
      Network network =
          new Network(
              session, tensors, image.network().output(), image.pooling(), info.dimension());
      return model(encoder(network, preparation(image, channelsLast), List.of()), image);
    }

    /** Opens a picture network that takes texts too, as two encoders. */
    EmbeddingModel imageText(
        ImageDescription image, TextDescription text, ModelDescription.ImageText both) {
      OnnxSession session = session(image.network());
      Tokenizer tokenizer = Tokenizer.open(files, text.tokenizer(), text.contextLength());
      opened.push(tokenizer);
      session.requireInput(both.input());
      boolean channelsLast = channelsLast(session, image);
      ValueTensors pixels =
          new ValueTensors(session, parts(image, channelsLast), TokenTensors.names(both.input()));
      TokenTensors tokens = new TokenTensors(session, both.input(), pixels.names());
      TextDescription query =
          TextDescription.builder(
                  new ModelDescription.Network(
                      image.network().file(), both.input(), image.network().output()))
              .tokenizer(text.tokenizer())
              .prefix(both.prefix())
              .suffix(both.suffix())
              .clean(text.clean())
              .contextLength(text.contextLength())
              .padId(text.padId())
              .vocabularySize(text.vocabularySize())
              .padding(text.padding())
              .build();
      TextDescription prompt = query.toBuilder().prefix("").suffix("").build();
      TextPreparation.Lengths lengths = TextPreparation.lengths(query, session, tokens);
      Network network =
          new Network(
              session,
              new ImageTextTensors(pixels, tokens),
              image.network().output(),
              null,
              info.dimension());
      Encoder<ImageText> encoder =
          encoder(
              network,
              new ImageTextPreparation(
                  preparation(image, channelsLast),
                  new TextPreparation(query, tokenizer, lengths),
                  new TextPreparation(prompt, tokenizer, lengths),
                  both.prompt()),
              List.of(tokenizer));
      return model(new PromptedImageEncoder(encoder), image).withImageText(encoder);
    }

    private static EmbeddingModel model(Encoder<Raster> encoder, ImageDescription image) {
      return EmbeddingModel.of(encoder)
          .withPicture(image.bands().isEmpty() ? TilePicture.TRUE_COLOR : TilePicture.ALL_BANDS);
    }

    /** Returns the inputs that a picture network takes of a picture. */
    private static List<ValueTensors.Part> parts(ImageDescription image, boolean channelsLast) {
      long size = image.size();
      long channels = image.channels();
      List<ValueTensors.Part> parts = new ArrayList<>();
      parts.add(
          new ValueTensors.Part(
              image.network().input(),
              OnnxJavaType.FLOAT,
              channelsLast ? List.of(size, size, channels) : List.of(channels, size, size)));
      image.metadata().forEach((name, value) -> parts.add(value.part(name)));
      return parts;
    }

    private static Preparation<Raster> preparation(ImageDescription image, boolean channelsLast) {
      Preparation<Raster> pixels =
          image.bands().isEmpty()
              ? new ImagePreparation(image, channelsLast)
              : new BandPreparation(image, channelsLast);
      return image.metadata().isEmpty() ? pixels : new MetadataPreparation(pixels, image);
    }

    /** Tells whether the network's last axis is that of the channels, and its second is not. */
    private static boolean channelsLast(OnnxSession session, ImageDescription image) {
      long[] shape = session.requireInput(image.network().input()).getShape();
      return shape.length == 4
          && shape[3] == image.channels()
          && shape[1] != image.channels()
          && image.size() != image.channels();
    }

    Encoder<String> text(TextDescription text) {
      Tokenizer tokenizer = Tokenizer.open(files, text.tokenizer(), text.contextLength());
      opened.push(tokenizer);
      OnnxSession session = session(text.network());
      TokenTensors tensors = new TokenTensors(session, text.network().input());
      TextPreparation.Lengths lengths = TextPreparation.lengths(text, session, tensors);
      Network network =
          new Network(session, tensors, text.network().output(), text.pooling(), info.dimension());
      if (tensors.fixedTokens() == -1) TextPreparation.tryContextLength(text, network);
      return encoder(network, new TextPreparation(text, tokenizer, lengths), List.of(tokenizer));
    }

    Encoder<GeoPoint> location(ModelDescription.Location location) {
      OnnxSession session = session(location.network());
      LocationPreparation preparation = new LocationPreparation(location);
      ValueTensors tensor =
          new ValueTensors(
              session,
              List.of(
                  new ValueTensors.Part(
                      location.network().input(),
                      preparation.type(),
                      List.of((long) preparation.count()))));
      Network network =
          new Network(session, tensor, location.network().output(), null, info.dimension());
      return encoder(network, preparation, List.of());
    }

    private OnnxSession session(ModelDescription.Network network) {
      OnnxSession session = OnnxSession.open(files, network.file(), options);
      opened.push(session);
      if (session.onnx().isDynamicallyQuantized()) {
        LOG.info(
            "{} is dynamically quantized: the embedding of an input would depend on the others of"
                + " its run, so each input runs alone",
            session.file());
      }
      return session;
    }

    private <T> Encoder<T> encoder(
        Network network, Preparation<T> preparation, List<AutoCloseable> owned) {
      List<AutoCloseable> resources = new ArrayList<>(owned);
      resources.add(network);
      Encoder<T> encoder = new OnnxEncoder<>(info, preparation, network, options, resources);
      opened.removeAll(resources);
      opened.push(encoder);
      return encoder;
    }

    void closeAll() {
      for (AutoCloseable open : opened) close(open);
    }

    static void close(AutoCloseable open) {
      try {
        open.close();
      } catch (Exception e) {
        LOG.warn("{} could not be closed", open, e);
      }
    }
  }
}
