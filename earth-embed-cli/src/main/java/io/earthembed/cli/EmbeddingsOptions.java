package io.earthembed.cli;

import io.earthembed.EarthExplorer;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.vector.Metric;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose embeddings, their model and their index. */
final class EmbeddingsOptions {
  @Option(
      names = "--embeddings",
      paramLabel = "DIR",
      description =
          "embeddings in GeoParquet: a file, a folder of files, or the folder that the command"
              + " embed was given as --out")
  private @Nullable Path path;

  @Mixin private final ModelOptions model = new ModelOptions();

  @Option(
      names = "--index",
      paramLabel = "FILE",
      description =
          "FAISS index of the embeddings, which the command index makes (default: every vector is"
              + " compared)")
  private @Nullable Path index;

  /** Returns whether the embeddings are chosen. */
  boolean isGiven() {
    return path != null;
  }

  /** Returns the options of the model. */
  ModelOptions model() {
    return model;
  }

  /**
   * Opens the chosen embeddings with the chosen model. See {@link #open(GeoParquetDataset,
   * PrintWriter)}.
   */
  EarthExplorer open(PrintWriter notes) throws IOException {
    if (path == null) throw new IllegalArgumentException("--embeddings DIR is missing");
    Path files = folder(path);
    if (model.isDemo()) return open(GeoParquetDataset.open(files), notes);
    EmbeddingModel chosen = model.load();
    try {
      // Files that name no model are of the chosen one.
      return open(GeoParquetDataset.open(files, chosen.info()), chosen);
    } catch (RuntimeException e) {
      chosen.close();
      throw e;
    }
  }

  /** Returns the path, or the folder of embeddings in it. */
  static Path folder(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("--embeddings is no file or folder: " + path);
    }
    if (!Files.isDirectory(path)) return path;
    List<Path> made = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(path, Embeddings.PREFIX + '*')) {
      folders.forEach(made::add);
    }
    if (made.isEmpty()) return path;
    if (made.size() == 1) return made.get(0);
    throw new IllegalArgumentException(
        "--embeddings: " + path + " has several, name one: " + made.stream().sorted().toList());
  }

  /**
   * Opens an explorer over a dataset; it owns its model, its index and its store.
   *
   * @param notes receives a line if texts and pictures cannot be searched
   */
  EarthExplorer open(GeoParquetDataset dataset, PrintWriter notes) {
    return open(dataset, model.loadFor(dataset.model(), notes));
  }

  private EarthExplorer open(GeoParquetDataset dataset, EmbeddingModel chosen) {
    EmbeddingIndex vectors = null;
    ParquetImageryStore store = ParquetImageryStore.open();
    try {
      vectors = index(dataset);
      return EarthExplorer.open(dataset, chosen, vectors, store).owning();
    } catch (RuntimeException e) {
      store.close();
      chosen.close();
      if (vectors != null) vectors.close();
      throw e;
    }
  }

  /**
   * Returns an empty index that compares a query with every vector: FAISS's, or the one in Java if
   * FAISS was not built for this machine.
   */
  static EmbeddingIndex flat(int dimension) {
    return FaissIndex.isAvailable()
        ? FaissIndex.flat(dimension, Metric.INNER_PRODUCT)
        : new ExactIndex(dimension, Metric.INNER_PRODUCT);
  }

  /** Opens the chosen index; an empty one compares a query with every vector. */
  EmbeddingIndex index(GeoParquetDataset dataset) {
    if (index == null) {
      return flat(dataset.model().dimension());
    }
    if (!Files.isRegularFile(index)) {
      throw new IllegalArgumentException("--index is no file: " + index);
    }
    try {
      return FaissIndex.open(index);
    } catch (EarthEmbedException e) {
      throw new EarthEmbedException("--index: " + e.getMessage(), e);
    }
  }
}
