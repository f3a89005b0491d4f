package io.earthembed.parquet;

/** The ways to compress a dataset's files. */
public enum DatasetCompression {
  /** None: the fastest to read from a local disk. */
  NONE,
  /** Zstd, with embeddings split into streams of equally significant bytes: for slow networks. */
  ZSTD
}
