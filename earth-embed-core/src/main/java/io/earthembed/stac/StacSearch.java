package io.earthembed.stac;

import io.earthembed.geo.BoundingBox;
import io.earthembed.internal.Checks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Selects items of a STAC API. Items must meet all conditions. Immutable; each method returns a
 * changed copy.
 */
public final class StacSearch {
  private static final Pattern OPERATOR =
      Pattern.compile("eq|neq|lt|lte|gt|gte|startsWith|endsWith|contains|in");

  private final List<String> collections;
  private final List<String> ids;
  private final @Nullable BoundingBox box;
  private final @Nullable String datetime;
  private final Map<String, Map<String, Object>> query;
  private final int pageSize;
  private final int limit;

  private StacSearch(
      List<String> collections,
      List<String> ids,
      @Nullable BoundingBox box,
      @Nullable String datetime,
      Map<String, Map<String, Object>> query,
      int pageSize,
      int limit) {
    this.collections = List.copyOf(collections);
    this.ids = List.copyOf(ids);
    this.box = box;
    this.datetime = datetime;
    this.query = query;
    this.pageSize = pageSize;
    this.limit = limit;
  }

  /** Returns a search for items of some collections; for those of all if none is named. */
  public static StacSearch of(String... collections) {
    return new StacSearch(List.of(collections), List.of(), null, null, Map.of(), 100, 10_000);
  }

  /** Returns a copy for items with some ids. */
  public StacSearch ids(List<String> ids) {
    return new StacSearch(collections, ids, box, datetime, query, pageSize, limit);
  }

  /**
   * Returns a copy for items that overlap a box. A box that crosses the antimeridian is searched in
   * two halves, because many servers do not support it.
   */
  public StacSearch in(BoundingBox box) {
    Objects.requireNonNull(box, "box");
    return new StacSearch(collections, ids, box, datetime, query, pageSize, limit);
  }

  /**
   * Returns a copy for items whose time is in a period, or whose period overlaps it. As in STAC,
   * both ends belong to a period.
   *
   * @param from the start; {@link Instant#MIN} for none
   * @param to the end, not before from; {@link Instant#MAX} for none
   */
  public StacSearch between(Instant from, Instant to) {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("from " + from + " is after to " + to);
    }
    boolean open = from.equals(Instant.MIN) && to.equals(Instant.MAX);
    String period =
        (from.equals(Instant.MIN) ? ".." : from) + "/" + (to.equals(Instant.MAX) ? ".." : to);
    return new StacSearch(collections, ids, box, open ? null : period, query, pageSize, limit);
  }

  /**
   * Returns a copy for items with a property, by the API's Query Extension, which not all servers
   * have; some ignore it. Conditions add up.
   *
   * @param property such as {@code eo:cloud_cover}
   * @param operator {@code eq}, {@code neq}, {@code lt}, {@code lte}, {@code gt}, {@code gte},
   *     {@code startsWith}, {@code endsWith}, {@code contains} or {@code in}
   * @param value a String, Number, Boolean, or a List of these for {@code in}
   */
  public StacSearch where(String property, String operator, Object value) {
    if (!OPERATOR.matcher(operator).matches()) {
      throw new IllegalArgumentException(
          "operator is " + operator + ", none of " + OPERATOR.pattern().replace('|', ' '));
    }
    if (!isValue(value)
        && !(value instanceof List<?> list && list.stream().allMatch(StacSearch::isValue))) {
      throw new IllegalArgumentException(
          "value is neither text, number, truth value nor a list: " + value);
    }
    Map<String, Map<String, Object>> more = new LinkedHashMap<>(query);
    Map<String, Object> conditions = new LinkedHashMap<>(more.getOrDefault(property, Map.of()));
    conditions.put(operator, value);
    more.put(property, conditions);
    return new StacSearch(collections, ids, box, datetime, more, pageSize, limit);
  }

  private static boolean isValue(Object value) {
    return value instanceof String
        || value instanceof Boolean
        || value instanceof Number number && Double.isFinite(number.doubleValue());
  }

  /**
   * Sets how many items a page should have (default 100, the most of many servers). Servers may
   * send fewer.
   *
   * @param items at least 1
   */
  public StacSearch pageSize(int items) {
    Checks.positive("items", items);
    return new StacSearch(collections, ids, box, datetime, query, items, limit);
  }

  /**
   * Sets how many items the search may find (default 10,000). If there are more, it fails, so that
   * no list is cut off unnoticed.
   *
   * @param items at least 1
   */
  public StacSearch limit(int items) {
    Checks.positive("items", items);
    return new StacSearch(collections, ids, box, datetime, query, pageSize, items);
  }

  int limit() {
    return limit;
  }

  /** Returns the parameters of each request: one, or two for a box across the antimeridian. */
  List<Map<String, Object>> parameters() {
    List<Map<String, Object>> all = new ArrayList<>();
    if (box != null && box.crossesAntimeridian()) {
      all.add(parameters(List.of(box.west(), box.south(), 180.0, box.north())));
      all.add(parameters(List.of(-180.0, box.south(), box.east(), box.north())));
    } else if (box != null) {
      all.add(parameters(List.of(box.west(), box.south(), box.east(), box.north())));
    } else {
      all.add(parameters(List.of()));
    }
    return all;
  }

  private Map<String, Object> parameters(List<Double> edges) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    if (!collections.isEmpty()) parameters.put("collections", collections);
    if (!ids.isEmpty()) parameters.put("ids", ids);
    if (!edges.isEmpty()) parameters.put("bbox", edges);
    if (datetime != null) parameters.put("datetime", datetime);
    if (!query.isEmpty()) parameters.put("query", query);
    parameters.put("limit", Math.min(pageSize, limit));
    return parameters;
  }

  @Override
  public String toString() {
    return "StacSearch" + parameters();
  }
}
