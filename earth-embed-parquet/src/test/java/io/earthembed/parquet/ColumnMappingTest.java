package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnMappingTest {
  private static String refusal(String json) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> ColumnMapping.ofJson(json))
            .getMessage());
  }

  @Test
  void isWrittenAsTheJsonThatItIsReadFrom() {
    for (String json :
        List.of(
            "{}",
            "{\"id\":\"chip\",\"embedding\":\"vec\",\"geometry\":\"geom\",\"box\":\"bbox\","
                + "\"time\":\"t\",\"product\":\"p\",\"cell\":\"c\",\"cloudCover\":\"cc\","
                + "\"center\":[\"lon\",\"lat\"],\"source\":[\"url\",\"row\"],"
                + "\"crs\":\"EPSG:32633\",\"quantization\":{\"method\":\"bfloat16\"},"
                + "\"skipIncompleteRows\":true}",
            "{\"quantization\":{\"method\":\"linear\",\"scale\":0.5,\"offset\":-1.0}}",
            "{\"quantization\":{\"method\":\"linear\",\"scale\":[0.5,0.25],\"offset\":0.0}}",
            "{\"quantization\":{\"method\":\"perRow\",\"scaleColumn\":\"s\"}}",
            "{\"quantization\":{\"method\":\"perRow\",\"scaleColumn\":\"s\",\"offsetColumn\":"
                + "\"o\"}}",
            "{\"quantization\":{\"method\":\"linear\",\"scale\":0.5,\"offset\":0.0,\"unsigned\":true}}",
            "{\"quantization\":{\"method\":\"bits\",\"order\":\"highestFirst\"}}",
            "{\"quantization\":{\"method\":\"bits\",\"order\":\"lowestFirst\"}}",
            "{\"quantization\":{\"method\":\"signedSquare\",\"divisor\":127.5,\"missing\":-128}}")) {
      ColumnMapping mapping = ColumnMapping.ofJson(json);
      assertEquals(json, mapping.toJson());
    }
    ColumnMapping built =
        ColumnMapping.builder()
            .id("chip")
            .center("lon", "lat")
            .quantization(Quantization.linear(2, 1))
            .build();
    assertEquals(
        "{\"id\":\"chip\",\"center\":[\"lon\",\"lat\"],"
            + "\"quantization\":{\"method\":\"linear\",\"scale\":2.0,\"offset\":1.0}}",
        built.toJson());
    assertEquals(
        built.toString(),
        ColumnMapping.ofJson(
                "{\"quantization\":{\"offset\":1,\"scale\":2,\"method\":\"linear\"},"
                    + "\"center\":[\"lon\",\"lat\"],\"id\":\"chip\"}")
            .toString());
  }

  @Test
  void namesTheMemberOfItsJsonThatIsWrong() {
    assertEquals("not a JSON object: empty", refusal(""));
    assertEquals("not a JSON object", refusal("[").substring(0, 17));
    assertEquals("not a JSON object", refusal("{\"id\":").substring(0, 17));
    assertEquals("id must be a text, not 5", refusal("{\"id\":5}"));
    assertEquals(
        "center must be an array of two texts, not \"lon\"", refusal("{\"center\":\"lon\"}"));
    assertEquals("center must be a text, not null", refusal("{\"center\":[\"lon\",null]}"));
    assertEquals(
        "chip is not known; known are [allAttributes, attributes, box, cell, center, cloudCover, crs, embedding, geometry,"
            + " id, product, quantization, skipIncompleteRows, source, time, withoutCenter]",
        refusal("{\"chip\":\"x\"}"));
    assertEquals(
        "skipIncompleteRows must be true or false, not 1", refusal("{\"skipIncompleteRows\":1}"));
    assertEquals("method must be a text", refusal("{\"quantization\":{}}"));
    assertEquals(
        "method of quantization is cubic, not linear, perRow, signedSquare, bfloat16 or bits",
        refusal("{\"quantization\":{\"method\":\"cubic\"}}"));
    assertEquals("scale must be a number", refusal("{\"quantization\":{\"method\":\"linear\"}}"));
    assertEquals(
        "missing must be a whole number, not 0.5",
        refusal("{\"quantization\":{\"method\":\"signedSquare\",\"divisor\":1,\"missing\":0.5}}"));
    assertEquals(
        "scale is not known; known are [method]",
        refusal("{\"quantization\":{\"method\":\"bfloat16\",\"scale\":1}}"));
    assertEquals(
        "crs is utm33, neither OGC:CRS84, EPSG and a code, such as EPSG:32633, nor PROJJSON",
        refusal("{\"crs\":\"utm33\"}"));
  }
}
