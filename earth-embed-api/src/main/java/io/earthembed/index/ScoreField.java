package io.earthembed.index;

/**
 * The scores of all vectors of an index for one query, for a map. Whoever holds the array may
 * change it; safe for many threads if nobody does.
 *
 * @param scores by ordinal; as an index's scores, larger is more similar
 * @param maxError the most by which a score differs from that of a search; 0 if the scores are
 *     exact
 */
public record ScoreField(float[] scores, float maxError) {}
