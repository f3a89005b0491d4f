package io.earthembed.cli;

import io.earthembed.Query;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.view.TerminalProgress;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Finds or makes the tiles that are embedded and searched. */
final class Imagery {
  private final PrintWriter console;
  private final ParquetImageryStore store;
  private final Path out;
  private final URI majorTomUrl;
  private final int majorTomShards;
  private final int crop;
  private final String step;

  /**
   * @param out folder for shards of pictures and landscapes
   * @param majorTomUrl folder of the shards of MajorTOM Core-S2L2A
   * @param majorTomShards number of those shards
   * @param crop side of the square in the middle of a satellite tile that is encoded, in pixels
   * @param step begins the line about the archive
   */
  Imagery(
      PrintWriter console,
      ParquetImageryStore store,
      Path out,
      URI majorTomUrl,
      int majorTomShards,
      int crop,
      String step) {
    this.console = console;
    this.store = store;
    this.out = out;
    this.majorTomUrl = majorTomUrl;
    this.majorTomShards = majorTomShards;
    this.crop = crop;
    this.step = step;
  }

  /**
   * The tiles to search.
   *
   * @param name names their source in the names of files; equal tiles have equal names
   * @param records the tiles
   * @param archive the folder of their shards, or null if they are read where they are published
   * @param crop side of the square in their middle that is encoded, in pixels
   * @param note tells the user about their source
   * @param held a picture to search with that is not among them, or null
   */
  record Tiles(
      String name,
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
          "        passed over: " + Words.count(folder.others(), "file") + " of other kinds");
    }
    return pictures(folder.scenes(), 1 << 20);
  }

  /**
   * Lists the tiles of shards.
   *
   * @param places files, folders and URLs of shards
   * @param limit the most tiles, chosen evenly; 0 for all
   */
  Tiles ofArchive(List<String> places, int limit) {
    List<URI> shards = new ArrayList<>();
    CRC32 name = new CRC32();
    for (String place : places) {
      for (URI shard : shards(place)) shards.add(shard);
      name.update((identity(place) + '\n').getBytes(StandardCharsets.UTF_8));
    }
    console.println("Imagery: " + Words.count(shards.size(), "shard") + "; reading footers");
    List<TileRecord> all = new ArrayList<>();
    try (TerminalProgress progress = new TerminalProgress()) {
      for (int i = 0; i < shards.size(); i++) {
        all.addAll(store.list(shards.get(i)));
        progress.update("footers", i + 1L, shards.size());
      }
    }
    int count = limit > 0 ? Math.min(limit, all.size()) : all.size();
    List<TileRecord> chosen = new ArrayList<>();
    for (long i = 0; i < count; i++) chosen.add(all.get((int) (i * all.size() / count)));
    console.println("        " + Words.count(chosen.size(), "tile"));
    return new Tiles(
        String.format(Locale.ROOT, "shards-%08x", name.getValue()), chosen, null, crop, "", null);
  }

  private static List<URI> shards(String place) {
    if (isUrl(place)) return List.of(Addresses.parse(place));
    Path path = Path.of(place);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("--archive is no file, folder or URL: " + place);
    }
    return GeoParquetDataset.files(path).stream().map(Path::toUri).toList();
  }

  private static String identity(String place) {
    return isUrl(place) ? Addresses.unsigned(place) : Path.of(place).toAbsolutePath().toString();
  }

  private static boolean isUrl(String place) {
    return place.matches("(?i)(https?|file)://.*|file:/.*");
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
    return pictures(Scene.generated(count), crop);
  }

  private Tiles pictures(List<Scene> scenes, int side) {
    List<Scene> rest = new ArrayList<>(scenes);
    // One picture is held out of the archive, to search with.
    Query.Image held = holdOut(rest);
    String note =
        "Positions are random places on land, not where the pictures were taken. Dates are"
            + " unknown.";
    console.println("        " + note);
    console.println(step + "Archive: shards of the shape of MajorTOM Core-S2L2A");
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
        Words.count(records.size(), "tile"),
        Words.count(shards.size(), "shard"),
        bytes / 1e6);
    Path archive = Objects.requireNonNull(shards.get(0).toAbsolutePath().getParent());
    String name = archive.getFileName().toString().replace("archive-", "");
    return new Tiles(name, records, archive, side, note, held);
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
    console.println(step + "Archive: the published one; reading footers");
    List<TileRecord> records;
    try (TerminalProgress progress = new TerminalProgress()) {
      records = MajorTom.choose(store, majorTomUrl, majorTomShards, count, progress);
    }
    console.printf(
        Locale.ROOT,
        "        %s chosen; %s%n",
        Words.count(records.size(), "tile"),
        Words.cost(store.stats()));
    return new Tiles(
        "major-tom-" + records.size(),
        records,
        null,
        crop,
        "MajorTOM Core-S2L2A; contains modified Copernicus Sentinel data",
        null);
  }
}
