package io.earthembed.base.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "20221115T161819 | 2022-11-15T16:18:19Z",
        "20221115T161819Z | 2022-11-15T16:18:19Z",
        "20221115T161819.25 | 2022-11-15T16:18:19.250Z",
        "20221115T161819.024Z | 2022-11-15T16:18:19.024Z",
        "20221115T161819,5+0230 | 2022-11-15T13:48:19.500Z",
        "20221115T161819+00:00 | 2022-11-15T16:18:19Z",
        "20221115T161819-05 | 2022-11-15T21:18:19Z",
        "20221115T1618 | 2022-11-15T16:18:00Z",
        "20221115T1618Z | 2022-11-15T16:18:00Z",
        "20221115T16 | 2022-11-15T16:00:00Z",
        "20221115 161819 | 2022-11-15T16:18:19Z",
        "20221115 | 2022-11-15T00:00:00Z",
        "2022-11-15T16:18:19 | 2022-11-15T16:18:19Z",
        "2022-11-15T16:18:19Z | 2022-11-15T16:18:19Z",
        "2022-11-15t16:18:19z | 2022-11-15T16:18:19Z",
        "2022-11-15 16:18:19 UTC | 2022-11-15T16:18:19Z",
        "2022-11-15T16:18:19+00:00 | 2022-11-15T16:18:19Z",
        "2022-11-15T16:18:19-00:00 | 2022-11-15T16:18:19Z",
        "2022-11-15T16:18:19+02:00 | 2022-11-15T14:18:19Z",
        "2022-11-15T16:18:19-0500 | 2022-11-15T21:18:19Z",
        "2022-11-15T16:18:19+05:45 | 2022-11-15T10:33:19Z",
        "2022-11-15T16:18:19-09:30 | 2022-11-16T01:48:19Z",
        "2022-11-15T23:18:19-18:00 | 2022-11-16T17:18:19Z",
        "2024-05-01 10:20:30+00 | 2024-05-01T10:20:30Z",
        "2024-05-01 10:20:30.123456+00 | 2024-05-01T10:20:30.123456Z",
        "2024-05-01 10:20:30.1 | 2024-05-01T10:20:30.100Z",
        "2024-05-01T10:20:30.123456789012 | 2024-05-01T10:20:30.123456789Z",
        "2024-05-01T10:20 | 2024-05-01T10:20:00Z",
        "2024-05-01T10:20+01:00 | 2024-05-01T09:20:00Z",
        "2024-05-01T10 | 2024-05-01T10:00:00Z",
        "2024-05-01T102030 | 2024-05-01T10:20:30Z",
        "2024-05-01 | 2024-05-01T00:00:00Z",
        "2024-02-29T24:00:00Z | 2024-03-01T00:00:00Z",
        "1969-12-31T23:59:59.5 | 1969-12-31T23:59:59.500Z",
        "0000-01-01T00:00:00Z | 0000-01-01T00:00:00Z",
        "-0044-03-15T12:00:00Z | -0044-03-15T12:00:00Z",
        "+12022-11-15T16:18:19Z | +12022-11-15T16:18:19Z",
      })
  void reads(String text, Instant time) {
    assertEquals(time, Timestamps.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2022",
        "2022-11",
        "202211",
        "2022-W46-2",
        "2022-319",
        "15-11-2022",
        "11/15/2022",
        "2022-11-31",
        "2023-02-29T10:00:00Z",
        "2022-13-01T00:00:00",
        "2022-11-15T25:00:00",
        "2022-11-15T24:00:01",
        "2022-11-15T16:60:00",
        "2016-12-31T23:59:60Z",
        "2022-11-15T16:18:19.",
        "2022-11-15T16:18.5",
        "2022-11-15T16:18:19+2",
        "2022-11-15T16:18:19+19:00",
        "2022-11-15T16:18:19+02:60",
        "2022-11-15T16:18:19+01:00[Europe/Paris]",
        "2022-11-15T16:18:19Z+02:00",
        "2022-11-15T16:18:19 CET",
        "2022-11-15Z",
        "20221115161819",
        "1668529099",
        "1668529099000",
        "+999999999-12-31T23:59:59Z",
        " 2022-11-15T16:18:19Z",
        "2022-11-15T16:18:19Z\n",
        "２０２２-11-15T16:18:19Z",
      })
  void refuses(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Timestamps.parse(text));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("not a timestamp: " + text), e.getMessage());
  }

  @Test
  void whatItWritesItReads() {
    assertEquals("20221115T161819", Timestamps.format(Instant.parse("2022-11-15T16:18:19Z")));
    for (String time :
        new String[] {
          "2022-11-15T16:18:19Z",
          "2022-11-15T16:18:19.024Z",
          "1969-12-31T23:59:59.999999999Z",
          "+12022-11-15T16:18:19Z",
          "-0044-03-15T12:00:00Z"
        }) {
      Instant instant = Instant.parse(time);
      assertEquals(instant, Timestamps.parse(Timestamps.format(instant)));
    }
  }
}
