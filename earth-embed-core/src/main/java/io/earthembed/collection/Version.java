package io.earthembed.collection;

import io.earthembed.base.table.LiveRows;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.vector.OrdinalSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One version of a collection, which all snapshots of it share. It keeps its segments open until
 * its last user releases it; whoever made it is the first user.
 */
final class Version {
  /**
   * A segment and its live rows.
   *
   * @param removed names the file of its removed rows; empty if there are none
   */
  record Part(Segment segment, LiveRows live, String removed) {
    Manifest.Entry entry() {
      Manifest.Entry entry = segment.entry();
      return new Manifest.Entry(entry.id(), entry.rows(), entry.indexed(), removed);
    }
  }

  private final Manifest manifest;
  private final List<Part> parts;
  private final TileCatalog catalog;
  private final SegmentedIndex index;
  private final AtomicInteger users = new AtomicInteger(1);

  Version(Manifest manifest, List<Part> parts) {
    this.manifest = manifest;
    this.parts = List.copyOf(parts);
    List<TileCatalog> catalogs = new ArrayList<>();
    List<OrdinalSet> rows = new ArrayList<>();
    for (Part part : parts) {
      catalogs.add(part.segment.catalog());
      rows.add(part.live.rows());
    }
    this.catalog = TileCatalog.join(catalogs, rows).withAttribution(manifest.attribution());
    this.index =
        new SegmentedIndex(manifest.origin().model().dimension(), manifest.metric(), parts);
    for (Part part : parts) part.segment.retain();
  }

  Manifest manifest() {
    return manifest;
  }

  List<Part> parts() {
    return parts;
  }

  TileCatalog catalog() {
    return catalog;
  }

  SegmentedIndex index() {
    return index;
  }

  /** Adds a user; returns false if the last one has released the version. */
  boolean retain() {
    return users.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
  }

  void release() {
    if (users.decrementAndGet() == 0) for (Part part : parts) part.segment.release();
  }
}
