package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Converts text into a tensor [n, contextLength] of token ids. The text is cleaned and tokenized;
 * the ids are cut at the context length or padded with the pad id.
 */
final class TextPreparation implements Preparation<String> {
  private final ModelDescription.Text description;
  private final Tokenizer tokenizer;
  private final Tensor tensor;

  TextPreparation(ModelDescription.Text description, Tokenizer tokenizer) {
    this.description = description;
    this.tokenizer = tokenizer;
    this.tensor =
        new Tensor(
            description.network().input(),
            OnnxJavaType.INT64,
            List.of((long) description.contextLength()));
  }

  @Override
  public Tensor tensor() {
    return tensor;
  }

  @Override
  public void check(String text) {}

  @Override
  public void write(String text, ByteBuffer target) {
    long[] ids = tokenizer.encode(description.clean().apply(Tokenizer.wellFormed(text)));
    for (long id : ids) {
      // The network would read past the end of its embedding table.
      if (id < 0 || id >= description.vocabularySize()) {
        throw new IllegalArgumentException(
            "token id " + id + " outside the vocabulary of " + description.vocabularySize());
      }
    }
    for (int i = 0; i < description.contextLength(); i++) {
      target.putLong(i < ids.length ? ids[i] : description.padId());
    }
  }
}
