package io.earthembed.pipeline;

import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.FailedTile;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A part under construction: the rows so far for each target that lacks it. The encoding thread
 * fills it and hands it to the writing thread.
 */
final class PartBuilder {
  private final List<TargetRows> targets;

  PartBuilder(List<TargetRows> targets) {
    this.targets = List.copyOf(targets);
  }

  /** Returns the rows of each target that lacks the part. */
  List<TargetRows> targets() {
    return targets;
  }

  /** Leaves out a tile that could not be read. */
  void leaveOut(FailedTile failure) {
    for (TargetRows share : targets) share.leaveOut(failure);
  }

  /** Writes the list of failed tiles, but no embeddings. */
  void recordFailures() {
    for (TargetRows share : targets) share.target.sink().recordFailures(share.name, share.failures);
  }

  /** Writes failures and embeddings. */
  void write() {
    for (TargetRows share : targets) share.write();
  }

  /** A crop on its way to the encoder, and the record of its embedding. */
  record Crop(TileRecord tile, Raster pixels, EmbeddedTile row) {
    /** Returns whether the crop has more than one pixel and all are equal. */
    boolean isBlank() {
      ByteBuffer data = pixels.data();
      int all = data.remaining();
      int pixel = pixels.bands() * pixels.type().bytes();
      if (all <= pixel) return false;
      // Compares each pixel with the one before it.
      return data.slice(data.position(), all - pixel)
          .equals(data.slice(data.position() + pixel, all - pixel));
    }
  }

  /** One target's rows. */
  static final class TargetRows {
    private final EmbeddingTarget target;
    private final String name;
    private final EmbeddingOrigin origin;
    private final List<TileRecord> tiles = new ArrayList<>();
    private final List<EmbeddedTile> rows = new ArrayList<>();
    private final List<Vectors> batches = new ArrayList<>();
    private final List<FailedTile> failures = new ArrayList<>();
    private final Set<TileRecord> leftOut = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Crops that wait for a batch to be full. */
    final List<Crop> waiting = new ArrayList<>();

    TargetRows(EmbeddingTarget target, String name, EmbeddingOrigin origin) {
      this.target = target;
      this.name = name;
      this.origin = origin;
    }

    EmbeddingTarget target() {
      return target;
    }

    /** Adds the embeddings of crops. */
    void add(List<Crop> crops, Vectors embeddings) {
      for (Crop crop : crops) {
        tiles.add(crop.tile());
        rows.add(crop.row());
      }
      batches.add(embeddings);
    }

    /**
     * Leaves out a tile and its crops that were already added. Returns false if it was already left
     * out.
     */
    boolean leaveOut(FailedTile failure) {
      if (!leftOut.add(failure.tile())) return false;
      failures.add(failure);
      return true;
    }

    private void write() {
      List<EmbeddedTile> kept = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        if (!leftOut.contains(tiles.get(i))) kept.add(rows.get(i));
      }
      Vectors all = Vectors.allocate(kept.size(), target.encoder().model().dimension());
      float[] row = new float[all.dimension()];
      int from = 0;
      long to = 0;
      for (Vectors batch : batches) {
        for (long i = 0; i < batch.rows(); i++) {
          if (leftOut.contains(tiles.get(from++))) continue;
          batch.get(i, row);
          all.set(to++, row);
        }
      }
      target.sink().recordFailures(name, failures);
      target.sink().write(name, origin, kept, all);
    }
  }
}
