package io.earthembed.solr;

import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.Attributes.Type;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.AbstractList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.solr.common.SolrInputDocument;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a collection's documents: one document per vector, one that says how many vectors
 * count, and those of stored filters.
 */
final class Schema {
  static final String ID = "id";
  static final String ORDINAL = "ordinal";

  /** The addition that stored the document. */
  static final String ADDITION = "addition";

  static final String VECTOR = "vector";

  /**
   * The vector as little-endian float32, because Solr does not return the graph's own copy. In the
   * document that describes the collection: the label in UTF-8.
   */
  static final String VALUES = "values";

  static final String CENTER = "centre";
  static final String SENSED = "sensed";
  static final String CLOUD = "cloud_cover";
  static final String CELL = "cell";
  static final String TILE = "tile_id";

  /** The name of a stored filter. */
  static final String FILTER = "filter";

  /** The ordinals of a stored filter, or a part of them. */
  static final String PASSING = "passing";

  /** When a filter was stored, by the clock of the servers. */
  static final String STORED = "stored";

  /** The id of the document that describes the collection. */
  static final String HEAD = "head";

  static final String SIZE = "size";
  static final String DIMENSION = "dimension";
  static final String METRIC = "metric";
  static final String UNCOUNTED = "uncounted";
  static final String VERSION = "_version_";

  private Schema() {}

  /** The version of the fields, which must change when the fields do. */
  private static final String CONFIGURATION = "earth-embed-2-";

  /** A name that is also one of a field. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_]{1,100}");

  /** The most UTF-16 units of a text that Lucene indexes for certain: 32,766 bytes of UTF-8. */
  static final int MAX_TEXT = 32_766 / 3;

  /** Returns whether a configuration has all fields; those of earlier versions lack some. */
  static boolean isCurrent(String configuration) {
    return configuration.startsWith(CONFIGURATION);
  }

  /** Returns the name of the configuration that {@link #zip} makes. */
  static String configuration(int dimension, Metric metric) {
    return CONFIGURATION + dimension + "-" + metric.name().toLowerCase(Locale.ROOT);
  }

  /** Writes a ZIP file with the configuration for vectors of one length and metric. */
  static Path zip(int dimension, Metric metric) throws IOException {
    String similarity = metric == Metric.L2 ? "euclidean" : "maximum_inner_product";
    String schema =
        resource("schema.xml")
            .replace("@dimension@", Integer.toString(dimension))
            .replace("@similarity@", similarity);
    Path file = Files.createTempFile("earth-embed-solr", ".zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      put(out, "schema.xml", schema);
      put(out, "solrconfig.xml", resource("solrconfig.xml"));
    }
    return file;
  }

  private static void put(ZipOutputStream out, String name, String text) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.closeEntry();
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Schema.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SolrInputDocument vector(long ordinal, String addition, float[] vector) {
    SolrInputDocument document = new SolrInputDocument();
    document.addField(ID, ordinal + "-" + addition);
    document.addField(ORDINAL, ordinal);
    document.addField(ADDITION, addition);
    document.addField(VECTOR, floats(vector));
    document.addField(VALUES, bytes(vector));
    return document;
  }

  static void describe(SolrInputDocument document, TileRecord tile) {
    document.addField(TILE, tile.id());
    if (tile.hasCell()) document.addField(CELL, tile.cell().toString());
    Instant time = tile.timestamp();
    if (time != null) document.addField(SENSED, time.toEpochMilli());
    if (tile.hasCenter()) {
      document.addField(CENTER, tile.center().latitude() + "," + tile.center().longitude());
    }
    if (!Float.isNaN(tile.cloudCover())) document.addField(CLOUD, tile.cloudCover());
  }

  /** Adds the attributes that Solr can index, to a document of a current configuration. */
  static void describe(SolrInputDocument document, Attributes attributes) {
    attributes
        .asMap()
        .forEach(
            (name, value) -> {
              boolean isShort = !(value instanceof String text) || text.length() <= MAX_TEXT;
              Type type = Type.of(value);
              if (isField(name) && isShort) document.addField(field(type, name), indexed(value));
            });
  }

  /** Returns whether an attribute of this name has a field. */
  static boolean isField(String attribute) {
    return PLAIN.matcher(attribute).matches();
  }

  /** Returns the field of the values of one type of an attribute. */
  static String field(Type type, String attribute) {
    return type.name().toLowerCase(Locale.ROOT) + "_" + attribute;
  }

  /** Returns an attribute's value as its field has it: a time in microseconds since 1970. */
  static Object indexed(Object value) {
    return value instanceof Instant time ? ChronoUnit.MICROS.between(Instant.EPOCH, time) : value;
  }

  /** Makes a document with a part of a filter's ordinals. */
  static SolrInputDocument filter(String id, String name, List<Long> ordinals) {
    SolrInputDocument document = new SolrInputDocument();
    document.addField(ID, id);
    document.addField(FILTER, name);
    document.addField(PASSING, ordinals);
    document.addField(STORED, "NOW");
    return document;
  }

  /** Returns a filter query that passes the ordinals of a stored filter. */
  static String stored(String name) {
    String join = "{!join from=" + PASSING + " to=" + ORDINAL + "}";
    return "_query_:\"" + join + FILTER + ":" + name + "\"";
  }

  private static List<Float> floats(float[] values) {
    return new AbstractList<>() {
      @Override
      public Float get(int i) {
        return values[i];
      }

      @Override
      public int size() {
        return values.length;
      }
    };
  }

  private static byte[] bytes(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return bytes.array();
  }

  /**
   * Reads the vector in a document's {@link #VALUES}; returns false if it is not a vector of this
   * length.
   */
  static boolean vector(@Nullable Object values, float[] into) {
    ByteBuffer bytes =
        values instanceof byte[] array
            ? ByteBuffer.wrap(array)
            : values instanceof ByteBuffer buffer ? buffer : null;
    if (bytes == null || bytes.remaining() != 4 * into.length) return false;
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(into);
    return true;
  }
}
