package io.earthembed.catalog;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Strings in UTF-8, one after the other: text i takes the bytes from position i up to position i +
 * 1. The bytes lie in segments of one size, since no buffer is larger than 2 GiB; a text may lie
 * across two.
 */
final class Texts {
  private final LongBuffer positions;
  private final List<ByteBuffer> segments;
  private final int shift;

  /**
   * @param positions one more than there are texts, the first 0, never falling
   * @param segments each of 2^shift bytes, the last of what is left
   */
  Texts(LongBuffer positions, List<ByteBuffer> segments, int shift) {
    this.positions = positions;
    this.segments = List.copyOf(segments);
    this.shift = shift;
  }

  int size() {
    return positions.limit() - 1;
  }

  LongBuffer positions() {
    return positions.duplicate();
  }

  /** All bytes, in order. */
  List<ByteBuffer> bytes() {
    List<ByteBuffer> all = new ArrayList<>();
    long left = positions.get(size());
    for (ByteBuffer segment : segments) {
      int n = (int) Math.min(left, segment.limit());
      all.add(segment.duplicate().position(0).limit(n));
      left -= n;
    }
    return all;
  }

  String get(int i) {
    return new String(bytes(i), StandardCharsets.UTF_8);
  }

  byte[] bytes(int i) {
    long from = positions.get(i);
    byte[] copy = new byte[(int) (positions.get(i + 1) - from)];
    int done = 0;
    while (done < copy.length) {
      long at = from + done;
      ByteBuffer segment = segments.get((int) (at >> shift));
      int start = (int) (at & ((1L << shift) - 1));
      int n = Math.min(copy.length - done, segment.limit() - start);
      segment.get(start, copy, done, n);
      done += n;
    }
    return copy;
  }

  /** Collects texts. */
  static final class Builder {
    private static final int SHIFT = 16;

    private long[] positions = new long[17];
    private final List<ByteBuffer> segments = new ArrayList<>();
    private int size;

    void add(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      long at = positions[size];
      int done = 0;
      while (done < bytes.length) {
        int segment = (int) (at + done >> SHIFT);
        if (segment == segments.size()) segments.add(ByteBuffer.allocate(1 << SHIFT));
        int start = (int) (at + done & (1 << SHIFT) - 1);
        int n = Math.min(bytes.length - done, (1 << SHIFT) - start);
        segments.get(segment).put(start, bytes, done, n);
        done += n;
      }
      size++;
      if (size == positions.length) {
        positions = java.util.Arrays.copyOf(positions, 2 * positions.length);
      }
      positions[size] = at + bytes.length;
    }

    Texts build() {
      return new Texts(LongBuffer.wrap(positions, 0, size + 1).slice(), segments, SHIFT);
    }
  }

  /** Texts of which many are equal: each is kept once, and called by its number. */
  static final class Dictionary {
    private final Builder texts = new Builder();
    private final Map<String, Integer> numbers = new HashMap<>();

    int number(String text) {
      return numbers.computeIfAbsent(
          Objects.requireNonNull(text),
          t -> {
            texts.add(t);
            return numbers.size();
          });
    }

    Texts build() {
      return texts.build();
    }
  }
}
