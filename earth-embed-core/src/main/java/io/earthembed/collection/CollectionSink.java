package io.earthembed.collection;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.dataset.FailedTile;
import io.earthembed.internal.PlainText;
import io.earthembed.vector.Vectors;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Adds a pipeline's embeddings to a collection. All that the collection holds counts as one part
 * with a name of its own, so a run skips these tiles and adds the others, whatever its part names.
 */
final class CollectionSink implements EmbeddingSink {
  private static final String PART = "collection";

  private final CollectionWriter writer;

  CollectionSink(CollectionWriter writer) {
    this.writer = writer;
  }

  @Override
  public Set<String> parts() {
    try (Snapshot now = writer.collection().snapshot()) {
      return now.catalog().size() == 0 ? Set.of() : Set.of(PART);
    }
  }

  @Override
  public void require(String part, EmbeddingOrigin origin) {
    EmbeddingOrigin own = writer.collection().origin();
    if (own.agreesWith(origin)) return;
    throw new EarthEmbedException(
        PlainText.message(writer + " holds embeddings of " + own + ", not of " + origin));
  }

  @Override
  public Set<String> ids(Set<String> parts, EmbeddingOrigin origin) {
    require(PART, origin);
    Set<String> ids = new HashSet<>();
    try (Snapshot now = writer.collection().snapshot()) {
      for (long i = 0; i < now.catalog().size(); i++) ids.add(now.catalog().id(i));
    }
    return ids;
  }

  /** Keeps no list: the next run tries tiles again that the collection lacks. */
  @Override
  public void recordFailures(String part, List<FailedTile> failures) {}

  @Override
  public void write(
      String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings) {
    require(part, origin);
    writer.upsert(tiles.stream().map(EmbeddedTile::tile).toList(), embeddings);
  }

  @Override
  public String toString() {
    return "CollectionSink[" + writer + "]";
  }
}
