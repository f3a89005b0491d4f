package io.earthembed.spark;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.EarthEmbedException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import scala.Tuple2;

/**
 * The tiles of a part, including failed and blank ones, in a file beside the part. A later, longer
 * list of tiles is compared with them.
 */
final class PartTiles {
  private static final String SUFFIX = ".tiles";

  private PartTiles() {}

  /**
   * The location of a tile.
   *
   * @param part name of the part
   * @param tiles number of tiles of the part
   * @param failed whether the part lacks the tile because it could not be embedded
   */
  record Place(String part, int tiles, boolean failed) implements Serializable {
    /** Returns this place as one that has the tile. */
    Place anyway() {
      return new Place(part, tiles, false);
    }
  }

  static Path file(Path parts, String part) {
    return parts.resolve(part + SUFFIX);
  }

  /** Writes the ids of a part's tiles. */
  static void write(Path parts, String part, List<String> ids, Set<String> failed) {
    Path path = file(parts, part);
    try (AtomicFile file = AtomicFile.create(path)) {
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file.path())))) {
        out.writeInt(ids.size());
        for (String id : ids) {
          out.writeUTF(id);
          out.writeBoolean(failed.contains(id));
        }
      }
      file.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(path + ": cannot be written: " + e, e);
    }
  }

  /** Reads each tile's id and its place in this part. */
  static List<Tuple2<String, Place>> read(Path parts, String part) {
    Path path = file(parts, part);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      int count = in.readInt();
      List<Tuple2<String, Place>> tiles = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tiles.add(new Tuple2<>(in.readUTF(), new Place(part, count, in.readBoolean())));
      }
      return tiles;
    } catch (IOException e) {
      throw new EarthEmbedException(
          path
              + ": cannot be read; remove it and "
              + part
              + ".parquet to make the part again: "
              + e,
          e);
    }
  }
}
