package io.earthembed.faiss;

/** How several GPUs share an index. */
public enum Placement {
  /** Each GPU has the whole index and answers a part of the queries of a batch. */
  REPLICAS,
  /** Each GPU has a part of the vectors and answers every query; the answers are merged. */
  SHARDS
}
