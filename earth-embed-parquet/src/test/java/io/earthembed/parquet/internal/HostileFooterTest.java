package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.base.range.FileVersion;
import io.earthembed.common.CorruptDataException;
import io.earthembed.testkit.process.ChildJvm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Footers of 40 MB, of which every few bytes become an object, parsed in a JVM that has 150 MiB for
 * them.
 */
class HostileFooterTest {
  private static final int SIZE = 40_000_000;

  // Thrift's compact protocol: the types of lists' elements and of fields.
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;

  /** The bytes of a footer. */
  private static final class Bytes {
    private final byte[] all = new byte[SIZE + 1000];
    private int size;

    Bytes add(int... bytes) {
      for (int b : bytes) all[size++] = (byte) b;
      return this;
    }

    /** As many elements as there is room for. */
    Bytes fill(int type, int... element) {
      int n = (SIZE - size) / element.length;
      add(0xF0 | type, n & 0x7F | 0x80, n >> 7 & 0x7F | 0x80, n >> 14 & 0x7F | 0x80, n >> 21);
      for (int i = 0; i < n; i++) add(element);
      return this;
    }

    /** Writes a footer up to the row groups, for one column of floats. */
    Bytes begin() {
      return add(0x15, 2, 0x19, 0x2C, 0x48, 1, 'm', 0x15, 2, 0)
          .add(0x15, 8, 0x25, 0, 0x18, 1, 'x', 0)
          .add(0x16, 0);
    }

    /** Writes one row group up to its columns. */
    Bytes group() {
      return add(0x19, 0x1C, 0x19);
    }

    /** Writes the footer from the end of the columns to its end. */
    Bytes end() {
      return add(0x16, 0, 0x16, 0, 0, 0);
    }

    /** Writes the only column up to its encodings. */
    Bytes column() {
      return add(0x1C, 0x26, 0, 0x1C, 0x15, 8, 0x19);
    }

    /** Writes from the codec of the only column (field 4) to the end. */
    Bytes rest() {
      return add(0x15, 0, 0x16, 0, 0x16, 0, 0x16, 0, 0x26, 8, 0, 0).end();
    }

    Footer.Raw raw() {
      byte[] bytes = java.util.Arrays.copyOf(all, size);
      return new Footer.Raw(bytes, new FileVersion(size + 12L, null));
    }
  }

  private static Bytes bytes() {
    return new Bytes();
  }

  private static Map<String, Supplier<Bytes>> attacks() {
    Map<String, Supplier<Bytes>> all = new LinkedHashMap<>();
    all.put("columns", () -> bytes().begin().group().fill(STRUCT, 0x26, 0, 0).end());
    all.put(
        "row groups",
        () -> bytes().begin().add(0x19).fill(STRUCT, 0x19, STRUCT, 0x16, 0, 0x16, 0, 0).add(0));
    all.put(
        "row groups without columns",
        () ->
            bytes()
                .add(0x15, 2, 0x19, 0x1C, 0x48, 1, 'm', 0x15, 0, 0, 0x16, 0, 0x19)
                .fill(STRUCT, 0x19, STRUCT, 0x16, 0, 0x16, 0, 0)
                .add(0));
    all.put("schema", () -> bytes().add(0x15, 2, 0x19).fill(STRUCT, 0x48, 0, 0).add(0));
    all.put(
        "metadata",
        () -> bytes().begin().add(0x19, STRUCT, 0x19).fill(STRUCT, 0x18, 0, 0x18, 0, 0).add(0));
    all.put(
        "encodings",
        () -> bytes().begin().group().column().fill(I32, 2).add(0x19, 0x18, 1, 'x').rest());
    all.put(
        "path", () -> bytes().begin().group().column().add(0x15, 0, 0x19).fill(BINARY, 0).rest());
    all.put(
        "metadata of a column",
        () ->
            bytes()
                .begin()
                .group()
                .column()
                .add(0x15, 0, 0x19, 0x18, 1, 'x')
                .add(0x15, 0, 0x16, 0, 0x16, 0, 0x16, 0, 0x19)
                .fill(STRUCT, 0x18, 0, 0)
                .add(0x16, 8, 0, 0)
                .end());
    all.put(
        "histogram",
        () ->
            bytes()
                .begin()
                .group()
                .column()
                .add(0x15, 0, 0x19, 0x18, 1, 'x')
                .add(0x15, 0, 0x16, 0, 0x16, 0, 0x16, 0, 0x26, 8, 0x7C, 0x29)
                .fill(I64, 0)
                .add(0, 0, 0)
                .end());
    all.put(
        "nested",
        () -> {
          Bytes nested = bytes().begin().add(0x19, STRUCT, 0x69);
          while (nested.size < SIZE) nested.add(0x10 | LIST);
          return nested;
        });
    return all;
  }

  /** Parses each footer; a parser that allocates too much memory ends here. */
  static final class Reader {
    public static void main(String[] args) {
      List<String> wrong = new ArrayList<>();
      attacks()
          .forEach(
              (name, bytes) -> {
                Footer.Raw raw = bytes.get().raw();
                try {
                  Footer.parse("memory", raw);
                  wrong.add(name + " was read");
                } catch (CorruptDataException e) {
                  if (!String.valueOf(e.getCause()).contains("SIZE") && args.length > 0) {
                    System.err.println(name + ": " + e);
                  }
                } catch (RuntimeException | Error e) {
                  wrong.add(name + ": " + e);
                }
              });
      System.out.println(wrong);
    }
  }

  @Test
  void areRefusedWithoutMemory() {
    assertEquals(
        "[]",
        ChildJvm.withMemory(150, 10, 800).run(Reader.class).requireSuccess().output().strip());
  }
}
