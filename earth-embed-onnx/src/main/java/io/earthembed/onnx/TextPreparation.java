package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Text to {@code input_ids} [n, contextLength]: the tokenizer's ids, cut at the context length and
 * filled with the pad id.
 */
final class TextPreparation implements Preparation<String> {
  private final ModelDescription.Text description;
  private final Tokenizer tokenizer;
  private final Tensor tensor;

  TextPreparation(ModelDescription.Text description, Tokenizer tokenizer) {
    this.description = description;
    this.tokenizer = tokenizer;
    this.tensor =
        new Tensor("input_ids", OnnxJavaType.INT64, List.of((long) description.contextLength()));
  }

  @Override
  public Tensor tensor() {
    return tensor;
  }

  @Override
  public void check(String text) {}

  @Override
  public void write(String text, ByteBuffer target) {
    long[] ids = tokenizer.encode(text);
    for (int i = 0; i < description.contextLength(); i++) {
      target.putLong(i < ids.length ? ids[i] : description.padId());
    }
  }
}
