package io.earthembed.guides.quickstart;

import io.earthembed.Query;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.view.TerminalProgress;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds or makes the tiles that the quickstart searches: its first step. */
final class Imagery {
  private final PrintStream console;
  private final ParquetImageryStore store;
  private final Path out;
  private final URI majorTomUrl;
  private final int majorTomShards;

  /**
   * @param out folder for shards of pictures and landscapes
   * @param majorTomUrl folder of the shards of MajorTOM Core-S2L2A
   * @param majorTomShards number of those shards
   */
  Imagery(
      PrintStream console,
      ParquetImageryStore store,
      Path out,
      URI majorTomUrl,
      int majorTomShards) {
    this.console = console;
    this.store = store;
    this.out = out;
    this.majorTomUrl = majorTomUrl;
    this.majorTomShards = majorTomShards;
  }

  /**
   * The tiles to search.
   *
   * @param records the tiles
   * @param archive the folder of their shards, or null if they are read where they are published
   * @param crop side of the square in their middle that is encoded, in pixels
   * @param note tells the user about their source
   * @param held a picture to search with that is not among them, or null
   */
  record Tiles(
      List<TileRecord> records,
      @Nullable Path archive,
      int crop,
      String note,
      Query.@Nullable Image held) {}

  /** Makes an archive of the pictures in a folder. */
  Tiles ofFolder(Scene.Folder folder) {
    console.println("Imagery: the pictures in " + folder.path() + ".");
    if (folder.others() > 0) {
      console.println(
          "        passed over: " + Quickstart.count(folder.others(), "file") + " of other kinds");
    }
    return pictures(folder.scenes(), 1 << 20);
  }

  /** Chooses 200 published tiles, or generates landscapes if the network is not there. */
  Tiles publishedIfReachable() {
    URI first = MajorTom.shard(majorTomUrl, 1);
    StoreOptions quick = StoreOptions.builder().attempts(1).timeout(Duration.ofSeconds(10)).build();
    try (ParquetImageryStore probe = ParquetImageryStore.open(quick)) {
      probe.list(first);
    } catch (EarthEmbedException e) {
      return generated(2_000, "MajorTOM's shards cannot be reached from here");
    }
    return published(200);
  }

  /**
   * Generates landscapes.
   *
   * @param why tells the user why they are used
   */
  Tiles generated(int count, String why) {
    console.println(
        "Imagery: " + count + " generated landscapes (" + why + "); they are not photographs.");
    return pictures(Scene.generated(count), 64);
  }

  private Tiles pictures(List<Scene> scenes, int crop) {
    List<Scene> rest = new ArrayList<>(scenes);
    // One picture is held out of the archive, to search with.
    Query.Image held = holdOut(rest);
    String note =
        "Positions are random places on land, not where the pictures were taken. Dates are"
            + " unknown.";
    console.println("        " + note);
    console.println("[1/6] Archive: shards of the shape of MajorTOM Core-S2L2A");
    List<Path> shards;
    List<EarthEmbedException> leftOut = new ArrayList<>();
    try (TerminalProgress progress = new TerminalProgress()) {
      shards = Archive.write(rest, out, progress, leftOut::add);
    }
    leftOut.forEach(this::tellLeftOut);
    if (shards.isEmpty()) {
      throw new IllegalArgumentException(
          held == null
              ? "no picture can be decoded"
              : "one picture alone can be decoded, and was to be searched with: add another");
    }
    List<TileRecord> records = new ArrayList<>();
    for (Path shard : shards) records.addAll(store.list(shard.toUri()));
    long bytes = shards.stream().mapToLong(s -> s.toFile().length()).sum();
    console.printf(
        Locale.ROOT,
        "        %s in %s, %.1f MB%n",
        Quickstart.count(records.size(), "tile"),
        Quickstart.count(shards.size(), "shard"),
        bytes / 1e6);
    return new Tiles(records, shards.get(0).toAbsolutePath().getParent(), crop, note, held);
  }

  /**
   * Removes a picture that can be decoded from the list and returns it; empty if there is only one.
   */
  private Query.@Nullable Image holdOut(List<Scene> scenes) {
    while (scenes.size() > 1) {
      Scene scene = scenes.remove(scenes.size() / 2);
      try {
        return new Query.Image(scene.trueColor(), "a picture not in the archive: " + scene.name());
      } catch (EarthEmbedException e) {
        tellLeftOut(e);
      }
    }
    return null;
  }

  private void tellLeftOut(EarthEmbedException reason) {
    console.println("        left out: " + reason.getMessage());
  }

  /** Chooses tiles of MajorTOM Core-S2L2A. */
  Tiles published(int count) {
    console.println("Imagery: " + count + " real tiles of MajorTOM Core-S2L2A, at " + majorTomUrl);
    console.println("[1/6] Archive: the published one; reading footers");
    List<TileRecord> records;
    try (TerminalProgress progress = new TerminalProgress()) {
      records = MajorTom.choose(store, majorTomUrl, majorTomShards, count, progress);
    }
    console.printf(
        Locale.ROOT,
        "        %s chosen; %s%n",
        Quickstart.count(records.size(), "tile"),
        Quickstart.cost(store.stats()));
    // The demo model takes 64 pixels of 10 m.
    return new Tiles(
        records, null, 64, "MajorTOM Core-S2L2A; contains modified Copernicus Sentinel data", null);
  }
}
