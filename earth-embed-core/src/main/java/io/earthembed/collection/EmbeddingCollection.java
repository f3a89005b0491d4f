package io.earthembed.collection;

import io.earthembed.base.table.LiveRows;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingOrigin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a collection that a {@link CollectionWriter} changes, in this process or another. {@link
 * #snapshot} returns its current version. A collection that {@link #open} returned moves to a newer
 * version only in {@link #refresh}; a writer's own collection always shows the writer's last
 * change. Safe for many threads.
 */
public final class EmbeddingCollection implements AutoCloseable {
  private final Path folder;
  private volatile @Nullable Version current;

  private EmbeddingCollection(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens the current version of a collection for reading.
   *
   * @param folder the folder of a {@link CollectionWriter}
   * @throws EarthEmbedException if there is no collection, a file is damaged, or the module that
   *     reads an index is neither on the class path nor on the module path
   */
  public static EmbeddingCollection open(Path folder) {
    EmbeddingCollection collection = new EmbeddingCollection(folder);
    collection.load(List.of());
    return collection;
  }

  /**
   * Moves to the newest version. Only new segments are read; snapshots of earlier versions remain
   * valid until they are closed.
   *
   * @return whether there was a newer version
   * @throws EarthEmbedException if it cannot be read; the collection then keeps its version
   * @throws IllegalStateException after {@link #close}
   */
  public synchronized boolean refresh() {
    Version old = require();
    if (Manifest.read(folder).equals(old.manifest())) return false;
    load(old.parts());
    return true;
  }

  private synchronized void load(List<Version.Part> known) {
    Manifest manifest = Manifest.read(folder);
    while (true) {
      try {
        publish(manifest, known);
        return;
      } catch (EarthEmbedException e) {
        // A writer may have replaced the version meanwhile, and removed files that it named.
        Manifest now = Manifest.read(folder);
        if (now.equals(manifest)) throw e;
        manifest = now;
      }
    }
  }

  private void publish(Manifest manifest, List<Version.Part> known) {
    Map<String, Version.Part> open = new HashMap<>();
    for (Version.Part part : known) open.put(part.segment().id(), part);
    List<Segment> opened = new ArrayList<>();
    List<Version.Part> parts = new ArrayList<>();
    try {
      for (Manifest.Entry entry : manifest.segments()) {
        Version.Part old = open.get(entry.id());
        if (old != null && old.removed().equals(entry.removed())) {
          parts.add(old);
          continue;
        }
        LiveRows live = SegmentFiles.readLive(folder, entry.removed(), entry.rows());
        Segment segment = old == null ? Segment.open(folder, manifest, entry) : old.segment();
        if (old == null) opened.add(segment);
        parts.add(new Version.Part(segment, live, entry.removed()));
      }
      publish(new Version(manifest, parts));
    } finally {
      opened.forEach(Segment::release);
    }
  }

  /** Replaces the current version and takes over the caller's use of the new one. */
  synchronized void publish(Version version) {
    Version old = current;
    current = version;
    if (old != null) old.release();
  }

  /**
   * Returns the current version, which the caller must close.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public Snapshot snapshot() {
    while (true) {
      Version version = require();
      if (version.retain()) return new Snapshot(version);
    }
  }

  /** Returns the origin of the embeddings. */
  public EmbeddingOrigin origin() {
    return require().manifest().origin();
  }

  /** Returns the current version, which the caller must not use after another was published. */
  Version require() {
    Version version = current;
    if (version == null) throw new IllegalStateException("the collection is closed");
    return version;
  }

  /**
   * Ends reading. Open snapshots remain valid until they are closed. Closing twice is harmless. A
   * writer closes its own collection.
   */
  @Override
  public synchronized void close() {
    Version old = current;
    current = null;
    if (old != null) old.release();
  }

  @Override
  public String toString() {
    Version version = current;
    return "EmbeddingCollection["
        + folder
        + (version == null ? ", closed" : ", version " + version.manifest().version())
        + "]";
  }
}
