package io.earthembed.parquet;

import io.earthembed.base.file.Sections;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Texts by number, in UTF-8, one after another.
 *
 * @param ends int: where each text ends
 * @param utf8 their bytes
 */
record PackedTexts(ByteBuffer ends, ByteBuffer utf8) {
  int size() {
    return ends.capacity() / 4;
  }

  List<ByteBuffer> sections() {
    return List.of(ends, utf8);
  }

  private int start(int number) {
    return number == 0 ? 0 : ends.getInt(4 * (number - 1));
  }

  byte[] bytes(int number) {
    int start = start(number);
    int length = ends.getInt(4 * number) - start;
    Objects.checkFromIndexSize(start, length, utf8.capacity());
    byte[] bytes = new byte[length];
    utf8.get(start, bytes);
    return bytes;
  }

  String get(int number) {
    return new String(bytes(number), StandardCharsets.UTF_8);
  }

  /** Whether a text has these bytes. */
  boolean is(int number, byte[] bytes) {
    int start = start(number);
    if (ends.getInt(4 * number) - start != bytes.length) return false;
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (utf8.get(start + i) != bytes[i]) return false;
    }
    return true;
  }

  /** Whether a text is this one. */
  boolean is(int number, String text) {
    int start = start(number);
    int length = ends.getInt(4 * number) - start;
    if (length < text.length()) return false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x7F) return is(number, text.getBytes(StandardCharsets.UTF_8));
      if (utf8.get(start + i) != c) return false;
    }
    return length == text.length();
  }

  /** Numbers texts in the order in which they are first seen. */
  static final class Builder {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> texts = new ArrayList<>();

    int number(String text) {
      Integer known = numbers.putIfAbsent(text, texts.size());
      if (known != null) return known;
      texts.add(text);
      return texts.size() - 1;
    }

    int size() {
      return texts.size();
    }

    PackedTexts build() {
      return of(texts);
    }
  }

  static PackedTexts of(List<String> texts) {
    long length = 0;
    for (String text : texts) length += text.getBytes(StandardCharsets.UTF_8).length;
    ByteBuffer ends = Sections.allocate(4L * texts.size());
    ByteBuffer utf8 = Sections.allocate(length);
    for (int i = 0; i < texts.size(); i++) {
      utf8.put(texts.get(i).getBytes(StandardCharsets.UTF_8));
      ends.putInt(4 * i, utf8.position());
    }
    return new PackedTexts(ends, utf8.clear());
  }
}
