package io.earthembed.spark;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The list of a part: its files, and its tiles with the failed and blank ones. It is written when
 * all files of the part are in place, so a part that has it is complete. Its name has another
 * ending than the data's, so readers of {@code **}{@code /*.parquet} skip it.
 *
 * @param part name of the part
 * @param files names of its files in the dataset's folder, and their lengths
 * @param tiles ids of its tiles, with which a later, longer list of tiles is compared
 * @param failed those of the tiles that could not be embedded
 */
record PartTiles(String part, Map<String, Long> files, List<String> tiles, Set<String> failed)
    implements Serializable {
  /** The folder of all parts' lists, hidden from readers of the dataset. */
  static final String FOLDER = "_parts/";

  static final String SUFFIX = ".tiles";

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

  /** Returns the place of each tile. */
  Place place(String tile) {
    return new Place(part, tiles.size(), failed.contains(tile));
  }

  /** Returns the part and its files alone. */
  PartTiles withoutTiles() {
    return new PartTiles(part, files, List.of(), Set.of());
  }

  /** Returns the name of a part's list. */
  static String file(String part) {
    return FOLDER + part + SUFFIX;
  }

  /** Returns the part of a list, or empty if the file is something else. */
  static String part(String file) {
    return file.startsWith(FOLDER) && file.endsWith(SUFFIX)
        ? file.substring(FOLDER.length(), file.length() - SUFFIX.length())
        : "";
  }

  /** Writes the list, which completes the part. */
  void write(JobFolder folder, EmbeddingOrigin origin) {
    Path path = folder.staging().resolve(file(part));
    try {
      Files.createDirectories(path.getParent());
      try (AtomicFile file = AtomicFile.create(path)) {
        try (DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file.path())))) {
          out.writeUTF(origin.model().name());
          out.writeUTF(origin.model().version());
          out.writeInt(origin.model().dimension());
          out.writeUTF(origin.preparation());
          out.writeUTF(origin.crops());
          out.writeUTF(origin.source());
          out.writeInt(files.size());
          for (Map.Entry<String, Long> each : files.entrySet()) {
            out.writeUTF(each.getKey());
            out.writeLong(each.getValue());
          }
          out.writeInt(tiles.size());
          for (String id : tiles) {
            out.writeUTF(id);
            out.writeBoolean(failed.contains(id));
          }
        }
        file.commit();
      }
    } catch (IOException e) {
      throw new EarthEmbedException(path + ": cannot be written: " + e, e);
    }
    folder.publish(file(part));
  }

  /** Reads the list of a part. */
  static PartTiles read(JobFolder folder, String part) {
    try (DataInputStream in = open(folder, part)) {
      origin(in);
      Map<String, Long> files = new TreeMap<>();
      for (int count = in.readInt(); count > 0; count--) files.put(in.readUTF(), in.readLong());
      List<String> tiles = new ArrayList<>();
      Set<String> failed = new HashSet<>();
      for (int count = in.readInt(); count > 0; count--) {
        String id = in.readUTF();
        tiles.add(id);
        if (in.readBoolean()) failed.add(id);
      }
      return new PartTiles(part, files, tiles, failed);
    } catch (IOException e) {
      throw unreadable(folder, part, e);
    }
  }

  /** Reads the origin of a part's embeddings. */
  static EmbeddingOrigin origin(JobFolder folder, String part) {
    try (DataInputStream in = open(folder, part)) {
      return origin(in);
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(folder, part, e);
    }
  }

  private static EmbeddingOrigin origin(DataInputStream in) throws IOException {
    ModelInfo model = new ModelInfo(in.readUTF(), in.readUTF(), in.readInt());
    return new EmbeddingOrigin(model, in.readUTF(), in.readUTF(), in.readUTF());
  }

  private static DataInputStream open(JobFolder folder, String part) throws IOException {
    return new DataInputStream(new BufferedInputStream(folder.open(file(part))));
  }

  private static EarthEmbedException unreadable(JobFolder folder, String part, Exception e) {
    return new EarthEmbedException(
        folder + "/" + file(part) + ": cannot be read; remove it to make the part again: " + e, e);
  }
}
