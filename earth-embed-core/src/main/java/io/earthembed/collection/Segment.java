package io.earthembed.collection;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.CorruptDataException;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.index.builtin.IndexFiles;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open segment: a catalog, its vectors and an index over them. Immutable and safe for many
 * threads. It counts its users and is closed when the last one releases it; whoever opened it is
 * the first user.
 */
final class Segment {
  private final Manifest.Entry entry;
  private final TileCatalog catalog;
  private final VectorFile vectors;
  private final EmbeddingIndex index;
  private final AtomicInteger users = new AtomicInteger(1);

  private Segment(
      Manifest.Entry entry, TileCatalog catalog, VectorFile vectors, EmbeddingIndex index) {
    this.entry = entry;
    this.catalog = catalog;
    this.vectors = vectors;
    this.index = index;
  }

  @SuppressWarnings("IllegalCatch") // closes the vectors, whatever is wrong
  static Segment open(Path folder, Manifest manifest, Manifest.Entry entry) {
    int dimension = manifest.origin().model().dimension();
    Path catalogFile = SegmentFiles.catalog(folder, entry.id());
    TileCatalog catalog = TileCatalog.open(catalogFile);
    if (catalog.size() != entry.rows()) {
      throw new CorruptDataException(
          catalogFile.toString(), catalog.size() + " tiles, not " + entry.rows());
    }
    VectorFile vectors =
        VectorFile.open(SegmentFiles.vectors(folder, entry.id()), dimension, entry.rows());
    try {
      return new Segment(entry, catalog, vectors, index(folder, manifest, entry, vectors));
    } catch (RuntimeException e) {
      vectors.close();
      throw e;
    }
  }

  private static EmbeddingIndex index(
      Path folder, Manifest manifest, Manifest.Entry entry, VectorFile vectors) {
    int dimension = manifest.origin().model().dimension();
    if (!entry.indexed()) {
      ExactIndex exact = new ExactIndex(dimension, manifest.metric());
      vectors.forEachBatch(exact::add);
      return exact;
    }
    Path file = SegmentFiles.index(folder, entry.id());
    EmbeddingIndex index = IndexFiles.open(file);
    if (index.size() != entry.rows()
        || index.ordinalEnd() != entry.rows()
        || index.dimension() != dimension
        || index.metric() != manifest.metric()) {
      index.close();
      throw new CorruptDataException(file.toString(), "not the index of the segment: " + index);
    }
    return index;
  }

  Manifest.Entry entry() {
    return entry;
  }

  String id() {
    return entry.id();
  }

  TileCatalog catalog() {
    return catalog;
  }

  VectorFile vectors() {
    return vectors;
  }

  EmbeddingIndex index() {
    return index;
  }

  /** Adds a user; the caller is one, or holds a version that is. */
  void retain() {
    users.incrementAndGet();
  }

  void release() {
    if (users.decrementAndGet() > 0) return;
    try {
      index.close();
    } finally {
      vectors.close();
    }
  }
}
