package io.earthembed.onnx;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;

/** The tokenizer that {@code tokenizer.json} describes, in native code. Safe for many threads. */
final class Tokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  private Tokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Opens a tokenizer. Its post-processor adds special tokens; texts are cut so that these fit into
   * the context length too.
   */
  static Tokenizer open(ModelFiles files, String file, int contextLength) {
    byte[] json = files.read(file);
    keepOffTheNetwork();
    String length = Integer.toString(contextLength);
    try {
      return new Tokenizer(
          HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(json),
              Map.of(
                  "addSpecialTokens", "true",
                  "padding", "false",
                  "truncation", "true",
                  "maxLength", length,
                  "modelMaxLength", length)));
    } catch (LinkageError e) {
      throw new EarthEmbedException("the tokenizer library does not load on this machine", e);
    } catch (IOException | RuntimeException e) {
      throw new CorruptDataException(files.describe(file), "is not a tokenizer", e);
    }
  }

  /**
   * Keeps the library from reporting usage on cloud machines, and from downloading another build of
   * itself if it finds a GPU. Settings of the user stay as they are.
   */
  private static void keepOffTheNetwork() {
    setUnlessSet("OPT_OUT_TRACKING", "true");
    setUnlessSet("RUST_FLAVOR", "cpu");
  }

  private static void setUnlessSet(String name, String value) {
    if (System.getenv(name) == null && System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /** Returns the token ids of a text, at most the context length. */
  long[] encode(String text) {
    return tokenizer.encode(wellFormed(text)).getIds();
  }

  /** Replaces unpaired surrogates, which native code must not see, by U+FFFD. */
  static String wellFormed(String text) {
    StringBuilder fixed = null;
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) continue;
      if (Character.isSupplementaryCodePoint(text.codePointAt(i))) {
        i++;
        continue;
      }
      if (fixed == null) fixed = new StringBuilder(text);
      fixed.setCharAt(i, '\uFFFD');
    }
    return fixed == null ? text : fixed.toString();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
