package io.earthembed.imagery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttributesTest {
  @Test
  void keepsValuesOfEveryTypeInTheOrderOfTheirNames() {
    Attributes attributes =
        Attributes.NONE
            .with("yield", 0.5f)
            .with("crop", "maïze")
            .with("parcel", 7)
            .with("big", Long.MAX_VALUE)
            .with("sown", Instant.parse("1969-12-31T23:59:59.123456789Z"))
            .with("organic", false);
    assertEquals(
        Map.of(
            "yield",
            0.5,
            "crop",
            "maïze",
            "parcel",
            7L,
            "big",
            Long.MAX_VALUE,
            "sown",
            Instant.parse("1969-12-31T23:59:59.123456Z"),
            "organic",
            false),
        attributes.asMap());
    assertEquals(
        List.of("big", "crop", "organic", "parcel", "sown", "yield"),
        List.copyOf(attributes.asMap().keySet()));
    assertEquals(attributes, Attributes.of(attributes.asMap()));
    assertEquals("wheat", attributes.with("crop", "wheat").get("crop"));
    assertEquals("maïze", attributes.get("crop"));
    assertNull(attributes.get("Crop"));
    assertEquals(Attributes.of(Map.of("zero", 0.0)), Attributes.of(Map.of("zero", -0.0)));
    assertThrows(UnsupportedOperationException.class, () -> attributes.asMap().clear());
  }

  @Test
  void refusesWhatIsNoValueAndNamesTheAttribute() {
    List<Object> refused =
        List.of(
            Double.NaN,
            Double.NEGATIVE_INFINITY,
            Float.NaN,
            new BigDecimal("0.1"),
            'c',
            List.of("a"),
            Instant.MIN,
            Instant.MAX,
            "half \ud800 of a pair");
    for (Object value : refused) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Attributes.NONE.with("crop", value));
      assertTrue(String.valueOf(e.getMessage()).startsWith("attribute crop: "), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> Attributes.NONE.with("", 1));
    assertThrows(IllegalArgumentException.class, () -> Attributes.NONE.with("\udc00", 1));
  }
}
