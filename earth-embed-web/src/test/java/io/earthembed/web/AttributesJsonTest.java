package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Integers that readers of JSON would round. */
class AttributesJsonTest {
  private static final long EXACT = (1L << 53) - 1;

  private static TileCatalog catalog(long... values) {
    TileCatalog.Builder catalog = TileCatalog.builder();
    for (long value : values) {
      catalog.add(
          new TileRecord("t" + value, null, null, null, null, Float.NaN, null)
              .withAttributes(Attributes.NONE.with("n", value)));
    }
    return catalog.build();
  }

  @Test
  void integersBeyondThoseOfADoubleAreTexts() {
    Attributes own =
        Attributes.NONE
            .with("a", EXACT)
            .with("b", EXACT + 2)
            .with("c", -EXACT - 2)
            .with("d", Long.MIN_VALUE)
            .with("e", 1e300);
    assertEquals(
        "{\"a\":9007199254740991,\"b\":\"9007199254740993\",\"c\":\"-9007199254740993\","
            + "\"d\":\"-9223372036854775808\",\"e\":1.0E300}",
        AttributesJson.of(own).toString());
    assertEquals(
        "{\"n\":{\"type\":\"integer\",\"least\":5,\"greatest\":\"9007199254740993\"}}",
        AttributesJson.describe(catalog(EXACT + 2, 5)).toString());
  }

  private static long passing(TileCatalog catalog, String condition) {
    String filter = "{\"attributes\": {\"n\": " + condition + "}}";
    JsonObject json = JsonParser.parseString(filter).getAsJsonObject();
    return catalog.select(FilterArguments.read(JsonArguments.of(json))).count(catalog.size());
  }

  @Test
  void filtersTakeIntegersAsTexts() {
    TileCatalog catalog = catalog(EXACT + 1, EXACT + 2, EXACT + 3);
    assertEquals(1, passing(catalog, "{\"is\": {\"integer\": \"9007199254740993\"}}"));
    assertEquals(2, passing(catalog, "{\"atLeast\": {\"integer\": \"9007199254740993\"}}"));
    assertEquals(1, passing(catalog, "{\"above\": 9007199254740993}"));
    for (String wrong :
        List.of(
            "{\"integer\": \"1.5\"}",
            "{\"integer\": \"9223372036854775808\"}",
            "{\"integer\": \"1\", \"time\": \"2024-01-01\"}",
            "{}")) {
      assertThrows(
          IllegalArgumentException.class, () -> passing(catalog, "{\"is\": " + wrong + "}"), wrong);
    }
  }
}
