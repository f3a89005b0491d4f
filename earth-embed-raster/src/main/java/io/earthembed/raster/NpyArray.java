package io.earthembed.raster;

import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of NumPy in a file (format 1 to 3 of NEP 1), in C order, of which rows are read by
 * range. Its values are int8 or float32. Safe for many threads.
 */
final class NpyArray {
  /** The header of most files has 128 bytes; NumPy limits it to 10,000 by default. */
  private static final int HEADER = 16 << 10;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([^']*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*True");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([\\d, ]*)\\)");

  private final RangeSource source;
  private final FileVersion version;
  private final boolean isFloat;
  private final ByteOrder order;
  private final int[] shape;
  private final int start;
  private final long rowBytes;

  /**
   * Reads the header.
   *
   * @throws CorruptDataException if it is damaged, or the file has another length
   * @throws EarthEmbedException if the type or the order is not supported
   */
  NpyArray(RangeSource source) {
    this.source = source;
    version = source.tail(1).version();
    int length = (int) Math.min(HEADER, version.length());
    ByteBuffer head = source.read(version, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    if (length < 12) throw corrupt("not an array of NumPy");
    head.get(magic);
    int major = head.get();
    head.get();
    if (!Arrays.equals(magic, MAGIC) || major < 1 || major > 3) {
      throw corrupt("not an array of NumPy");
    }
    long size = major == 1 ? head.getShort() & 0xFFFF : head.getInt() & 0xFFFFFFFFL;
    if (size > head.remaining()) throw corrupt("a header of " + size + " bytes");
    byte[] text = new byte[(int) size];
    start = head.position() + text.length;
    head.get(text);
    String header = new String(text, StandardCharsets.ISO_8859_1);
    Matcher type = TYPE.matcher(header);
    Matcher dimensions = SHAPE.matcher(header);
    if (!type.find() || !dimensions.find()) throw corrupt("a header without type or shape");
    String name = type.group(1);
    if (FORTRAN.matcher(header).find()) throw unsupported("an array in Fortran's order");
    isFloat = name.equals("<f4") || name.equals(">f4");
    if (!isFloat && !name.equals("|i1")) {
      throw unsupported("an array of type " + name + ", neither int8 nor float32");
    }
    order = name.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    String list = dimensions.group(1).replace(" ", "");
    shape = new int[list.isEmpty() ? 0 : list.split(",").length];
    double values = 1;
    for (int i = 0; i < shape.length; i++) {
      try {
        shape[i] = Integer.parseInt(list.split(",")[i]);
      } catch (NumberFormatException e) {
        throw corrupt("a shape of (" + list + ")");
      }
      if (shape[i] < 1) throw corrupt("a shape of (" + list + ")");
      values *= shape[i];
    }
    if (shape.length == 0) throw corrupt("a single number");
    long bytes = isFloat ? 4 : 1;
    if (values * bytes != version.length() - start) {
      throw corrupt("a shape of (" + list + ") in a file of " + version.length() + " bytes");
    }
    rowBytes = (version.length() - start) / shape[0];
  }

  private CorruptDataException corrupt(String problem) {
    return new CorruptDataException(source.name(), 0, problem);
  }

  private EarthEmbedException unsupported(String problem) {
    return new EarthEmbedException(source.name() + ": " + problem + " is not supported");
  }

  String name() {
    return source.name();
  }

  /** Returns rows, columns and so on. */
  int[] shape() {
    return shape;
  }

  boolean isFloat() {
    return isFloat;
  }

  /** Returns how many bytes a row has. */
  long rowBytes() {
    return rowBytes;
  }

  /** Reads rows: their values in the array's order of bytes. */
  ByteBuffer rows(int first, int count) {
    return source
        .read(version, start + first * rowBytes, Math.toIntExact(count * rowBytes))
        .order(order);
  }
}
