package io.earthembed.parquet.internal.listing;

import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.listing.Folders.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;

/**
 * Lists the files of a set, and only the folders that may hold wanted ones. Folders of one level
 * are listed at once. For one thread.
 */
public final class PartitionWalk {
  private static final int MOST_LEVELS = 32;
  private static final int MOST_FOLDERS = 1_000_000;

  /** The most grid zones that are listed one by one: more take longer than the whole folder. */
  private static final int MOST_ZONES = 60;

  /** The values that a message lists of a key. */
  private static final int SHOWN = 12;

  private final Folders folders;
  private final PathPartitions partitions;
  private final Predicate<Extent> wanted;
  private final Executor threads;
  private final TreeMap<String, TreeSet<String>> leftOut = new TreeMap<>();
  private final List<ListedFile> files = new ArrayList<>();

  /**
   * Creates a walk.
   *
   * @param partitions tell place and period of paths
   * @param wanted tests them
   * @param threads list the folders
   */
  public PartitionWalk(
      Folders folders, PathPartitions partitions, Predicate<Extent> wanted, Executor threads) {
    this.folders = folders;
    this.partitions = partitions;
    this.wanted = wanted;
    this.threads = threads;
  }

  /**
   * Returns the wanted files below a folder, by address.
   *
   * @param start path with a final slash, or empty
   * @throws EarthEmbedException if there are none; the message says which partitions there are
   */
  public List<ListedFile> files(String start) {
    List<String> level = List.of(start);
    if (partitions.beginsWithTile() && folders.takesPrefixes()) {
      Extent all = Extent.UNKNOWN;
      List<String> zones =
          GridExtents.zones(box -> wanted.test(new Extent(box, all.first(), all.last())));
      if (zones.size() <= MOST_ZONES) level = zones.stream().map(zone -> start + zone).toList();
    }
    int listed = 0;
    for (int depth = 0; !level.isEmpty(); depth++) {
      listed += level.size();
      if (depth > MOST_LEVELS || listed > MOST_FOLDERS) {
        throw Folders.endless(folders.name(), listed + " folders in " + depth + " levels");
      }
      List<FutureTask<List<Entry>>> lists = new ArrayList<>();
      for (String folder : level) {
        boolean deep = !partitions.awaitsPlace(folder);
        FutureTask<List<Entry>> list = new FutureTask<>(() -> folders.list(folder, deep));
        threads.execute(list);
        lists.add(list);
      }
      List<String> next = new ArrayList<>();
      for (FutureTask<List<Entry>> list : lists) {
        for (Entry entry : Tasks.await(list, "listing " + folders.name())) {
          if (entry.isFolder()) next.addAll(wantedFolder(entry.path()));
          else addIfWanted(entry);
        }
      }
      level = next;
    }
    if (files.isEmpty()) throw nothing(start);
    files.sort(Comparator.comparing(file -> file.address().toString()));
    return files;
  }

  private List<String> wantedFolder(String path) {
    String name = path.substring(path.lastIndexOf('/', path.length() - 2) + 1);
    if (name.startsWith(".") || name.startsWith("_")) return List.of();
    if (wanted.test(partitions.extent(path))) return List.of(path);
    leaveOut(path);
    return List.of();
  }

  private void leaveOut(String path) {
    Map<String, String> values = PathPartitions.values(path);
    values.keySet().retainAll(partitions.keys().keySet());
    values.forEach((key, value) -> leftOut.computeIfAbsent(key, k -> new TreeSet<>()).add(value));
  }

  private void addIfWanted(Entry file) {
    String name = file.path().substring(file.path().lastIndexOf('/') + 1);
    boolean data = name.endsWith(".parquet") || name.endsWith(".gpq");
    if (!data || name.startsWith(".") || name.startsWith("_")) return;
    if (!partitions.fits(file.path())) return;
    Extent extent = partitions.extent(file.path());
    if (wanted.test(extent)) {
      files.add(new ListedFile(folders.address(file.path()), file.bytes(), -1, extent));
    } else {
      leaveOut(file.path());
    }
  }

  private EarthEmbedException nothing(String start) {
    StringBuilder message = new StringBuilder(folders.name()).append(start);
    message.append(": no file of the region and the period");
    if (leftOut.isEmpty()) return new EarthEmbedException(message.append(" is listed").toString());
    message.append(". Left out:");
    leftOut.forEach(
        (key, values) -> {
          message.append(' ').append(key).append(' ');
          message.append(String.join(", ", values.stream().limit(SHOWN).toList()));
          if (values.size() > SHOWN)
            message.append(" and ").append(values.size() - SHOWN).append(" more");
          message.append(';');
        });
    message.setLength(message.length() - 1);
    return new EarthEmbedException(message.toString());
  }
}
