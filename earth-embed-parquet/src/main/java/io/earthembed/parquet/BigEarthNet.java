package io.earthembed.parquet;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.evaluation.RetrievalSet;
import io.earthembed.evaluation.RetrievalSet.Item;
import io.earthembed.parquet.internal.Footer.Group;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the labels of BigEarthNet v2 (reBEN), which are in one Parquet file. Those of v1 are read
 * by {@link RetrievalSet#ofBigEarthNet}. Safe for many threads.
 */
public final class BigEarthNet {
  private BigEarthNet() {}

  /**
   * Reads {@code metadata.parquet}, of which the columns {@code patch_id}, {@code labels} and
   * {@code split} are used.
   *
   * @param metadata the file
   * @param patches the folder BigEarthNet-S2, with a folder for each patch, which may lie in the
   *     folder of its Sentinel-2 tile; patches that are not there are left out
   * @param split patches of this split only, such as test; empty for all
   * @return the patches, each with its labels
   * @throws CorruptDataException if the file is damaged or a patch has no id
   * @throws EarthEmbedException if it cannot be read, lacks a column, or no patch is there
   */
  public static RetrievalSet read(Path metadata, Path patches, String split) {
    DatasetFile file = DatasetFile.open(Sources.of(metadata.toAbsolutePath().toUri()));
    List<Item> items = new ArrayList<>();
    Set<String> splits = new TreeSet<>();
    long row = 0;
    for (Group group : file.footer().rowGroups()) {
      if (group.rows() == 0) continue;
      List<@Nullable String> ids = file.column(group, "patch_id").texts();
      List<@Nullable String> inSplit = file.column(group, "split").texts();
      List<List<String>> labels = file.column(group, "labels").textLists();
      for (int i = 0; i < ids.size(); i++, row++) {
        String id = ids.get(i);
        if (id == null || !id.matches("[\\w.-]+")) {
          throw new CorruptDataException(metadata.toString(), "row " + row + ": patch_id is " + id);
        }
        String of = String.valueOf(inSplit.get(i));
        splits.add(of);
        if (!split.isEmpty() && !split.equals(of)) continue;
        Path patch = folder(patches, id);
        if (patch != null) items.add(new Item(patch, new HashSet<>(labels.get(i)), List.of()));
      }
    }
    if (items.isEmpty()) {
      throw new EarthEmbedException(
          metadata
              + ": no patch of split "
              + (split.isEmpty() ? "any" : split)
              + " is in "
              + patches
              + "; the splits are "
              + splits);
    }
    return new RetrievalSet("BigEarthNet", items);
  }

  /** Returns the folder of a patch, or null. A tile's name lacks the patch's last two numbers. */
  private static @Nullable Path folder(Path patches, String id) {
    Path direct = patches.resolve(id);
    if (Files.isDirectory(direct)) return direct;
    Path inTile = patches.resolve(id.replaceAll("_\\d+_\\d+$", "")).resolve(id);
    return Files.isDirectory(inTile) ? inTile : null;
  }
}
