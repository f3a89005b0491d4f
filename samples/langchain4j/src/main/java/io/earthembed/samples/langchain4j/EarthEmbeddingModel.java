package io.earthembed.samples.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import io.earthembed.encoder.Encoder;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * A model of earth-embed as LangChain4j's embedding model of texts and pictures. An input is one
 * text or one picture; a picture is given by its bytes, and no address is fetched. Safe for many
 * threads.
 */
public final class EarthEmbeddingModel implements EmbeddingModel {
  private final io.earthembed.encoder.EmbeddingModel model;
  private final Encoder<String> texts;

  /** Wraps a model, which the caller closes. */
  public EarthEmbeddingModel(io.earthembed.encoder.EmbeddingModel model) {
    this.model = model;
    this.texts =
        model
            .text()
            .orElseThrow(() -> new IllegalArgumentException(model + " has no text encoder"));
  }

  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    // Each encoder gets all of its inputs at once.
    List<String> words = new ArrayList<>();
    List<Raster> pictures = new ArrayList<>();
    for (EmbeddingInput input : request.inputs()) {
      Content content = content(input);
      if (content instanceof TextContent text) words.add(text.text());
      else pictures.add(picture((ImageContent) content));
    }
    Vectors ofTexts = words.isEmpty() ? null : texts.encode(words);
    Vectors ofPictures = pictures.isEmpty() ? null : model.image().encode(pictures);
    List<Embedding> embeddings = new ArrayList<>();
    int text = 0;
    int picture = 0;
    for (EmbeddingInput input : request.inputs()) {
      boolean isText = content(input) instanceof TextContent;
      embeddings.add(
          Embedding.from(isText ? ofTexts.row(text++) : ofPictures.row(picture++)));
    }
    return EmbeddingResponse.builder().embeddings(embeddings).modelName(modelName()).build();
  }

  private static Content content(EmbeddingInput input) {
    if (input.contents().size() == 1) return input.contents().get(0);
    throw new IllegalArgumentException(
        "an input is one text or one picture, not " + input.contents().size() + " contents");
  }

  private static Raster picture(ImageContent content) {
    String base64 = content.image().base64Data();
    if (base64 == null) {
      throw new IllegalArgumentException("a picture without bytes: " + content.image().url());
    }
    return ImageFiles.decode(Base64.getDecoder().decode(base64), "a picture");
  }

  @Override
  public Set<ContentType> supportedContentTypes() {
    return Set.of(ContentType.TEXT, ContentType.IMAGE);
  }

  @Override
  public int dimension() {
    return model.info().dimension();
  }

  @Override
  public String modelName() {
    return model.info().nameAndVersion();
  }
}
