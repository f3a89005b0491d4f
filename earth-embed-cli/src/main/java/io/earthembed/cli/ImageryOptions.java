package io.earthembed.cli;

import io.earthembed.cli.Imagery.Tiles;
import io.earthembed.parquet.ParquetImageryStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose the imagery, which several commands have. */
final class ImageryOptions {
  @Option(
      names = "--images",
      paramLabel = "DIR",
      description =
          "folder of PNG, JPEG, GIF and BMP pictures to search; subfolders may name classes")
  private @Nullable Path images;

  @Option(
      names = "--archive",
      paramLabel = "SHARDS",
      description =
          "shards of the layout of MajorTOM Core-S2L2A: a Parquet file, a folder of them or a URL;"
              + " may be repeated")
  private List<String> archive = List.of();

  @Option(
      names = "--major-tom",
      paramLabel = "N",
      description =
          "N real tiles of MajorTOM Core-S2L2A, read by range from where they are published")
  private int majorTom;

  @Option(
      names = "--landscapes",
      paramLabel = "N",
      description = "N generated landscapes, without using the network")
  private int landscapes;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "at most N pictures or tiles, chosen evenly")
  private int limit;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "quickstart-out",
      description = "folder of the results (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("quickstart-out");

  @Option(names = "--major-tom-url", hidden = true)
  private URI majorTomUrl = MajorTom.PUBLISHED;

  @Option(names = "--major-tom-shards", hidden = true)
  private int majorTomShards = MajorTom.SHARDS;

  private Scene.@Nullable Folder folder;

  /** Returns whether an option says which imagery. */
  boolean isGiven() {
    return images != null || !archive.isEmpty() || majorTom > 0 || landscapes > 0;
  }

  /** Returns the folder of results. */
  Path out() {
    return out;
  }

  /** Checks the options before any work, which would otherwise be lost, and makes the folder. */
  void check() {
    if (images != null && !Files.isDirectory(images)) {
      throw new IllegalArgumentException("--images is no folder: " + images);
    }
    requireCount("--major-tom", majorTom);
    requireCount("--landscapes", landscapes);
    requireCount("--limit", limit);
    folder = images == null ? null : Scene.inFolder(images, limit);
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new UncheckedIOException("--out: the folder " + out + " cannot be made", e);
    }
  }

  private static void requireCount(String name, int count) {
    if (count < 0) throw new IllegalArgumentException(name + " is negative: " + count);
  }

  /**
   * Finds or makes the tiles. {@link #check} comes first.
   *
   * @param network whether to try the network if no option says which imagery
   * @param crop side of the square in the middle of a satellite tile that is encoded, in pixels
   * @param step begins the line about the archive
   */
  Tiles tiles(
      PrintWriter console, ParquetImageryStore store, boolean network, int crop, String step) {
    Imagery imagery = new Imagery(console, store, out, majorTomUrl, majorTomShards, crop, step);
    if (folder != null) return imagery.ofFolder(folder);
    if (!archive.isEmpty()) return imagery.ofArchive(archive, limit);
    if (landscapes > 0) return imagery.generated(landscapes, "as asked");
    if (majorTom > 0) return imagery.published(majorTom);
    return network ? imagery.publishedIfReachable() : imagery.generated(1_000, "without options");
  }
}
