package io.earthembed.catalog;

import io.earthembed.catalog.AttributeColumn.Floor;
import io.earthembed.imagery.Attributes.Type;
import io.earthembed.internal.PlainText;
import java.math.BigDecimal;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Passes tiles by the value of an attribute.
 *
 * @param name the attribute's name
 * @param comparison how a value is compared
 * @param values what it is compared with: none for PRESENT, any number for IN, otherwise one
 */
record AttributeFilter(String name, Comparison comparison, List<Object> values)
    implements Filters.Columnar {
  enum Comparison {
    PRESENT,
    IN,
    AT_LEAST,
    ABOVE,
    AT_MOST,
    BELOW
  }

  @Override
  public Optional<String> in(FilterDialect dialect) {
    return switch (comparison) {
      case PRESENT -> dialect.present(name);
      case IN -> dialect.in(name, values);
      case AT_LEAST -> dialect.from(name, values.get(0), true);
      case ABOVE -> dialect.from(name, values.get(0), false);
      case AT_MOST -> dialect.until(name, values.get(0), true);
      case BELOW -> dialect.until(name, values.get(0), false);
    };
  }

  @Override
  public boolean test(TileCatalog catalog, long i) {
    Object value = catalog.attribute(i, name);
    if (value == null) return false;
    requireComparable(Type.of(value));
    return switch (comparison) {
      case PRESENT -> true;
      case IN -> values.stream().anyMatch(wanted -> compare(value, wanted) == 0);
      case AT_LEAST -> compare(value, values.get(0)) >= 0;
      case ABOVE -> compare(value, values.get(0)) > 0;
      case AT_MOST -> compare(value, values.get(0)) <= 0;
      case BELOW -> compare(value, values.get(0)) < 0;
    };
  }

  private void requireComparable(Type type) {
    for (Object value : values) {
      if (type.isComparableTo(Type.of(value))) continue;
      throw new IllegalArgumentException(
          PlainText.message(
              "attribute "
                  + name
                  + " is of type "
                  + type
                  + ", but the filter compares it with "
                  + value
                  + " of type "
                  + Type.of(value)));
    }
  }

  private static int compare(Object a, Object b) {
    return switch (Type.of(a)) {
      case TEXT -> compareTexts((String) a, (String) b);
      case INTEGER, NUMBER -> exact(a).compareTo(exact(b));
      case TIME -> ((Instant) a).compareTo((Instant) b);
      case FLAG -> ((Boolean) a).compareTo((Boolean) b);
    };
  }

  private static BigDecimal exact(Object number) {
    return number instanceof Long integer
        ? BigDecimal.valueOf(integer)
        : new BigDecimal((double) number);
  }

  /** Compares texts by their code points, which is the order of their UTF-8 bytes. */
  static int compareTexts(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
    AttributeColumn column = catalog.attributes().get(name);
    if (column == null) {
      Arrays.fill(words, from, to, 0);
      return;
    }
    requireComparable(column.type());
    LongBuffer present = column.present();
    for (int w = from; w < to; w++) words[w] &= present.get(w);
    switch (comparison) {
      case PRESENT -> {}
      case IN -> retainIn(column, words, from, to);
      default -> retainRange(column, words, from, to);
    }
  }

  private void retainRange(AttributeColumn column, long[] words, int from, int to) {
    Floor floor = column.floor(values.get(0));
    boolean lower = comparison == Comparison.AT_LEAST || comparison == Comparison.ABOVE;
    // The keys on both sides of the bound: those up to `key`, and those after it.
    boolean boundIsAfter =
        floor.isExact() && (comparison == Comparison.AT_LEAST || comparison == Comparison.BELOW);
    boolean none = floor.isLeast() || boundIsAfter && floor.key() == Long.MIN_VALUE;
    long last = boundIsAfter ? floor.key() - 1 : floor.key();
    if (none) {
      // Every key is after the bound.
      if (!lower) Arrays.fill(words, from, to, 0);
      return;
    }
    LongBuffer keys = column.keys();
    int size = keys.limit();
    for (int w = from; w < to; w++) {
      if (words[w] == 0) continue;
      long upTo = 0;
      int count = Math.min(64, size - 64 * w);
      for (int b = 0; b < count; b++) upTo |= (keys.get(64 * w + b) <= last ? 1L : 0L) << b;
      words[w] &= lower ? ~upTo : upTo;
    }
  }

  private void retainIn(AttributeColumn column, long[] words, int from, int to) {
    long[] wanted = values.stream().flatMapToLong(value -> key(column, value)).sorted().toArray();
    LongBuffer keys = column.keys();
    for (int w = from; w < to; w++) {
      long keep = words[w];
      for (long left = keep; left != 0; left &= left - 1) {
        int bit = Long.numberOfTrailingZeros(left);
        if (Arrays.binarySearch(wanted, keys.get(64 * w + bit)) < 0) keep &= ~(1L << bit);
      }
      words[w] = keep;
    }
  }

  private static LongStream key(AttributeColumn column, Object value) {
    Floor floor = column.floor(value);
    return floor.isExact() ? LongStream.of(floor.key()) : LongStream.empty();
  }
}
