package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts text into samples of {@link TokenTensors}. The text is cleaned and tokenized; the ids
 * are cut at the context length and padded with the pad id.
 */
final class TextPreparation implements Preparation<String> {
  private static final Logger LOG = LoggerFactory.getLogger(TextPreparation.class);

  private final TextDescription description;
  private final Tokenizer tokenizer;
  private final Lengths lengths;

  /** Lengths that texts are padded to. */
  enum Lengths {
    /** The context length. */
    CONTEXT,
    /** The next of some lengths, so that texts of similar length share a run. */
    BUCKET,
    /** None: each text keeps its length. */
    OWN
  }

  TextPreparation(TextDescription description, Tokenizer tokenizer, Lengths lengths) {
    this.description = description;
    this.tokenizer = tokenizer;
    this.lengths = lengths;
  }

  /**
   * Chooses the lengths for a network.
   *
   * @throws EarthEmbedException if the network takes another number of tokens
   */
  static Lengths lengths(TextDescription description, OnnxSession session, TokenTensors tensors) {
    int fixed = tensors.fixedTokens();
    int context = description.contextLength();
    if (fixed != -1 && fixed != context) {
      throw new EarthEmbedException(
          session.file()
              + ": takes "
              + fixed
              + " tokens, and text.contextLength is "
              + context
              + " (input "
              + session.describeInput(description.network().input())
              + ")");
    }
    boolean anyLength =
        switch (description.padding()) {
          case AUTO -> tensors.hasMask();
          case LONGEST -> true;
          case CONTEXT_LENGTH -> false;
        };
    if (fixed != -1 || !anyLength) return Lengths.CONTEXT;
    return session.onnx().isDynamicallyQuantized() ? Lengths.OWN : Lengths.BUCKET;
  }

  /**
   * Returns the least bucket of at least this length: multiples of 8 up to 32, then steps of a
   * third to a half.
   */
  static int bucket(int length) {
    int step = 8;
    while (length > 4 * step) step *= 2;
    return (length + step - 1) / step * step;
  }

  @Override
  public int paddedLength(int length) {
    return switch (lengths) {
      case CONTEXT -> description.contextLength();
      case BUCKET -> Math.min(description.contextLength(), bucket(Math.max(1, length)));
      case OWN -> Math.max(1, length);
    };
  }

  @Override
  public int sampleBytes(int paddedLength) {
    return Math.multiplyExact(1 + paddedLength, Long.BYTES);
  }

  @Override
  public Sample sample(String text) {
    String prompt = description.prefix() + text + description.suffix();
    long[] ids = tokenizer.encode(description.clean().apply(Tokenizer.wellFormed(prompt)));
    for (long id : ids) {
      // The network would read past the end of its embedding table.
      if (id < 0 || id >= description.vocabularySize()) {
        throw new IllegalArgumentException(
            "token id " + id + " outside the vocabulary of " + description.vocabularySize());
      }
    }
    return new Ids(ids, description.padId());
  }

  private record Ids(long[] ids, int padId) implements Sample {
    @Override
    public int length() {
      return ids.length;
    }

    @Override
    public void write(ByteBuffer target) {
      target.putLong(ids.length);
      for (long id : ids) target.putLong(id);
      while (target.hasRemaining()) target.putLong(padId);
    }
  }

  /**
   * Runs a text of the context length, since a network can have fewer positions than that.
   *
   * @throws EarthEmbedException if the network fails
   */
  static void tryContextLength(TextDescription description, Network network) {
    // Longer texts take too much memory; networks with more positions than that are rare.
    int tokens = Math.min(description.contextLength(), 1024);
    ByteBuffer sample =
        ByteBuffer.allocateDirect((1 + tokens) * Long.BYTES).order(ByteOrder.nativeOrder());
    sample.putLong(tokens);
    while (sample.hasRemaining()) sample.putLong(description.padId());
    FloatBuffer embedding =
        ByteBuffer.allocateDirect(network.dimension() * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    try {
      network.run(sample.flip(), 1, embedding);
    } catch (EarthEmbedException e) {
      throw new EarthEmbedException(
          "text.contextLength is "
              + description.contextLength()
              + ", but the network fails with "
              + tokens
              + " tokens: "
              + e.getMessage(),
          e);
    }
  }
}
