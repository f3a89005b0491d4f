package io.earthembed.cli;

import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.BoundingBox;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose tiles by place and time. */
final class RegionOptions {
  @Option(
      names = "--in",
      paramLabel = "BOX",
      converter = Converters.Box.class,
      description =
          "only tiles in the box WEST,SOUTH,EAST,NORTH in degrees; west is greater than east if"
              + " the box crosses the antimeridian")
  private @Nullable BoundingBox box;

  @Option(
      names = "--from",
      paramLabel = "DATE",
      converter = Converters.Day.class,
      description = "first day of the tiles (UTC)")
  private @Nullable LocalDate from;

  @Option(
      names = "--to",
      paramLabel = "DATE",
      converter = Converters.Day.class,
      description = "last day of the tiles (UTC), included")
  private @Nullable LocalDate to;

  /** Returns the box, or null. */
  @Nullable BoundingBox box() {
    return box;
  }

  /** Returns whether a day limits the tiles. */
  boolean hasPeriod() {
    return from != null || to != null;
  }

  /** Returns the start of the period, {@link Instant#MIN} if it has none. */
  Instant start() {
    requireOrder();
    return from == null ? Instant.MIN : from.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** Returns the end of the period, exclusive, {@link Instant#MAX} if it has none. */
  Instant end() {
    requireOrder();
    return to == null ? Instant.MAX : to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** Returns the filter that these options describe; all tiles pass if none is given. */
  TileFilter filter() {
    TileFilter filter = box == null ? TileFilter.ALL : TileFilter.within(box);
    return hasPeriod() ? filter.and(TileFilter.sensed(start(), end())) : filter;
  }

  private void requireOrder() {
    if (from != null && to != null && to.isBefore(from)) {
      throw new IllegalArgumentException("--to " + to + " is before --from " + from);
    }
  }
}
