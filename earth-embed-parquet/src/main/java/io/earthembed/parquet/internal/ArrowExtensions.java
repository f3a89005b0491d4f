package io.earthembed.parquet.internal;

import io.earthembed.common.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The extension types of a file's columns. Writers that use Arrow keep its schema in the footer, as
 * a message of Arrow's IPC format: a FlatBuffers table. This class reads the few fields of it that
 * name the types, so that the optional library arrow-vector is not needed.
 */
public final class ArrowExtensions {
  private static final String KEY = "ARROW:schema";
  private static final String NAME = "ARROW:extension:name";
  private static final String METADATA = "ARROW:extension:metadata";
  private static final int CONTINUATION = -1;
  private static final int SCHEMA = 1;

  // Positions of the fields in the tables of Arrow's Message.fbs and Schema.fbs.
  private static final int MESSAGE_HEADER_TYPE = 1;
  private static final int MESSAGE_HEADER = 2;
  private static final int SCHEMA_FIELDS = 1;
  private static final int FIELD_NAME = 0;
  private static final int FIELD_METADATA = 6;
  private static final int PAIR_KEY = 0;
  private static final int PAIR_VALUE = 1;

  private final ByteBuffer bytes;

  /** Bytes that may still be read: tables that share their parts could take far more than all. */
  private int budget;

  private ArrowExtensions(ByteBuffer bytes) {
    this.bytes = bytes;
    budget = bytes.limit();
  }

  /**
   * A column of an extension type.
   *
   * @param column its name
   * @param name the name of the type, such as geoarrow.point
   * @param metadata what the writer says of the type, or ""
   */
  public record Extension(String column, String name, String metadata) {}

  /**
   * Returns the columns of extension types, in the order of the file; none if the footer has no
   * Arrow schema. Fields of structs and of lists are left out.
   *
   * @throws CorruptDataException if the Arrow schema is not valid
   */
  public static List<Extension> of(Footer footer) {
    String text = footer.metadata().get(KEY);
    if (text == null) return List.of();
    try {
      ByteBuffer message =
          ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
      // Writers before Arrow 0.15 begin with the length.
      int start = message.getInt(0) == CONTINUATION ? 8 : 4;
      return new ArrowExtensions(
              message.slice(start, message.limit() - start).order(ByteOrder.LITTLE_ENDIAN))
          .extensions();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new CorruptDataException(footer.name(), "an " + KEY + " that is not valid", e);
    }
  }

  private List<Extension> extensions() {
    int message = target(0);
    int type = field(message, MESSAGE_HEADER_TYPE);
    int header = field(message, MESSAGE_HEADER);
    if (type == 0 || header == 0 || bytes.get(type) != SCHEMA) {
      throw new IllegalArgumentException("no schema");
    }
    List<Extension> found = new ArrayList<>();
    for (int field : tables(target(header), SCHEMA_FIELDS)) {
      String name = "";
      String metadata = "";
      for (int pair : tables(field, FIELD_METADATA)) {
        String key = text(pair, PAIR_KEY);
        if (key.equals(NAME)) name = text(pair, PAIR_VALUE);
        if (key.equals(METADATA)) metadata = text(pair, PAIR_VALUE);
      }
      if (!name.isEmpty()) found.add(new Extension(text(field, FIELD_NAME), name, metadata));
    }
    return found;
  }

  /** Returns the position that an offset leads to. */
  private int target(int at) {
    return at + bytes.getInt(at);
  }

  /** Returns the position of a table's field, or 0 if the table does not have it. */
  private int field(int table, int number) {
    int layout = table - bytes.getInt(table);
    int entry = 4 + 2 * number;
    if (entry + 2 > bytes.getChar(layout)) return 0;
    int offset = bytes.getChar(layout + entry);
    return offset == 0 ? 0 : table + offset;
  }

  /** Returns the positions of the tables in a vector. */
  private int[] tables(int table, int number) {
    int field = field(table, number);
    if (field == 0) return new int[0];
    int vector = target(field);
    int size = bytes.getInt(vector);
    if (size < 0 || size > budget / 4) throw new IllegalArgumentException(size + " tables");
    budget -= 4 * size;
    int[] tables = new int[size];
    for (int i = 0; i < size; i++) tables[i] = target(vector + 4 + 4 * i);
    return tables;
  }

  private String text(int table, int number) {
    int field = field(table, number);
    if (field == 0) return "";
    int at = target(field);
    int length = bytes.getInt(at);
    if (length < 0 || length > budget) throw new IllegalArgumentException(length + " characters");
    budget -= length;
    byte[] text = new byte[length];
    bytes.get(at + 4, text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
