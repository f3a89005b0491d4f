package io.earthembed.web;

import com.google.gson.JsonObject;
import io.earthembed.base.text.Timestamps;
import io.earthembed.catalog.AttributeCondition;
import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Region;
import io.earthembed.region.Regions;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the filter of a search. */
final class FilterArguments {
  /** The most characters of a region: the filter compares each tile with each of its edges. */
  private static final int MAX_REGION = 256 << 10;

  /** The most attributes of a filter. */
  private static final int MAX_ATTRIBUTES = 64;

  /** The most values in a list. */
  private static final int MAX_VALUES = 10_000;

  /** The most characters of a value. */
  private static final int MAX_TEXT = 4096;

  private FilterArguments() {}

  /** Returns the filter; all tiles pass if there are no arguments. */
  static TileFilter read(@Nullable JsonArguments arguments) {
    if (arguments == null) return TileFilter.ALL;
    TileFilter filter = TileFilter.ALL;
    JsonArguments box = arguments.object("box");
    if (box != null) filter = filter.and(TileFilter.within(box(box)));
    JsonObject region = arguments.json("region");
    if (region != null) {
      filter = filter.and(TileFilter.within(region(region.toString())));
    }
    JsonArguments circle = arguments.object("circle");
    if (circle != null) {
      filter = filter.and(TileFilter.near(place(circle), circle.requiredNumber("meters")));
      circle.requireNoOthers();
    }
    filter = filter.and(period(arguments.text("from", 40), arguments.text("to", 40)));
    if (arguments.has("clouds")) {
      filter = filter.and(TileFilter.cloudCoverAtMost(arguments.requiredNumber("clouds")));
    }
    JsonArguments attributes = arguments.object("attributes");
    if (attributes != null) {
      for (String name : attributes.names(MAX_ATTRIBUTES)) {
        filter = filter.and(attribute(name, attributes.object(name)));
      }
    }
    arguments.requireNoOthers();
    return filter;
  }

  /** Returns a filter by one attribute, which must meet all conditions. */
  private static TileFilter attribute(String name, @Nullable JsonArguments conditions) {
    AttributeCondition attribute = TileFilter.attribute(name);
    if (conditions == null) return attribute.isPresent();
    TileFilter filter =
        conditions.flag("present", true) ? attribute.isPresent() : attribute.isPresent().negate();
    if (conditions.has("in")) {
      filter = filter.and(attribute.in(conditions.values("in", MAX_VALUES, MAX_TEXT)));
    }
    filter = filter.and(attribute("is", conditions, attribute::is));
    filter = filter.and(attribute("atLeast", conditions, attribute::atLeast));
    filter = filter.and(attribute("above", conditions, attribute::above));
    filter = filter.and(attribute("atMost", conditions, attribute::atMost));
    filter = filter.and(attribute("below", conditions, attribute::below));
    conditions.requireNoOthers();
    return filter;
  }

  private static TileFilter attribute(
      String condition, JsonArguments conditions, Function<Object, TileFilter> filter) {
    Object value = conditions.value(condition, MAX_TEXT);
    return value == null ? TileFilter.ALL : filter.apply(value);
  }

  private static Region region(String json) {
    if (json.length() > MAX_REGION) {
      throw new IllegalArgumentException(
          "filter.region has more than " + MAX_REGION + " characters: simplify it");
    }
    return Regions.ofGeoJson(json);
  }

  private static BoundingBox box(JsonArguments box) {
    BoundingBox value =
        new BoundingBox(
            box.requiredNumber("west"),
            box.requiredNumber("south"),
            box.requiredNumber("east"),
            box.requiredNumber("north"));
    box.requireNoOthers();
    return value;
  }

  /** Returns the place of a latitude and a longitude. */
  static GeoPoint place(JsonArguments place) {
    return new GeoPoint(place.requiredNumber("lat"), place.requiredNumber("lon"));
  }

  private static TileFilter period(@Nullable String from, @Nullable String to) {
    if (from == null && to == null) return TileFilter.ALL;
    Instant start = from == null ? Instant.MIN : time("from", from, 0);
    Instant end = to == null ? Instant.MAX : time("to", to, 1);
    return TileFilter.sensed(start, end);
  }

  /** Returns a time, or a date's midnight some days later. */
  private static Instant time(String name, String text, int daysLater) {
    try {
      if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
        return LocalDate.parse(text).plusDays(daysLater).atStartOfDay().toInstant(ZoneOffset.UTC);
      }
      return Timestamps.parse(text);
    } catch (DateTimeParseException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "filter." + name + " is neither a date such as 2024-06-01 nor a time: " + text, e);
    }
  }
}
