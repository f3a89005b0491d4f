package io.earthembed.cli;

import io.earthembed.geo.BoundingBox;
import io.earthembed.parquet.PublishedRegion;
import io.earthembed.parquet.PublishedSet;
import io.earthembed.parquet.PublishedSets;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose a published set. */
final class PublishedOptions {
  @Option(
      names = "--published",
      paramLabel = "NAME",
      description =
          "a published set of embeddings, read over the network and kept in a cache; needs --in."
              + " docs/guides/datasets.md lists the names")
  private @Nullable String name;

  @Option(
      names = "--at",
      paramLabel = "URL",
      description =
          "read the set from a mirror: a URL with a final slash, or a folder of this machine")
  private @Nullable String at;

  /** Returns whether one of these options is given. */
  boolean isGiven() {
    return name != null || at != null;
  }

  /**
   * Returns the region of the set.
   *
   * @throws IllegalArgumentException if an option is missing or wrong
   */
  PublishedRegion region(RegionOptions region) {
    if (name == null) throw new IllegalArgumentException("--at needs --published NAME");
    PublishedSet set = PublishedSets.find(name);
    BoundingBox box = region.box();
    if (box == null) {
      throw new IllegalArgumentException(
          "--published needs --in WEST,SOUTH,EAST,NORTH: the sets cover much of the Earth");
    }
    if (at != null) set = set.at(address(at));
    PublishedRegion chosen = set.in(box);
    return region.hasPeriod() ? chosen.between(region.start(), region.end()) : chosen;
  }

  private static URI address(String at) {
    // A letter before a colon is a drive of Windows.
    if (!at.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
      Path folder = Path.of(at);
      if (Files.isDirectory(folder)) return folder.toUri();
      throw new IllegalArgumentException("--at is neither a URL nor a folder: " + at);
    }
    try {
      return new URI(at);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("--at is not a valid URL: " + e.getMessage(), e);
    }
  }
}
