package io.earthembed.raster;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.base.image.TiffImage.Block;
import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An array of Zarr 3, as TESSERA publishes it: int8, int32, float32 or float64, little-endian, in
 * regular chunks, compressed with Blosc or Zstandard or not, in shards with their index at the end
 * or not. Other forms are refused by name. Safe for many threads.
 */
final class ZarrArray {
  private static final int MOST_OF_METADATA = 1 << 20;
  private static final int MOST_OF_A_CHUNK = 256 << 20;
  private static final int MOST_CHUNKS_OF_A_SHARD = 1 << 20;
  private static final int MOST_SHARDS_KEPT = 64;
  private static final int BYTES_OF_AN_ENTRY = 16;
  private static final int CHECKSUM = 4;

  private final URI folder;
  private final Function<URI, RangeSource> open;
  private final String name;
  private final String type;
  private final int[] shape;
  private final int[] shard;
  private final int[] chunk;
  private final boolean sharded;
  private final double fill;
  private final List<String> codecs;

  /** A shard's file and index; both are null if it is absent. */
  private record Shard(
      @Nullable RangeSource source, @Nullable FileVersion version, @Nullable ByteBuffer index) {}

  private final Map<String, Shard> shards = // guarded by itself
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Shard> eldest) {
          return size() > MOST_SHARDS_KEPT;
        }
      };

  /**
   * Reads the description of an array.
   *
   * @param folder its address, with a final slash
   * @throws EarthEmbedException if its form is not supported
   */
  ZarrArray(URI folder, Function<URI, RangeSource> open) {
    this.folder = folder;
    this.open = open;
    URI document = folder.resolve("zarr.json");
    name = open.apply(document).name();
    JsonObject json = metadata(document, open);
    try {
      if (!text(json, "node_type").equals("array")) throw unsupported("it is no array");
      type = text(json, "data_type");
      shape = sizes(json.getAsJsonArray("shape"));
      JsonObject grid = named(json.get("chunk_grid"), "regular");
      shard = sizes(grid.getAsJsonObject("configuration").getAsJsonArray("chunk_shape"));
      JsonObject keys = named(json.get("chunk_key_encoding"), "default");
      JsonElement settings = keys.get("configuration");
      if (settings != null
          && settings.getAsJsonObject().has("separator")
          && !text(settings.getAsJsonObject(), "separator").equals("/")) {
        throw unsupported("its chunk keys have another separator than /");
      }
      JsonArray all = json.getAsJsonArray("codecs");
      JsonObject first = all.get(0).getAsJsonObject();
      sharded = text(first, "name").equals("sharding_indexed");
      if (sharded) {
        JsonObject sharding = first.getAsJsonObject("configuration");
        chunk = sizes(sharding.getAsJsonArray("chunk_shape"));
        codecs = codecs(sharding.getAsJsonArray("codecs"));
        if (all.size() != 1
            || (sharding.has("index_location") && !text(sharding, "index_location").equals("end"))
            || !codecs(sharding.getAsJsonArray("index_codecs")).equals(List.of("crc32c"))) {
          throw unsupported("its shards have another index than one with CRC-32C at the end");
        }
      } else {
        chunk = shard;
        codecs = codecs(all);
      }
      fill = fill(json.get("fill_value"));
      bytesOf(type);
      boolean fits = shard.length == shape.length && chunk.length == shape.length;
      double values = 1;
      double chunks = 1;
      for (int i = 0; fits && i < shape.length; i++) {
        fits = shard[i] % chunk[i] == 0;
        values *= chunk[i];
        chunks *= shard[i] / chunk[i];
      }
      if (!fits || values * bytesOf(type) > MOST_OF_A_CHUNK || chunks > MOST_CHUNKS_OF_A_SHARD) {
        throw corrupt(
            "chunks of "
                + Arrays.toString(chunk)
                + " in shards of "
                + Arrays.toString(shard)
                + " for a shape of "
                + Arrays.toString(shape),
            null);
      }
    } catch (EarthEmbedException e) {
      throw e;
    } catch (RuntimeException e) {
      throw corrupt("no description of an array: " + e.getMessage(), e);
    }
  }

  /** Reads a small JSON document, such as a group's. */
  static JsonObject metadata(URI document, Function<URI, RangeSource> open) {
    RangeSource source = open.apply(document);
    RangeSource.Tail tail = source.tail(MOST_OF_METADATA);
    if (tail.version().length() > MOST_OF_METADATA) {
      throw new CorruptDataException(
          source.name(), "metadata of " + tail.version().length() + " bytes");
    }
    String text = StandardCharsets.UTF_8.decode(tail.bytes()).toString();
    try {
      JsonObject json = new Gson().fromJson(text, JsonObject.class);
      if (json != null && json.has("zarr_format") && json.get("zarr_format").getAsInt() == 3) {
        return json;
      }
    } catch (JsonParseException | ClassCastException | IllegalStateException e) {
      throw new CorruptDataException(source.name(), "no metadata of Zarr: " + e.getMessage(), e);
    }
    throw new EarthEmbedException(source.name() + ": no metadata of Zarr 3");
  }

  private CorruptDataException corrupt(String problem, @Nullable Throwable cause) {
    return new CorruptDataException(name, problem, cause);
  }

  private EarthEmbedException unsupported(String problem) {
    return new EarthEmbedException(name + " is not supported: " + problem);
  }

  private static String text(JsonObject json, String member) {
    return json.get(member).getAsString();
  }

  private JsonObject named(JsonElement element, String expected) {
    JsonObject json = element.getAsJsonObject();
    String actual = text(json, "name");
    if (!actual.equals(expected)) throw unsupported("it has " + actual + ", not " + expected);
    return json;
  }

  private static int[] sizes(JsonArray list) {
    int[] sizes = new int[list.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = list.get(i).getAsInt();
      if (sizes[i] < 1) throw new IllegalArgumentException("a size of " + sizes[i]);
    }
    return sizes;
  }

  /** Returns the names of codecs after {@code bytes}. */
  private List<String> codecs(JsonArray list) {
    List<String> names = new ArrayList<>();
    for (JsonElement element : list) {
      JsonObject codec = element.getAsJsonObject();
      String codecName = text(codec, "name");
      if (codecName.equals("bytes")) {
        JsonElement settings = codec.get("configuration");
        if (settings != null
            && settings.getAsJsonObject().has("endian")
            && !text(settings.getAsJsonObject(), "endian").equals("little")) {
          throw unsupported("its values are big-endian");
        }
        continue;
      }
      if (!List.of("blosc", "zstd", "crc32c").contains(codecName)) {
        throw unsupported("it has the codec " + codecName);
      }
      names.add(codecName);
    }
    return names;
  }

  private static double fill(JsonElement value) {
    String text = value.getAsString();
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private int bytesOf(String dataType) {
    return switch (dataType) {
      case "int8" -> 1;
      case "int32", "float32" -> 4;
      case "float64" -> 8;
      default -> throw unsupported("its type is " + dataType);
    };
  }

  String name() {
    return name;
  }

  String type() {
    return type;
  }

  int[] shape() {
    return shape;
  }

  /** Returns the sizes of a chunk. */
  int[] chunk() {
    return chunk;
  }

  /**
   * Reads chunks, those of a shard in few ranges.
   *
   * @param numbers of the chunks, a number for each dimension
   * @return their values, of the type of the array, little-endian
   */
  List<ByteBuffer> read(List<int[]> numbers) {
    ByteBuffer[] values = new ByteBuffer[numbers.size()];
    Map<String, List<Block>> byShard = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      StringBuilder key = new StringBuilder("c");
      int inner = 0;
      for (int d = 0; d < shape.length; d++) {
        int perShard = shard[d] / chunk[d];
        int number = numbers.get(i)[d];
        inner = inner * perShard + number % perShard;
        key.append('/').append(number / perShard);
      }
      List<Block> blocks = byShard.computeIfAbsent(key.toString(), k -> new ArrayList<>());
      Block block = block(shard(key.toString()), i, inner);
      if (block == null) values[i] = filled();
      else blocks.add(block);
    }
    byShard.forEach((key, blocks) -> read(shard(key), blocks, values));
    return Arrays.asList(values);
  }

  /** Returns where a chunk is, or null if it is absent. */
  private @Nullable Block block(Shard file, int number, int inner) {
    if (file.source() == null || file.version() == null) return null;
    long offset = 0;
    long size = file.version().length();
    if (file.index() != null) {
      offset = file.index().getLong(inner * BYTES_OF_AN_ENTRY);
      size = file.index().getLong(inner * BYTES_OF_AN_ENTRY + 8);
      if (offset == -1 && size == -1) return null;
    }
    boolean inside = offset >= 0 && size > 0 && offset <= file.version().length() - size;
    if (!inside || size > MOST_OF_A_CHUNK) {
      throw new CorruptDataException(file.source().name(), offset, "a chunk of " + size + " bytes");
    }
    return new Block(number, offset, (int) size);
  }

  private void read(Shard file, List<Block> blocks, ByteBuffer[] values) {
    if (file.source() == null || file.version() == null) return;
    for (Cog.Range range : Cog.ranges(blocks, new ArrayList<>())) {
      int length = (int) (range.end() - range.start());
      ByteBuffer bytes = file.source().read(file.version(), range.start(), length);
      for (Block block : range.blocks()) {
        ByteBuffer stored = bytes.slice((int) (block.offset() - range.start()), block.size());
        try {
          values[block.number()] = decode(stored);
        } catch (IllegalArgumentException e) {
          throw new CorruptDataException(
              file.source().name(), block.offset(), "a damaged chunk: " + e.getMessage(), e);
        }
      }
    }
  }

  private int chunkBytes() {
    int bytes = bytesOf(type);
    for (int size : chunk) bytes *= size;
    return bytes;
  }

  private ByteBuffer filled() {
    ByteBuffer values = ByteBuffer.allocate(chunkBytes()).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      switch (type) {
        case "int8" -> values.put((byte) fill);
        case "int32" -> values.putInt((int) fill);
        case "float32" -> values.putFloat((float) fill);
        default -> values.putDouble(fill);
      }
    }
    return values.flip();
  }

  private ByteBuffer decode(ByteBuffer stored) {
    int expected = chunkBytes();
    ByteBuffer bytes = stored;
    for (int i = codecs.size() - 1; i >= 0; i--) {
      switch (codecs.get(i)) {
        case "blosc" -> bytes = ByteBuffer.wrap(Blosc.unpack(bytes, expected));
        case "zstd" -> bytes = zstd(bytes, expected);
        default -> bytes = checked(bytes);
      }
    }
    if (bytes.remaining() != expected) {
      throw new IllegalArgumentException(bytes.remaining() + " bytes, not " + expected);
    }
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer zstd(ByteBuffer stored, int expected) {
    byte[] in = new byte[stored.remaining()];
    stored.get(in);
    byte[] out = new byte[expected];
    try {
      long n = Zstd.decompressByteArray(out, 0, expected, in, 0, in.length);
      return ByteBuffer.wrap(out, 0, (int) n);
    } catch (ZstdException e) {
      throw new IllegalArgumentException("Zstandard: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer checked(ByteBuffer stored) {
    if (stored.remaining() < CHECKSUM) throw new IllegalArgumentException("no CRC-32C");
    ByteBuffer bytes = stored.slice(stored.position(), stored.remaining() - CHECKSUM);
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    int expected =
        stored.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(stored.limit() - CHECKSUM);
    if ((int) crc.getValue() != expected) throw new IllegalArgumentException("a wrong CRC-32C");
    return bytes;
  }

  private Shard shard(String key) {
    synchronized (shards) {
      Shard known = shards.get(key);
      if (known != null) return known;
    }
    Shard read = readShard(key);
    synchronized (shards) {
      shards.put(key, read);
    }
    return read;
  }

  private Shard readShard(String key) {
    RangeSource source = open.apply(folder.resolve(key));
    int chunks = 1;
    for (int i = 0; i < shape.length; i++) chunks *= shard[i] / chunk[i];
    int bytes = sharded ? chunks * BYTES_OF_AN_ENTRY + CHECKSUM : 1;
    RangeSource.Tail tail;
    try {
      tail = source.tail(bytes);
    } catch (RangeReadException e) {
      // Zarr: chunks that are not stored have the fill value.
      boolean absent =
          e.status() == 404 || (source.local() && e.getMessage().contains("no such file"));
      if (absent) return new Shard(null, null, null);
      throw e;
    }
    if (!sharded) return new Shard(source, tail.version(), null);
    if (tail.bytes().remaining() != bytes) {
      throw new CorruptDataException(source.name(), "a shard that is shorter than its index");
    }
    try {
      ByteBuffer index = checked(tail.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      return new Shard(source, tail.version(), index);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(source.name(), "an index with " + e.getMessage(), e);
    }
  }
}
