package io.earthembed.catalog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Strings in UTF-8, one after another. Text i takes the bytes from position i up to position i + 1.
 * The bytes are in segments of equal size, because no buffer exceeds 2 GiB; a text may span two
 * segments.
 */
final class Texts {
  private final LongBuffer positions;
  private final List<ByteBuffer> segments;
  private final int shift;

  /**
   * @param positions one more than the number of texts; ascending from 0
   * @param segments each of 2^shift bytes, the last of the rest
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

  /** Returns all bytes, in order. */
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

  /**
   * Returns the SHA-256 of all texts in their order: of their end positions, then of their bytes.
   */
  byte[] sha256() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
    ByteBuffer ends = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i <= size(); i++) {
      ends.putLong(positions.get(i));
      if (ends.hasRemaining() && i < size()) continue;
      digest.update(ends.flip());
      ends.clear();
    }
    for (ByteBuffer part : bytes()) digest.update(part);
    return digest.digest();
  }

  /**
   * Returns the first text that is not UTF-8, or -1. A search for the result of {@link #get} would
   * not find such a text.
   */
  int firstBad() {
    if (isAscii()) return -1;
    for (int i = 0; i < size(); i++) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(i)));
      } catch (CharacterCodingException e) {
        return i;
      }
    }
    return -1;
  }

  private boolean isAscii() {
    for (ByteBuffer part : bytes()) {
      ByteBuffer longs = part.slice();
      while (longs.remaining() >= Long.BYTES) {
        if ((longs.getLong() & 0x8080808080808080L) != 0) return false;
      }
      while (longs.hasRemaining()) if (longs.get() < 0) return false;
    }
    return true;
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
      if (bytes.length > CatalogFile.MAX_TEXT) {
        throw new IllegalArgumentException("a text of " + bytes.length + " bytes");
      }
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

  /** A dictionary of texts: keeps equal texts once and refers to them by number. */
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
