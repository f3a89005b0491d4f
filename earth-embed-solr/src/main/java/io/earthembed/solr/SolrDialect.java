package io.earthembed.solr;

import io.earthembed.catalog.FilterDialect;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.Attributes.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes an explorer's filters in Solr's syntax. */
final class SolrDialect implements FilterDialect {
  /** The most terms of a filter; more are a long text, as ordinals are. */
  private static final int MAX_TERMS = 1000;

  /** One past the greatest long, as a double. */
  private static final double LONGS = 0x1p63;

  @Override
  public Optional<String> within(BoundingBox box) {
    return Optional.of(SolrFilters.within(box));
  }

  @Override
  public Optional<String> near(GeoPoint point, double meters) {
    return Optional.of(SolrFilters.near(point, meters));
  }

  @Override
  public Optional<String> sensed(Instant from, Instant until) {
    return Optional.of(SolrFilters.sensed(from, until));
  }

  @Override
  public Optional<String> cloudCoverAtMost(double percent) {
    return Optional.of(SolrFilters.cloudCoverAtMost(percent));
  }

  @Override
  public Optional<String> cells(Collection<GridCell> cells) {
    return terms(Schema.CELL, cells);
  }

  @Override
  public Optional<String> ids(Collection<String> ids) {
    return terms(Schema.TILE, ids);
  }

  private static Optional<String> terms(String field, Collection<?> values) {
    boolean sayable =
        values.stream()
            .noneMatch(
                value ->
                    value instanceof String text
                        && (text.isEmpty()
                            || text.length() > Schema.MAX_TEXT
                            || text.contains(SolrFilters.SEPARATOR)));
    if (!sayable || values.isEmpty() || values.size() > MAX_TERMS) return Optional.empty();
    return Optional.of(SolrFilters.terms(field, values));
  }

  @Override
  public Optional<String> present(String attribute) {
    if (!Schema.isField(attribute)) return Optional.empty();
    return Optional.of(
        Arrays.stream(Type.values())
            .map(type -> Schema.field(type, attribute) + ":[* TO *]")
            .collect(Collectors.joining(" OR ", "(", ")")));
  }

  /** {@inheritDoc} An integer may equal a number, so both fields are asked. */
  @Override
  public Optional<String> in(String attribute, Collection<Object> values) {
    if (!Schema.isField(attribute) || values.isEmpty()) return Optional.empty();
    Type type = Type.of(values.iterator().next());
    if (type != Type.INTEGER && type != Type.NUMBER) {
      return terms(Schema.field(type, attribute), values.stream().map(Schema::indexed).toList());
    }
    Set<Object> integers = new LinkedHashSet<>();
    Set<Object> numbers = new LinkedHashSet<>();
    for (Object value : values) {
      if (!isBoth(value)) return Optional.empty();
      Number number = (Number) value;
      if (number.doubleValue() == Math.rint(number.doubleValue())) integers.add(number.longValue());
      numbers.add(number.doubleValue());
    }
    Optional<String> asNumbers = terms(Schema.field(Type.NUMBER, attribute), numbers);
    if (integers.isEmpty()) return asNumbers;
    return terms(Schema.field(Type.INTEGER, attribute), integers)
        .flatMap(whole -> asNumbers.map(any -> or(whole, any)));
  }

  @Override
  public Optional<String> from(String attribute, Object bound, boolean inclusive) {
    return range(attribute, bound, true, inclusive);
  }

  @Override
  public Optional<String> until(String attribute, Object bound, boolean inclusive) {
    return range(attribute, bound, false, inclusive);
  }

  private Optional<String> range(String attribute, Object bound, boolean lower, boolean inclusive) {
    if (!Schema.isField(attribute)) return Optional.empty();
    Type type = Type.of(bound);
    if (type == Type.INTEGER || type == Type.NUMBER) {
      if (!isBoth(bound)) return Optional.empty();
      double number = ((Number) bound).doubleValue();
      double whole = lower ? Math.ceil(number) : Math.floor(number);
      boolean atWhole = inclusive || whole != number;
      return Optional.of(
          or(
              bounded(Schema.field(Type.INTEGER, attribute), (long) whole, lower, atWhole),
              bounded(Schema.field(Type.NUMBER, attribute), number, lower, inclusive)));
    }
    Object value = Schema.indexed(bound);
    if (value instanceof String text) {
      if (text.isEmpty() || text.length() > Schema.MAX_TEXT) return Optional.empty();
      value = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
    return Optional.of(bounded(Schema.field(type, attribute), value, lower, inclusive));
  }

  private static String bounded(String field, Object bound, boolean lower, boolean inclusive) {
    return field
        + ":"
        + (lower
            ? (inclusive ? "[" : "{") + bound + " TO *]"
            : "[* TO " + bound + (inclusive ? "]" : "}"));
  }

  /** Returns whether a number is the same as a double and, if it is whole, as a long. */
  private static boolean isBoth(Object value) {
    return value instanceof Long whole
        ? (double) whole < LONGS && (long) (double) whole == whole
        : Math.abs((double) value) < LONGS;
  }

  @Override
  public String and(String first, String second) {
    return "(" + first + " AND " + second + ")";
  }

  @Override
  public String or(String first, String second) {
    return "(" + first + " OR " + second + ")";
  }

  @Override
  public String not(String filter) {
    return "(*:* NOT " + filter + ")";
  }
}
