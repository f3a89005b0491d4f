package io.earthembed.parquet;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Timestamps as MajorTOM writes them, UTC: {@code 20221115T161819}; ISO 8601 is read as well. */
final class Timestamps {
  private static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");

  private Timestamps() {}

  static String format(Instant time) {
    return BASIC.format(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
  }

  static Instant parse(String text) {
    try {
      return LocalDateTime.parse(text, BASIC).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      try {
        String iso = text.replace(' ', 'T');
        return iso.endsWith("Z")
            ? Instant.parse(iso)
            : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
      } catch (DateTimeException f) {
        throw new IllegalArgumentException("not a timestamp: " + text, f);
      }
    }
  }
}
