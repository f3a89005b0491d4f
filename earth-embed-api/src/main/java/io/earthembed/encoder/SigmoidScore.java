package io.earthembed.encoder;

/**
 * What a model trained with a sigmoid loss makes of the similarity of a picture and a text: the
 * probability that they belong together, each pair judged by itself. After X. Zhai et al., "Sigmoid
 * Loss for Language Image Pre-Training" (2023).
 *
 * @param scale what the cosine is multiplied by, e to the model's logit scale; positive
 * @param bias what is added
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
   * The probability.
   *
   * @param cosine of the two embeddings
   * @return in [0, 1]; rises with the cosine, so that an order by it is the order by cosine
   */
  public double of(double cosine) {
    return 1 / (1 + Math.exp(-(scale * cosine + bias)));
  }
}
