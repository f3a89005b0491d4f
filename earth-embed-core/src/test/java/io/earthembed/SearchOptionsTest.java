package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SearchOptionsTest {
  private static String refusal(Executable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void hasTheDefaultsThatItsJavadocStates() {
    SearchOptions options = SearchOptions.builder().build();
    assertEquals(Integer.MAX_VALUE, options.k());
    assertEquals(0, options.offset());
    assertEquals(Float.NEGATIVE_INFINITY, options.minScore());
    assertEquals(1, options.fraction());
    assertEquals(0, options.minDistance());
    assertSame(TileFilter.ALL, options.filter());
    assertFalse(options.scoreField());
    assertEquals(Float.NEGATIVE_INFINITY, options.scoreFieldAbove());
  }

  @Test
  void takesEverySetting() {
    SearchOptions options =
        SearchOptions.builder()
            .k(20)
            .offset(40)
            .minScore(0.5f)
            .fraction(0.007)
            .minDistance(50_000)
            .scoreField(0.1f)
            .build();
    assertEquals(
        "SearchOptions[k=20, offset=40, minScore=0.5, fraction=0.007, minDistance=50000.0,"
            + " scoreField=true]",
        options.toString());
    assertEquals(0.1f, options.scoreFieldAbove());
    assertEquals(options.toString(), options.toBuilder().build().toString());
    assertEquals(7, SearchOptions.top(7).k());
    assertEquals(0.25, SearchOptions.topFraction(0.25).fraction());
    assertEquals(0.5f, SearchOptions.above(0.5f).minScore());
  }

  /** Neither a builder that goes on nor one that copies changes options that were built. */
  @Test
  void neverChangesBuiltOptions() {
    SearchOptions.Builder builder = SearchOptions.builder().k(1);
    SearchOptions first = builder.build();
    SearchOptions second = builder.k(2).scoreField().build();
    SearchOptions third = first.toBuilder().k(3).build();
    assertEquals(1, first.k());
    assertFalse(first.scoreField());
    assertEquals(2, second.k());
    assertTrue(second.scoreField());
    assertEquals(3, third.k());
  }

  @Test
  void refusesValuesOutOfRange() {
    SearchOptions.Builder builder = SearchOptions.builder();
    assertEquals("k must be positive: 0", refusal(() -> builder.k(0)));
    assertEquals("k must be positive: 0", refusal(() -> SearchOptions.top(0)));
    assertEquals("offset must not be negative: -1", refusal(() -> builder.offset(-1)));
    assertEquals("minScore is NaN", refusal(() -> builder.minScore(Float.NaN)));
    for (double fraction : new double[] {0, -0.1, 1.001, 7, Double.NaN}) {
      String expected = "fraction outside (0, 1]: " + fraction;
      assertEquals(expected, refusal(() -> builder.fraction(fraction)));
      assertEquals(expected, refusal(() -> SearchOptions.topFraction(fraction)));
    }
    assertEquals("minDistance must not be negative: -1.0", refusal(() -> builder.minDistance(-1)));
    assertEquals("scoreFieldAbove is NaN", refusal(() -> builder.scoreField(Float.NaN)));
    assertEquals(Integer.MAX_VALUE, builder.build().k());
  }
}
