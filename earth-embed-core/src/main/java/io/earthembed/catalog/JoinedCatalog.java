package io.earthembed.catalog;

import io.earthembed.base.table.LiveRows;
import io.earthembed.base.table.StringColumn;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.Duplicates;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.PlainText;
import io.earthembed.vector.OrdinalSet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A catalog of the live rows of several others, which are its parts. */
final class JoinedCatalog extends TileCatalog {
  /**
   * A part.
   *
   * @param base ordinal of its first live row
   */
  private record Part(TileCatalog catalog, LiveRows live, int base) {
    long row(long ordinal) {
      return live.row((int) ordinal - base);
    }

    long ordinal(long row) {
      return base + live.number((int) row);
    }
  }

  private final List<Part> parts;
  private final int size;
  private final Map<String, Attributes.Type> attributeTypes;
  private final Attribution attribution;
  private volatile @Nullable String fingerprint; // computed on first use

  JoinedCatalog(List<TileCatalog> catalogs, List<OrdinalSet> rows) {
    if (catalogs.size() != rows.size()) {
      throw new IllegalArgumentException(
          catalogs.size() + " parts but " + rows.size() + " sets of rows");
    }
    List<Part> all = new ArrayList<>();
    int base = 0;
    for (int i = 0; i < catalogs.size(); i++) {
      int tableRows = Math.toIntExact(catalogs.get(i).size());
      Part part = new Part(catalogs.get(i), LiveRows.of(tableRows, rows.get(i)), base);
      if (part.live.size() > 0) all.add(part);
      base = Math.addExact(base, part.live.size());
    }
    this.parts = List.copyOf(all);
    SortedMap<String, Attributes.Type> types = new TreeMap<>();
    for (Part part : parts) addTypes(part.catalog.attributeTypes(), types);
    this.attributeTypes = Collections.unmodifiableMap(types);
    this.size = base;
    this.attribution = Attribution.NONE;
  }

  private JoinedCatalog(JoinedCatalog other, Attribution attribution) {
    this.parts = other.parts;
    this.size = other.size;
    this.attributeTypes = other.attributeTypes;
    this.attribution = attribution;
  }

  private static void addTypes(
      Map<String, Attributes.Type> more, Map<String, Attributes.Type> types) {
    more.forEach(
        (name, type) -> {
          Attributes.Type other = types.putIfAbsent(name, type);
          if (other == null || other == type) return;
          throw new IllegalArgumentException(
              PlainText.message(
                  "attribute "
                      + name
                      + " is of type "
                      + type
                      + " in one part, "
                      + other
                      + " in another"));
        });
  }

  private Part part(long ordinal) {
    Objects.checkIndex(ordinal, (long) size);
    int low = 0;
    int high = parts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (parts.get(middle).base <= ordinal) low = middle;
      else high = middle - 1;
    }
    return parts.get(low);
  }

  @Override
  public void save(Path file) {
    Builder copy = builder();
    for (long i = 0; i < size; i++) copy.add(record(i));
    copy.build().save(file);
  }

  @Override
  public Attribution attribution() {
    return attribution;
  }

  @Override
  public TileCatalog withAttribution(Attribution attribution) {
    Objects.requireNonNull(attribution, "attribution");
    return attribution.equals(this.attribution) ? this : new JoinedCatalog(this, attribution);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public TileRecord record(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.record(part.row(ordinal));
  }

  @Override
  public String id(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.id(part.row(ordinal));
  }

  @Override
  public @Nullable String productId(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.productId(part.row(ordinal));
  }

  @Override
  public boolean hasCell(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.hasCell(part.row(ordinal));
  }

  @Override
  public boolean hasCenter(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.hasCenter(part.row(ordinal));
  }

  @Override
  public GridCell cell(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.cell(part.row(ordinal));
  }

  @Override
  public double latitude(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.latitude(part.row(ordinal));
  }

  @Override
  public double longitude(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.longitude(part.row(ordinal));
  }

  @Override
  public GeoPoint center(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.center(part.row(ordinal));
  }

  @Override
  public long epochMillis(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.epochMillis(part.row(ordinal));
  }

  @Override
  public float cloudCover(long ordinal) {
    Part part = part(ordinal);
    return part.catalog.cloudCover(part.row(ordinal));
  }

  @Override
  public @Nullable Object attribute(long ordinal, String name) {
    Part part = part(ordinal);
    return part.catalog.attribute(part.row(ordinal), name);
  }

  @Override
  public Map<String, Attributes.Type> attributeTypes() {
    return attributeTypes;
  }

  @Override
  public String fingerprint() {
    String known = fingerprint;
    if (known == null) {
      StringColumn.Builder ids = new StringColumn.Builder();
      for (long i = 0; i < size; i++) ids.add(id(i));
      known = HexFormat.of().formatHex(ids.build().sha256(), 0, 16);
      fingerprint = known;
    }
    return known;
  }

  @Override
  public Duplicates equalIds() {
    Duplicates.Finder finder = new Duplicates.Finder(size);
    for (long i = 0; i < size; i++) finder.add(id(i).getBytes(StandardCharsets.UTF_8));
    return finder.find();
  }

  @Override
  public OptionalLong find(String id) {
    for (Part part : parts) {
      OptionalLong row = part.catalog.find(id);
      if (row.isPresent() && part.live.rows().contains(row.getAsLong())) {
        return OptionalLong.of(part.ordinal(row.getAsLong()));
      }
    }
    return OptionalLong.empty();
  }

  @Override
  public OptionalLong nearest(GeoPoint point) {
    return nearest(point, OrdinalSet.all());
  }

  @Override
  OptionalLong nearest(GeoPoint point, OrdinalSet rows) {
    OptionalLong nearest = OptionalLong.empty();
    double meters = Double.POSITIVE_INFINITY;
    for (Part part : parts) {
      OrdinalSet own = rows.slice(part.base, (long) part.base + part.live.size());
      OptionalLong row = part.catalog.nearest(point, part.live.toRows(own));
      if (row.isEmpty()) continue;
      double distance = point.distanceTo(part.catalog.center(row.getAsLong()));
      if (nearest.isPresent() && distance >= meters) continue;
      nearest = OptionalLong.of(part.ordinal(row.getAsLong()));
      meters = distance;
    }
    return nearest;
  }

  @Override
  public OrdinalSet select(TileFilter filter) {
    return filter == TileFilter.ALL ? OrdinalSet.all() : joined(part -> part.select(filter));
  }

  @Override
  public OrdinalSet undated(TileFilter filter) {
    return joined(part -> part.undated(filter));
  }

  /** Joins the sets of all parts. */
  private OrdinalSet joined(Function<TileCatalog, OrdinalSet> set) {
    long[] words = new long[(size + 63) >> 6];
    for (Part part : parts) part.live.addNumbers(set.apply(part.catalog), words, part.base);
    return OrdinalSet.ofBitmap(words);
  }

  @Override
  public String toString() {
    return "TileCatalog[" + size + " tiles in " + parts.size() + " parts]";
  }
}
