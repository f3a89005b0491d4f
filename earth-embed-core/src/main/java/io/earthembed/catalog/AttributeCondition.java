package io.earthembed.catalog;

import io.earthembed.catalog.AttributeFilter.Comparison;
import io.earthembed.imagery.Attributes;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Makes filters by an attribute of the tiles; {@link TileFilter#attribute} begins one. Values are
 * those that {@link Attributes#with} takes. A tile that lacks the attribute passes none of these
 * filters. Integers and numbers are compared exactly; texts are ordered by their code points. If
 * the attribute has values of another type than the filter, the search fails with an {@link
 * IllegalArgumentException}. Immutable and safe for many threads.
 */
public final class AttributeCondition {
  private final String name;

  AttributeCondition(String name) {
    this.name = Objects.requireNonNull(name, "name");
  }

  /** Passes tiles that have the attribute. */
  public TileFilter isPresent() {
    return new AttributeFilter(name, Comparison.PRESENT, List.of());
  }

  /** Passes tiles with a value. */
  public TileFilter is(Object value) {
    return in(List.of(value));
  }

  /**
   * Passes tiles with one of some values.
   *
   * @param values all of one type, except that integers and numbers may be mixed; none passes no
   *     tile
   */
  public TileFilter in(Collection<?> values) {
    List<Object> checked = values.stream().map(this::checked).toList();
    for (Object value : checked) {
      Attributes.Type type = Attributes.Type.of(value);
      if (!type.isComparableTo(Attributes.Type.of(checked.get(0)))) {
        throw new IllegalArgumentException(
            "attribute " + name + ": values of several types: " + checked.get(0) + ", " + value);
      }
    }
    return new AttributeFilter(name, Comparison.IN, checked);
  }

  /** Passes tiles whose value is the bound or greater; flags have no order. */
  public TileFilter atLeast(Object bound) {
    return ordered(Comparison.AT_LEAST, bound);
  }

  /** Passes tiles whose value is greater than the bound. */
  public TileFilter above(Object bound) {
    return ordered(Comparison.ABOVE, bound);
  }

  /** Passes tiles whose value is the bound or less. */
  public TileFilter atMost(Object bound) {
    return ordered(Comparison.AT_MOST, bound);
  }

  /** Passes tiles whose value is less than the bound. */
  public TileFilter below(Object bound) {
    return ordered(Comparison.BELOW, bound);
  }

  private TileFilter ordered(Comparison comparison, Object bound) {
    Object checked = checked(bound);
    if (checked instanceof Boolean) {
      throw new IllegalArgumentException("attribute " + name + ": flags have no order: " + bound);
    }
    return new AttributeFilter(name, comparison, List.of(checked));
  }

  private Object checked(Object value) {
    try {
      return Attributes.value(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("attribute " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "AttributeCondition[" + name + "]";
  }
}
