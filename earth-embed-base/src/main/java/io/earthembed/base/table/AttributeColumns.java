package io.earthembed.base.table;

import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.PlainText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Lists the columns in which tables have the attributes of tiles. */
public final class AttributeColumns {
  private AttributeColumns() {}

  /**
   * A column of one attribute.
   *
   * @param attribute the attribute's name
   * @param name the column's name: the attribute's, after {@code attribute_} if that is taken
   * @param type the type of all values
   */
  public record Column(String attribute, String name, Attributes.Type type) {}

  /**
   * Returns a column for each attribute that a tile has, in the order of the attributes' names.
   *
   * @param taken the names of the table's other columns
   * @throws IllegalArgumentException if two tiles have values of different types; the message names
   *     the attribute, the tile and its row
   */
  public static List<Column> of(Collection<TileRecord> tiles, Collection<String> taken) {
    SortedMap<String, Attributes.Type> types = new TreeMap<>();
    int row = 0;
    for (TileRecord tile : tiles) {
      for (Map.Entry<String, Object> own : tile.attributes().asMap().entrySet()) {
        Attributes.Type type = Attributes.Type.of(own.getValue());
        Attributes.Type known = types.putIfAbsent(own.getKey(), type);
        if (known == null || known == type) continue;
        throw new IllegalArgumentException(
            PlainText.message(
                "attribute "
                    + own.getKey()
                    + " of tile "
                    + tile.id()
                    + " (row "
                    + row
                    + ") is of type "
                    + type
                    + ", but of type "
                    + known
                    + " in earlier rows"));
      }
      row++;
    }
    return of(types, taken);
  }

  /** Returns a column for each attribute, in the order of the map. */
  public static List<Column> of(Map<String, Attributes.Type> types, Collection<String> taken) {
    Set<String> names = new HashSet<>(taken);
    List<Column> columns = new ArrayList<>();
    types.forEach(
        (attribute, type) -> {
          String name = attribute;
          while (!names.add(name)) name = "attribute_" + name;
          columns.add(new Column(attribute, name, type));
        });
    return columns;
  }
}
