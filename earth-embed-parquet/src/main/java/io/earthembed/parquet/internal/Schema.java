package io.earthembed.parquet.internal;

import io.earthembed.parquet.internal.Footer.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a file. A readable column is a value, a list of values, or Hugging Face's form of
 * an image: a struct of its bytes and its path, of which only the bytes are read. In other structs,
 * each value outside lists is a column under its path, such as bbox.xmin; so are the coordinates of
 * GeoArrow: x and y in lists of structs, and doubles in nested lists.
 *
 * @param leaves one per chunk of a row group, in order; null for other columns
 * @param unread the reasons that other columns cannot be read, by name
 */
record Schema(List<@Nullable Column> leaves, Map<String, String> unread) {
  private static final int MAX_LEAVES = 10_000;
  private static final int MAX_DEPTH = 32;

  /** The most leaves that a message names. */
  private static final int NAMED = 8;

  /**
   * Reads the elements of a footer; the first is the root.
   *
   * @throws IllegalArgumentException or IndexOutOfBoundsException if they form no schema
   */
  static Schema of(List<SchemaElement> elements) {
    List<@Nullable Column> leaves = new ArrayList<>();
    Map<String, String> unread = new HashMap<>();
    Set<String> names = new HashSet<>();
    Set<String> twice = new HashSet<>();
    Walk walk = new Walk(elements);
    int columns = elements.get(0).getNum_children();
    for (int i = 0; i < columns; i++) {
      int at = walk.at;
      String name = elements.get(at).getName();
      List<Leaf> found = new ArrayList<>();
      walk.leaves(0, 0, 0, "", found);
      if (leaves.size() + found.size() > MAX_LEAVES) {
        throw new IllegalArgumentException("more than " + MAX_LEAVES + " columns");
      }
      boolean list = isValueOrList(elements, at);
      boolean image = isImage(elements, at);
      for (Leaf leaf : found) {
        boolean read = list || image && leaf.path.endsWith(".bytes");
        boolean inStruct = !list && !image && (leaf.repetition == 0 || leaf.isCoordinate());
        inStruct |= isNested(found) && leaf.element.getType() == Type.DOUBLE;
        if (inStruct && !names.add(leaf.path)) twice.add(leaf.path);
        leaves.add(
            read ? leaf.column(name, image) : inStruct ? leaf.column(leaf.path, false) : null);
      }
      if (!names.add(name)) {
        twice.add(name);
      } else if (isNested(found)) {
        unread.put(name, nested(name, found.get(0)));
      } else if (!list && !image) {
        unread.put(name, "column " + name + " is a struct, of " + described(found));
      }
    }
    for (String name : twice) {
      unread.put(name, "there are two columns " + name + ": rename one");
    }
    for (int i = 0; i < leaves.size(); i++) {
      Column column = leaves.get(i);
      if (column != null && unread.containsKey(column.name())) leaves.set(i, null);
    }
    return new Schema(leaves, unread);
  }

  /** Returns whether a column has nothing but values in lists of lists. */
  private static boolean isNested(List<Leaf> leaves) {
    return leaves.size() == 1 && leaves.get(0).repetition > 1;
  }

  private static String nested(String name, Leaf leaf) {
    return "column "
        + name
        + " has lists of lists in its rows, of "
        + leaf.column(leaf.path, false).typeName()
        + ": make a row of each inner list first, for example by DuckDB's UNNEST";
  }

  private static String described(List<Leaf> leaves) {
    if (leaves.isEmpty()) return "nothing";
    return leaves.stream()
            .limit(NAMED)
            .map(leaf -> leaf.path + " (" + leaf.column(leaf.path, false).typeName() + ")")
            .collect(Collectors.joining(", "))
        + (leaves.size() > NAMED ? " and " + (leaves.size() - NAMED) + " more" : "")
        + ": name a value outside lists by its path, or make it a column";
  }

  private static boolean isGroup(SchemaElement element) {
    return !element.isSetType() || element.getNum_children() > 0;
  }

  private static boolean isRepeated(SchemaElement element) {
    return element.getRepetition_type() == FieldRepetitionType.REPEATED;
  }

  /**
   * Returns whether an element is a value, or a list in one of the format's three historical forms;
   * not a list of lists or of structs.
   */
  private static boolean isValueOrList(List<SchemaElement> schema, int at) {
    SchemaElement top = schema.get(at);
    if (!isGroup(top)) return true;
    boolean annotated =
        top.getConverted_type() == ConvertedType.LIST
            || top.isSetLogicalType() && top.getLogicalType().isSetLIST();
    if (!annotated || isRepeated(top) || top.getNum_children() != 1) return false;
    SchemaElement repeated = schema.get(at + 1);
    if (!isRepeated(repeated)) return false;
    if (!isGroup(repeated)) return true;
    // By the format's rules for old writers, this is a list of structs of one field.
    boolean struct =
        repeated.getName().equals("array") || repeated.getName().equals(top.getName() + "_tuple");
    if (struct || repeated.getNum_children() != 1) return false;
    SchemaElement value = schema.get(at + 2);
    return !isGroup(value) && !isRepeated(value);
  }

  private static boolean isImage(List<SchemaElement> schema, int at) {
    SchemaElement top = schema.get(at);
    if (!isGroup(top) || isRepeated(top) || top.getNum_children() != 2) return false;
    if (top.isSetConverted_type() || top.isSetLogicalType()) return false;
    Set<String> names = new HashSet<>();
    for (SchemaElement field : schema.subList(at + 1, at + 3)) {
      if (field.getType() != Type.BYTE_ARRAY || isRepeated(field)) return false;
      names.add(field.getName());
    }
    return names.equals(Set.of("bytes", "path"));
  }

  /** A leaf and its position. */
  private record Leaf(SchemaElement element, String path, int definition, int repetition) {
    boolean isCoordinate() {
      return path.endsWith(".x") || path.endsWith(".y");
    }

    Column column(String name, boolean inStruct) {
      return new Column(
          name,
          element.getType(),
          definition,
          repetition,
          element.getType_length(),
          Meaning.of(element),
          inStruct);
    }
  }

  /** Walks the elements in order, which is depth first. */
  private static final class Walk {
    private final List<SchemaElement> elements;
    private int at = 1;

    Walk(List<SchemaElement> elements) {
      this.elements = elements;
    }

    void leaves(int depth, int definition, int repetition, String above, List<Leaf> out) {
      if (depth > MAX_DEPTH) throw new IllegalArgumentException("schema too deep");
      SchemaElement element = elements.get(at++);
      String path = above + element.getName();
      FieldRepetitionType kind = element.getRepetition_type();
      int d = definition + (kind == FieldRepetitionType.REQUIRED ? 0 : 1);
      int r = repetition + (kind == FieldRepetitionType.REPEATED ? 1 : 0);
      if (isGroup(element)) {
        for (int i = 0; i < element.getNum_children(); i++) {
          leaves(depth + 1, d, r, path + ".", out);
        }
        return;
      }
      if (element.getType_length() < 0) {
        throw new IllegalArgumentException("column " + path + " has no type");
      }
      out.add(new Leaf(element, path, d, r));
    }
  }
}
