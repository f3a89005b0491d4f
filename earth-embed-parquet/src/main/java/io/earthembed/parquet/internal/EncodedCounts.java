package io.earthembed.parquet.internal;

import io.earthembed.parquet.internal.Footer.Column;
import java.nio.ByteBuffer;
import org.apache.parquet.format.Encoding;

/**
 * Compares the counts in the encoded bytes of a page with the count in its header, since
 * parquet-java's decoders allocate memory for as many values as the bytes claim. The decoders find
 * all other faults of the bytes.
 */
final class EncodedCounts {
  /** The most values of a block of DELTA_BINARY_PACKED; writers use 128 or 256. */
  private static final int MAX_BLOCK = 1 << 16;

  /** The most values of a bit-packed run beyond the needed ones: writers add up to 63 groups. */
  private static final int MAX_PADDING = 8 * 64;

  private final int count;

  private EncodedCounts(int count) {
    this.count = count;
  }

  /**
   * Checks a data page.
   *
   * @param levels repetition levels, then definition levels of a V2 page
   * @param plain the whole uncompressed V1 page, or the uncompressed values of a V2 page
   * @throws IllegalArgumentException if a count is larger than the page's
   */
  static void require(Column column, Page page, ByteBuffer levels, ByteBuffer plain) {
    EncodedCounts counts = new EncodedCounts(page.count());
    ByteBuffer values = plain.duplicate().order(Footer.ORDER);
    int repetition = width(column.maxRepetition());
    int definition = width(column.maxDefinition());
    if (page.kind() == Page.Kind.V2) {
      counts.hybrid(levels.slice(0, page.repetition()), repetition);
      counts.hybrid(levels.slice(page.repetition(), page.definition()), definition);
    } else {
      counts.levels(values, page.repetitionEncoding(), repetition);
      counts.levels(values, page.definitionEncoding(), definition);
    }
    switch (page.encoding()) {
      case DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY -> counts.delta(values);
      case DELTA_BYTE_ARRAY -> {
        // The lengths of the shared beginnings, then those of the rests.
        counts.delta(values);
        counts.delta(values);
      }
      case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
        if (values.hasRemaining()) counts.hybrid(values, indexWidth(values.get() & 0xFF));
      }
      case RLE -> counts.levels(values, Encoding.RLE, 1);
      default -> {}
    }
  }

  private static int indexWidth(int bits) {
    if (bits <= Integer.SIZE) return bits;
    throw new IllegalArgumentException("dictionary indexes of " + bits + " bits");
  }

  private static int width(int most) {
    return 32 - Integer.numberOfLeadingZeros(most);
  }

  /** Checks the levels of a V1 page and moves the position behind them. */
  private void levels(ByteBuffer in, Encoding encoding, int width) {
    if (width == 0) return;
    if (encoding != Encoding.RLE) {
      skip(in, ((long) count * width + 7) / 8);
      return;
    }
    if (in.remaining() < 4) return;
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) return;
    hybrid(in.slice(in.position(), length), width);
    skip(in, length);
  }

  /** Checks the hybrid of run lengths and bit packing. */
  private void hybrid(ByteBuffer in, int width) {
    long left = count;
    while (left > 0 && in.hasRemaining()) {
      int header = varint(in);
      if ((header & 1) == 0) {
        left -= header >>> 1;
        skip(in, (width + 7) / 8);
      } else {
        long groups = header >>> 1;
        if (8 * groups > left + MAX_PADDING) throw tooMany(8 * groups);
        left -= 8 * groups;
        skip(in, groups * width);
      }
    }
  }

  /** Checks numbers of DELTA_BINARY_PACKED and moves the position behind them. */
  private void delta(ByteBuffer in) {
    if (!in.hasRemaining()) return;
    int block = varint(in);
    int parts = varint(in);
    int values = varint(in);
    if (values < 0 || values > count) throw tooMany(Integer.toUnsignedLong(values));
    if (block < 1 || block > MAX_BLOCK || parts < 1 || parts > block / 8) {
      throw new IllegalArgumentException("blocks of " + block + " values in " + parts + " parts");
    }
    skipVarlong(in);
    int each = block / parts;
    for (long left = values - 1L; left > 0 && in.hasRemaining(); ) {
      skipVarlong(in); // the least difference
      int widths = in.position();
      skip(in, parts);
      for (int i = 0; i < parts && left > 0 && widths + i < in.limit(); i++, left -= each) {
        skip(in, (in.get(widths + i) & 0xFFL) * each / 8);
      }
    }
  }

  private static void skip(ByteBuffer in, long bytes) {
    in.position((int) Math.min(in.limit(), in.position() + bytes));
  }

  /** Reads a number as parquet-java's decoders do, which keep its lowest 32 bits. */
  private static int varint(ByteBuffer in) {
    long value = RleLevels.varint(in);
    if (value < 0) throw new IllegalArgumentException("a count that does not end");
    return (int) value;
  }

  private static void skipVarlong(ByteBuffer in) {
    for (int i = 0; i < 10 && in.hasRemaining(); i++) if (in.get() >= 0) return;
    throw new IllegalArgumentException("a count that does not end");
  }

  private IllegalArgumentException tooMany(long claimed) {
    return new IllegalArgumentException(
        claimed + " encoded values in a page of " + count + " values");
  }
}
