package io.earthembed.onnx;

import io.earthembed.encoder.ImageText;
import io.earthembed.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Converts pictures with texts, and pictures alone, into samples of {@link ImageTextTensors}. */
final class ImageTextPreparation implements Preparation<ImageText> {
  private final Preparation<Raster> pictures;
  private final TextPreparation texts;
  private final TextPreparation prompts;
  private final String prompt;

  /**
   * @param pictures preparation of the pixels
   * @param texts preparation of a query's text
   * @param prompts preparation of the prompt of a picture alone, which adds nothing to it
   * @param prompt that prompt
   */
  ImageTextPreparation(
      Preparation<Raster> pictures, TextPreparation texts, TextPreparation prompts, String prompt) {
    this.pictures = pictures;
    this.texts = texts;
    this.prompts = prompts;
    this.prompt = prompt;
  }

  @Override
  public Sample sample(ImageText input) {
    Sample picture = pictures.sample(input.image());
    Sample text = input.text().isEmpty() ? prompts.sample(prompt) : texts.sample(input.text());
    int bytes = pictures.sampleBytes(1);
    return new Sample() {
      @Override
      public int length() {
        return text.length();
      }

      @Override
      public void write(ByteBuffer target) {
        picture.write(target.slice(0, bytes).order(ByteOrder.nativeOrder()));
        text.write(target.slice(bytes, target.capacity() - bytes).order(ByteOrder.nativeOrder()));
      }
    };
  }

  @Override
  public int paddedLength(int length) {
    return texts.paddedLength(length);
  }

  @Override
  public int sampleBytes(int paddedLength) {
    return Math.addExact(pictures.sampleBytes(1), texts.sampleBytes(paddedLength));
  }

  /** Describes the preparation of a picture alone, which embeddings of a dataset have. */
  @Override
  public String describe() {
    return pictures.describe() + " prompt=\"" + prompt.replace("\n", "\\n") + "\"";
  }

  @Override
  public List<String> assumptions(ImageText input) {
    return pictures.assumptions(input.image());
  }
}
