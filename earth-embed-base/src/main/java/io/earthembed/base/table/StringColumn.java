package io.earthembed.base.table;

import io.earthembed.base.file.Sha256;
import io.earthembed.common.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Strings by number, in UTF-8, one after another. The bytes are in segments of equal size, because
 * no buffer exceeds 2 GiB; a string may span two segments. Immutable and safe for many threads.
 *
 * <p>Files store the positions of strings in one of two forms. In the long form, int64 positions 0
 * to n are the starts of the strings and the end of the last. In the short form, int32 positions 1
 * to n are their ends, and all strings together have less than 2 GiB.
 */
public final class StringColumn {
  /** The most bytes of a string. */
  public static final int MAX_LENGTH = 1 << 24;

  private static final int ONE_SEGMENT = 31;

  private final ByteBuffer positions;
  private final boolean isLong;
  private final int size;
  private final ByteBuffer[] segments;
  private final int shift;
  private final long capacity;

  private StringColumn(ByteBuffer positions, boolean isLong, List<ByteBuffer> segments, int shift) {
    this.positions = positions.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.isLong = isLong;
    this.size = isLong ? positions.limit() / Long.BYTES - 1 : positions.limit() / Integer.BYTES;
    this.segments = segments.toArray(ByteBuffer[]::new);
    this.shift = shift;
    this.capacity = segments.stream().mapToLong(ByteBuffer::limit).sum();
  }

  /**
   * Takes two sections of the short form. The positions are checked when a string is read.
   *
   * @param ends int32, the end of each string
   * @param utf8 their bytes
   */
  public static StringColumn ofShort(ByteBuffer ends, ByteBuffer utf8) {
    return new StringColumn(ends, false, List.of(utf8), ONE_SEGMENT);
  }

  /**
   * Takes two sections of the long form and checks them: another program may write a valid checksum
   * over strings that end before they begin, or are not UTF-8.
   *
   * @param file the file of the sections, for messages
   * @param positions as {@link SectionFile#open} returns them: int64
   * @param utf8 as {@link SectionFile#open} returns them: one buffer, or segments of equal size
   * @throws CorruptDataException if they are not strings
   */
  public static StringColumn ofLong(Path file, List<ByteBuffer> positions, List<ByteBuffer> utf8) {
    if (positions.size() != 1
        || positions.get(0).remaining() % Long.BYTES != 0
        || !positions.get(0).hasRemaining()) {
      throw corrupt(file, "texts without positions");
    }
    LongBuffer ends = positions.get(0).asLongBuffer();
    long last = 0;
    for (int i = 0; i < ends.limit(); i++) {
      if (i == 0 ? ends.get(0) != 0 : ends.get(i) < last) throw corrupt(file, "texts that overlap");
      if (ends.get(i) - last > MAX_LENGTH) {
        throw corrupt(file, "a text of " + (ends.get(i) - last) + " bytes");
      }
      last = ends.get(i);
    }
    if (last > utf8.stream().mapToLong(ByteBuffer::remaining).sum()) {
      throw corrupt(file, "texts beyond their end");
    }
    int shift = utf8.size() == 1 ? ONE_SEGMENT : SectionFile.SHIFT;
    StringColumn column = new StringColumn(positions.get(0), true, utf8, shift);
    int bad = column.firstMalformed();
    if (bad >= 0) throw corrupt(file, "text " + bad + " is not UTF-8");
    return column;
  }

  private static CorruptDataException corrupt(Path file, String problem) {
    return new CorruptDataException(file.toString(), problem);
  }

  /** Returns a column of these strings. */
  public static StringColumn of(Iterable<String> strings) {
    Builder builder = new Builder();
    strings.forEach(builder::add);
    return builder.build();
  }

  /** Returns how many strings there are. */
  public int size() {
    return size;
  }

  /** Returns the two sections of the long form: positions and bytes, each in parts. */
  public List<List<ByteBuffer>> longSections() {
    if (isLong) return List.of(List.of(positions.duplicate()), utf8());
    ByteBuffer starts = SectionFile.allocate(Long.BYTES * (size + 1L));
    for (int i = 0; i <= size; i++) starts.putLong(start(i));
    return List.of(List.of(starts.flip()), utf8());
  }

  /**
   * Returns the two sections of the short form: ends and bytes, off the heap.
   *
   * @throws IllegalStateException if all strings together have more than 2 GiB
   */
  public List<ByteBuffer> shortSections() {
    if (!isLong) return List.of(positions, segments[0]);
    ByteBuffer ends = SectionFile.allocate((long) Integer.BYTES * size);
    ByteBuffer utf8 = SectionFile.allocate(start(size));
    for (ByteBuffer part : utf8()) utf8.put(part);
    for (int i = 0; i < size; i++) ends.putInt(Integer.BYTES * i, (int) start(i + 1));
    return List.of(ends, utf8.clear());
  }

  /** Returns all bytes, in order. */
  private List<ByteBuffer> utf8() {
    List<ByteBuffer> all = new ArrayList<>();
    long left = start(size);
    for (ByteBuffer segment : segments) {
      int n = (int) Math.min(left, segment.limit());
      all.add(segment.duplicate().position(0).limit(n));
      left -= n;
    }
    return all;
  }

  /** Returns the start of a string, or for the number n the end of the last one. */
  private long start(int i) {
    if (isLong) return positions.getLong(Long.BYTES * i);
    return i == 0 ? 0 : positions.getInt(Integer.BYTES * (i - 1));
  }

  /** Returns a string. */
  public String get(int i) {
    return new String(bytes(i), StandardCharsets.UTF_8);
  }

  /**
   * Returns the UTF-8 of a string.
   *
   * @throws IndexOutOfBoundsException if there is no such string, or its positions make no sense
   */
  public byte[] bytes(int i) {
    long start = start(i);
    long length = start(i + 1) - start;
    Objects.checkFromIndexSize(start, length, capacity);
    byte[] copy = new byte[(int) length];
    int done = 0;
    while (done < copy.length) {
      ByteBuffer segment = segments[(int) (start + done >> shift)];
      int from = offset(start + done);
      int n = Math.min(copy.length - done, segment.limit() - from);
      segment.get(from, copy, done, n);
      done += n;
    }
    return copy;
  }

  private int offset(long position) {
    return (int) (position & (1L << shift) - 1);
  }

  /** Returns whether a string has these bytes. */
  public boolean is(int i, byte[] utf8) {
    long start = start(i);
    if (start(i + 1) - start != utf8.length) return false;
    if (utf8.length == 0) return true;
    ByteBuffer segment = segments[(int) (start >> shift)];
    int from = offset(start);
    if (segment.limit() - from < utf8.length) return Arrays.equals(bytes(i), utf8);
    // Strings that differ often begin alike.
    for (int b = utf8.length - 1; b >= 0; b--) {
      if (segment.get(from + b) != utf8[b]) return false;
    }
    return true;
  }

  /** Returns whether a string is this one. */
  public boolean is(int i, String string) {
    long start = start(i);
    long length = start(i + 1) - start;
    if (length < string.length()) return false;
    if (string.isEmpty()) return length == 0;
    ByteBuffer segment = segments[(int) (start >> shift)];
    int from = offset(start);
    int spare = segment.limit() - from; // less than the string's length if it spans two segments
    for (int c = 0; c < string.length(); c++) {
      char wanted = string.charAt(c);
      if (wanted > 0x7F || c >= spare) return is(i, string.getBytes(StandardCharsets.UTF_8));
      if (segment.get(from + c) != wanted) return false;
    }
    return length == string.length();
  }

  /** Returns the SHA-256 of the positions in the long form, followed by the bytes. */
  public byte[] sha256() {
    MessageDigest digest = Sha256.digest();
    for (List<ByteBuffer> section : longSections()) section.forEach(digest::update);
    return digest.digest();
  }

  /**
   * Returns the first string that is not UTF-8, or -1. A search for the result of {@link #get}
   * would not find such a string.
   */
  private int firstMalformed() {
    if (isAscii()) return -1;
    for (int i = 0; i < size; i++) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(i)));
      } catch (CharacterCodingException e) {
        return i;
      }
    }
    return -1;
  }

  private boolean isAscii() {
    for (ByteBuffer part : utf8()) {
      ByteBuffer longs = part.slice();
      while (longs.remaining() >= Long.BYTES) {
        if ((longs.getLong() & 0x8080808080808080L) != 0) return false;
      }
      while (longs.hasRemaining()) if (longs.get() < 0) return false;
    }
    return true;
  }

  /** Collects strings. Not safe for many threads. */
  public static final class Builder {
    private static final int SHIFT = 16;

    private long[] positions = new long[17];
    private final List<ByteBuffer> segments = new ArrayList<>();
    private int size;

    /**
     * Adds the next string.
     *
     * @throws IllegalArgumentException if it has more than {@link #MAX_LENGTH} bytes
     */
    public void add(String string) {
      byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
      if (utf8.length > MAX_LENGTH) {
        throw new IllegalArgumentException("a text of " + utf8.length + " bytes");
      }
      long at = positions[size];
      int done = 0;
      while (done < utf8.length) {
        int segment = (int) (at + done >> SHIFT);
        if (segment == segments.size()) segments.add(ByteBuffer.allocate(1 << SHIFT));
        int start = (int) (at + done & (1 << SHIFT) - 1);
        int n = Math.min(utf8.length - done, (1 << SHIFT) - start);
        segments.get(segment).put(start, utf8, done, n);
        done += n;
      }
      size++;
      if (size == positions.length) positions = Arrays.copyOf(positions, 2 * positions.length);
      positions[size] = at + utf8.length;
    }

    /** Returns how many strings there are. */
    public int size() {
      return size;
    }

    /** Returns the strings that were added so far. */
    public StringColumn build() {
      ByteBuffer copy = SectionFile.allocate(Long.BYTES * (size + 1L));
      copy.asLongBuffer().put(positions, 0, size + 1);
      return new StringColumn(copy, true, segments, SHIFT);
    }
  }
}
