package io.earthembed.pipeline;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The names of one target's parts, such as {@code part-00012-1a2b3c4d}, and which parts are
 * complete. The last eight digits are a checksum of the part's tiles and settings, so that parts of
 * other work are never taken for this run's or mixed with them. The class also knows the tiles in
 * parts of other names.
 */
final class PartNames {
  private final EmbeddingTarget target;
  private final String prefix;
  private final String made;
  private final Map<Integer, String> there = new HashMap<>();
  private final Set<String> held = new HashSet<>();

  /**
   * Reads the parts of a target's sink.
   *
   * @param prefix first part of the names
   * @param withoutBlank whether blank crops are skipped, which changes the parts
   */
  PartNames(EmbeddingTarget target, String prefix, boolean withoutBlank) {
    this.target = target;
    this.prefix = prefix;
    this.made = target.embeddedPixels() + (withoutBlank ? ", without blank ones" : "");
    Pattern pattern = Pattern.compile(Pattern.quote(prefix) + "-(\\d{5,9})-[0-9a-f]{8}");
    Set<String> others = new HashSet<>();
    for (String name : target.sink().parts()) {
      Matcher m = pattern.matcher(name);
      if (!m.matches()) {
        others.add(name);
        continue;
      }
      String other = there.put(Integer.valueOf(m.group(1)), name);
      if (other != null) throw foreign(List.of(name, other));
    }
    if (others.isEmpty()) return;
    for (String id : target.sink().ids(others, target.origin(""))) {
      held.add(target.crops().tile(id));
    }
  }

  /** Returns whether parts of another name hold embeddings of a tile. */
  boolean holds(TileRecord tile) {
    return held.contains(tile.id());
  }

  String name(int number, List<TileRecord> tiles) {
    CRC32 crc = new CRC32();
    crc.update(made.getBytes(StandardCharsets.UTF_8));
    for (TileRecord tile : tiles) {
      TileRef source = tile.source();
      // The checksum includes the URL's query, because two files may differ only in it, but not its
      // signature, because a run is resumed with addresses that were signed again.
      String place =
          source == null
              ? "null"
              : Addresses.unsigned(source.shard().toString()) + "#" + source.rowGroup();
      crc.update((tile.id() + ' ' + place + '\n').getBytes(StandardCharsets.UTF_8));
    }
    return String.format(Locale.ROOT, "%s-%05d-%08x", prefix, number, crc.getValue());
  }

  /**
   * Returns whether a part is complete. Each part may be taken once.
   *
   * @throws EarthEmbedException if a part of this number exists that was made from other tiles or
   *     settings
   */
  boolean take(int number, String name) {
    String found = there.remove(number);
    if (found != null && !found.equals(name)) throw foreign(List.of(found));
    return found != null;
  }

  /** Fails if parts remain that were not taken. */
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
            + "embed into another place, or remove them; partName adds what a longer list has"
            + " more");
  }
}
