package io.earthembed.onnx;

import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import io.earthembed.onnx.ModelDescription.Network;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Preparation of text: a prefix is put before it and a suffix after it, it is cleaned, tokenized,
 * cut at the context length and padded. Immutable.
 *
 * <p>Besides the token ids, the network may have the inputs {@code attention_mask}, {@code
 * token_type_ids} and {@code position_ids}; they are filled from the number of tokens.
 */
public final class TextDescription {
  /** Lengths to which texts are padded. */
  public enum Padding {
    /** {@link #LONGEST} if the network has an {@code attention_mask}, else the context length. */
    AUTO,
    /**
     * The longest text of a run, rounded up, if the network takes any number of tokens. Without an
     * {@code attention_mask} the network must ignore tokens after the end token, as CLIP does.
     */
    LONGEST,
    /** The context length. */
    CONTEXT_LENGTH
  }

  private final Values values;

  private static final class Values extends Settings<Values> {
    final Network network;
    String tokenizer = "tokenizer.json";
    String prefix = "";
    String suffix = "";
    TextCleaning clean = TextCleaning.NONE;
    int contextLength;
    int padId;
    int vocabularySize;
    Padding padding = Padding.AUTO;
    @Nullable Pooling pooling;

    Values(Network network) {
      this.network = network;
    }

    void check() {
      ModelDescription.requireFileName("text.tokenizer", tokenizer);
      if (contextLength < 1 || contextLength > 65536) {
        throw new IllegalArgumentException(
            "text.contextLength outside [1, 65536]: " + contextLength);
      }
      Checks.positive("text.vocabularySize", vocabularySize);
      if (padId < 0 || padId >= vocabularySize) {
        throw new IllegalArgumentException("text.padId is not in the vocabulary: " + padId);
      }
    }
  }

  private TextDescription(Values values) {
    this.values = values;
  }

  /**
   * Returns a builder with the defaults. Context length and vocabulary size must be set.
   *
   * @param network input int64 or int32 [n, tokens]; output float32 or float16 [n, dimension], or
   *     [n, tokens, dimension] with a pooling
   */
  public static Builder builder(Network network) {
    return new Builder(new Values(Objects.requireNonNull(network, "network")));
  }

  /** Returns a builder with this network and these settings. */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /** Returns the network. */
  public Network network() {
    return values.network;
  }

  /** Returns the name of the tokenizer's file. */
  public String tokenizer() {
    return values.tokenizer;
  }

  /** Returns the prefix of each text. */
  public String prefix() {
    return values.prefix;
  }

  /** Returns the suffix of each text. */
  public String suffix() {
    return values.suffix;
  }

  /** Returns how a text is cleaned before it is tokenized. */
  public TextCleaning clean() {
    return values.clean;
  }

  /** Returns the most tokens of a text. */
  public int contextLength() {
    return values.contextLength;
  }

  /** Returns the token id that pads shorter texts. */
  public int padId() {
    return values.padId;
  }

  /** Returns the number of the network's token ids. */
  public int vocabularySize() {
    return values.vocabularySize;
  }

  /** Returns the length to which texts are padded. */
  public Padding padding() {
    return values.padding;
  }

  /**
   * Returns how the network's vectors of tokens become an embedding, or null if its output is the
   * embedding.
   */
  public @Nullable Pooling pooling() {
    return values.pooling;
  }

  /** Two preparations are equal if their networks and all their settings are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TextDescription that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return "TextDescription["
        + network()
        + ", tokenizer="
        + tokenizer()
        + ", prefix=\""
        + prefix()
        + "\", suffix=\""
        + suffix()
        + "\", clean="
        + clean()
        + ", contextLength="
        + contextLength()
        + ", padId="
        + padId()
        + ", vocabularySize="
        + vocabularySize()
        + ", padding="
        + padding()
        + ", pooling="
        + pooling()
        + "]";
  }

  /** Builds preparations. Not safe for several threads at once. */
  public static final class Builder {
    private final Values values;

    private Builder(Values values) {
      this.values = values;
    }

    /**
     * Sets the name of the tokenizer's file, in the format that Hugging Face's tokenizers library
     * writes (default "tokenizer.json").
     */
    public Builder tokenizer(String file) {
      values.tokenizer = file;
      return this;
    }

    /** Sets what is put before each text, for example "query: " (default empty). */
    public Builder prefix(String prefix) {
      values.prefix = Objects.requireNonNull(prefix, "prefix");
      return this;
    }

    /** Sets what is put after each text, for example the end of a prompt (default empty). */
    public Builder suffix(String suffix) {
      values.suffix = Objects.requireNonNull(suffix, "suffix");
      return this;
    }

    /** Sets how a text is cleaned before it is tokenized (default {@link TextCleaning#NONE}). */
    public Builder clean(TextCleaning clean) {
      values.clean = Objects.requireNonNull(clean, "clean");
      return this;
    }

    /** Sets the most tokens of a text, special tokens included, from 1 to 65536. */
    public Builder contextLength(int tokens) {
      values.contextLength = tokens;
      return this;
    }

    /** Sets the token id that pads shorter texts, in [0, vocabularySize) (default 0). */
    public Builder padId(int id) {
      values.padId = id;
      return this;
    }

    /** Sets the number of the network's token ids, at least 1. */
    public Builder vocabularySize(int size) {
      values.vocabularySize = size;
      return this;
    }

    /** Sets the length to which texts are padded (default {@link Padding#AUTO}). */
    public Builder padding(Padding padding) {
      values.padding = Objects.requireNonNull(padding, "padding");
      return this;
    }

    /**
     * Sets how the network's vectors of tokens become an embedding (default null: the network's
     * output is the embedding).
     */
    public Builder pooling(@Nullable Pooling pooling) {
      values.pooling = pooling;
      return this;
    }

    /**
     * Returns the preparation.
     *
     * @throws IllegalArgumentException if a setting is out of range or does not fit another, naming
     *     it as in {@code model.json}
     */
    public TextDescription build() {
      values.check();
      return new TextDescription(values.copy());
    }
  }
}
