package io.earthembed.parquet;

/** How a dataset's files are packed. */
public enum DatasetCompression {
  /** Not at all: what a local dataset is read fastest from. */
  NONE,
  /** By zstd, embeddings split by the significance of their bytes before: for slow links. */
  ZSTD
}
