package io.earthembed.onnx;

import java.nio.FloatBuffer;

/** Ways to make one embedding of a network's output of one vector per token. */
public enum Pooling {
  /**
   * Takes the first token's vector, which is the class token of BERT and of vision transformers.
   */
  CLASS_TOKEN,

  /** Takes the mean of all tokens, class token included, without tokens that pad a text. */
  MEAN,

  /** Takes the vector of the last token that does not pad a text. */
  LAST_TOKEN;

  /**
   * Pools the vectors of one sample.
   *
   * @param vectors the tokens' vectors, one after the other, from index {@code start}
   * @param tokens number of vectors to use, at least 1
   * @param target receives the embedding from index {@code at}
   */
  void apply(
      FloatBuffer vectors, int start, int tokens, int dimension, FloatBuffer target, int at) {
    switch (this) {
      case CLASS_TOKEN -> target.put(at, vectors, start, dimension);
      case LAST_TOKEN -> target.put(at, vectors, start + (tokens - 1) * dimension, dimension);
      case MEAN -> {
        for (int i = 0; i < dimension; i++) {
          double sum = 0;
          for (int t = 0; t < tokens; t++) sum += vectors.get(start + t * dimension + i);
          target.put(at + i, (float) (sum / tokens));
        }
      }
    }
  }
}
