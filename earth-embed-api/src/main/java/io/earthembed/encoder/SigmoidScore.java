package io.earthembed.encoder;

/**
 * The probability that a picture and a text belong together, as a model trained with a sigmoid loss
 * computes it. Each pair is judged by itself. Source: X. Zhai et al., "Sigmoid Loss for Language
 * Image Pre-Training" (2023).
 *
 * @param scale factor of the cosine: e to the power of the model's logit scale; positive
 * @param bias added to the scaled cosine
 */
public record SigmoidScore(double scale, double bias) {
  /** Checks its arguments. */
  public SigmoidScore {
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("scale must be positive: " + scale);
    }
    if (!Double.isFinite(bias)) throw new IllegalArgumentException("bias is not finite: " + bias);
  }

  /**
   * Returns the probability for a cosine.
   *
   * @param cosine of the two embeddings
   * @return in [0, 1]; rises with the cosine, so both give the same order
   */
  public double of(double cosine) {
    return 1 / (1 + Math.exp(-(scale * cosine + bias)));
  }
}
