package io.earthembed.testkit.saved;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.PersistentIndex;
import io.earthembed.index.builtin.IndexFiles;
import io.earthembed.vector.OrdinalSet;
import java.nio.file.Path;

/** Any bytes as the file of an exact index. */
public final class IndexFuzz {
  private static final Path FILE = Scratch.folder().resolve("index");

  private IndexFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    Scratch.write(FILE, Checksums.mendIndex(data));
    try (PersistentIndex index = IndexFiles.open(FILE)) {
      use(index);
    } catch (EarthEmbedException e) {
      // As it should be.
    }
  }

  /** Uses an index that opened. */
  static void use(PersistentIndex index) {
    index.label().requireFits(index.label());
    if (index.dimension() > 1 << 16)
      return; // it has no rows, and nobody makes queries of such a length
    float[] row = new float[index.dimension()];
    if (index.size() > 0) index.reconstruct(index.size() - 1, row);
    if (index.search(row, 3).size() > index.size()) throw new AssertionError("too many");
    index.searchAbove(row, Float.NEGATIVE_INFINITY, OrdinalSet.all());
    index.save(Scratch.folder().resolve("saved"));
    try (PersistentIndex again = IndexFiles.open(Scratch.folder().resolve("saved"))) {
      if (again.size() != index.size() || !again.label().equals(index.label())) {
        throw new AssertionError(again + " of " + index);
      }
    }
  }
}
