package io.earthembed.guides.quickstart;

import io.earthembed.geo.BoundingBox;
import io.earthembed.parquet.PublishedRegion;
import io.earthembed.parquet.PublishedSet;
import io.earthembed.parquet.PublishedSets;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose a region of a published set. */
final class PublishedOptions {
  @Option(
      names = "--published",
      paramLabel = "NAME",
      description =
          "a published set of embeddings, read over the network and kept in a cache; needs --in."
              + " docs/guides/datasets.md lists the names")
  private @Nullable String name;

  @Option(
      names = "--in",
      paramLabel = "BOX",
      split = ",",
      description =
          "region of the set: WEST,SOUTH,EAST,NORTH in degrees; west is greater than east if the"
              + " box crosses the antimeridian")
  private double @Nullable [] box;

  @Option(names = "--from", paramLabel = "DATE", description = "first day of the set's tiles (UTC)")
  private @Nullable LocalDate from;

  @Option(
      names = "--to",
      paramLabel = "DATE",
      description = "last day of the set's tiles (UTC), included")
  private @Nullable LocalDate to;

  @Option(
      names = "--at",
      paramLabel = "URL",
      description =
          "read the set from a mirror: a URL with a final slash, or a folder of this machine")
  private @Nullable String at;

  /**
   * Returns the region, or null if no set was chosen.
   *
   * @throws IllegalArgumentException if an option is missing or wrong
   */
  @Nullable PublishedRegion region() {
    if (name == null) {
      if (box == null && from == null && to == null && at == null) return null;
      throw new IllegalArgumentException("--in, --from, --to and --at need --published NAME");
    }
    PublishedSet set = PublishedSets.find(name);
    if (box == null) {
      throw new IllegalArgumentException(
          "--published needs --in WEST,SOUTH,EAST,NORTH: the sets cover much of the Earth");
    }
    if (box.length != 4) {
      throw new IllegalArgumentException("--in is not WEST,SOUTH,EAST,NORTH: " + numbers(box));
    }
    if (at != null) set = set.at(address(at));
    PublishedRegion region = set.in(new BoundingBox(box[0], box[1], box[2], box[3]));
    if (from == null && to == null) return region;
    if (from != null && to != null && to.isBefore(from)) {
      throw new IllegalArgumentException("--to " + to + " is before --from " + from);
    }
    return region.between(
        from == null ? Instant.MIN : from.atStartOfDay(ZoneOffset.UTC).toInstant(),
        to == null ? Instant.MAX : to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private static String numbers(double[] box) {
    StringBuilder text = new StringBuilder();
    for (double number : box) text.append(text.isEmpty() ? "" : ",").append(number);
    return text.toString();
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
