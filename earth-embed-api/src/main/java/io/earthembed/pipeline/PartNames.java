package io.earthembed.pipeline;

import io.earthembed.EarthEmbedException;
import io.earthembed.catalog.TileRecord;
import io.earthembed.catalog.TileRef;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Names of one target's parts, {@code part-00012-1a2b3c4d}, and which of them are there. The last
 * eight digits are a checksum of what the part is made from, so that parts of other work are never
 * taken for this run's, and never mixed with them.
 */
final class PartNames {
  private final EmbeddingTarget target;
  private final String prefix;
  private final Map<Integer, String> there = new HashMap<>();

  /**
   * Looks into a target's sink.
   *
   * @param prefix of the names; parts of another are nobody's concern
   */
  PartNames(EmbeddingTarget target, String prefix) {
    this.target = target;
    this.prefix = prefix;
    Pattern pattern = Pattern.compile(Pattern.quote(prefix) + "-(\\d{5,9})-[0-9a-f]{8}");
    for (String name : target.sink().parts()) {
      Matcher m = pattern.matcher(name);
      if (!m.matches()) continue;
      String other = there.put(Integer.valueOf(m.group(1)), name);
      if (other != null) throw foreign(List.of(name, other));
    }
  }

  String name(int number, List<TileRecord> tiles) {
    CRC32 crc = new CRC32();
    crc.update((target.picture() + ", " + target.crops()).getBytes(StandardCharsets.UTF_8));
    for (TileRecord tile : tiles) {
      TileRef source = tile.source();
      // Of the whole URL, query and all: two files may differ in nothing else.
      String place = source == null ? "null" : source.shard() + "#" + source.rowGroup();
      crc.update((tile.id() + ' ' + place + '\n').getBytes(StandardCharsets.UTF_8));
    }
    return String.format(Locale.ROOT, "%s-%05d-%08x", prefix, number, crc.getValue());
  }

  /**
   * Whether a part is there; each may be asked for once.
   *
   * @throws EarthEmbedException if one of its number is there that was made from something else
   */
  boolean take(int number, String name) {
    String found = there.remove(number);
    if (found != null && !found.equals(name)) throw foreign(List.of(found));
    return found != null;
  }

  /** Fails if parts are there that nobody asked for. */
  void requireNoneLeft() {
    if (!there.isEmpty()) throw foreign(there.values());
  }

  private EarthEmbedException foreign(Collection<String> names) {
    return new EarthEmbedException(
        target.sink()
            + " holds "
            + names.stream().sorted().limit(3).toList()
            + (names.size() > 3 ? " and " + (names.size() - 3) + " more" : "")
            + ", made from other tiles, of other crops, or in parts of another size: "
            + "embed into another place, or remove them");
  }
}
