package io.earthembed.parquet;

import io.earthembed.base.table.SectionFile;
import io.earthembed.base.table.StringColumn;
import io.earthembed.base.table.StringDictionary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The byte ranges of columns that a metadata index stores with its entries. A slot is a column with
 * one compression. Each entry stores an offset from its first byte and a length for every slot.
 */
final class ColumnRangeTable {
  static final int SECTIONS = 7;

  private final StringColumn slots; // codec, space, 0 or 1 for nullable, space, name
  private final ByteBuffer shardLengths; // long, or -1 if unknown
  private final StringColumn versions; // of shards; empty if a shard has none
  private final ByteBuffer starts; // long: an entry's first byte, or -1 if unknown
  private final ByteBuffer pieces; // int, int: unsigned offset and length or -1, by entry and slot

  ColumnRangeTable(List<ByteBuffer> s, int shards) {
    slots = StringColumn.ofShort(s.get(0), s.get(1));
    shardLengths = s.get(2);
    versions = StringColumn.ofShort(s.get(3), s.get(4));
    starts = s.get(5);
    pieces = s.get(6);
    if (shardLengths.capacity() != 8 * shards || versions.size() != shards) {
      throw new IllegalArgumentException("byte ranges of other shards");
    }
  }

  List<ByteBuffer> sections() {
    List<ByteBuffer> all = new ArrayList<>(slots.shortSections());
    all.add(shardLengths);
    all.addAll(versions.shortSections());
    all.add(starts);
    all.add(pieces);
    return all;
  }

  /** Returns the byte ranges of an entry, without its identity, or null if they are unknown. */
  @Nullable ColumnRanges of(int entry, int shard) {
    if (starts.capacity() == 0) return null;
    long start = starts.getLong(8 * entry);
    if (start < 0) return null;
    Map<String, ColumnRanges.Column> columns = new HashMap<>();
    for (int slot = 0; slot < slots.size(); slot++) {
      int at = 8 * (entry * slots.size() + slot);
      int length = pieces.getInt(at + 4);
      if (length < 0) continue;
      String[] about = slots.get(slot).split(" ", 3);
      columns.put(
          about[2],
          new ColumnRanges.Column(
              start + (pieces.getInt(at) & 0xFFFFFFFFL), length, about[0], about[1].equals("1")));
    }
    String version = versions.get(shard);
    return new ColumnRanges(
        shardLengths.getLong(8 * shard), version.isEmpty() ? null : version, null, columns);
  }

  /** Collects byte ranges. */
  static final class Builder {
    private final StringDictionary.Builder slots = new StringDictionary.Builder();
    private final Map<Integer, ColumnRanges> shards = new HashMap<>();
    private long[] starts = new long[0];
    private int[] froms = new int[0];
    private int[] triples = new int[0]; // slot, offset, length
    private int used;

    void add(int entry, int shard, @Nullable ColumnRanges bytes) {
      if (bytes == null || bytes.columns().isEmpty()) return;
      long start = Long.MAX_VALUE;
      long end = 0;
      for (ColumnRanges.Column c : bytes.columns().values()) {
        start = Math.min(start, c.offset());
        end = Math.max(end, c.offset());
      }
      if (end - start > 0xFFFFFFFFL) return;
      ColumnRanges known = shards.putIfAbsent(shard, bytes);
      if (known != null
          && (known.shardLength() != bytes.shardLength()
              || !String.valueOf(known.shardVersion())
                  .equals(String.valueOf(bytes.shardVersion())))) {
        throw new IllegalArgumentException("byte ranges of two states of one shard");
      }
      if (entry >= starts.length) {
        int old = starts.length;
        int n = Math.max(1024, Math.max(entry + 1, 2 * old));
        starts = Arrays.copyOf(starts, n);
        Arrays.fill(starts, old, n, -1);
        froms = Arrays.copyOf(froms, n);
      }
      starts[entry] = start;
      froms[entry] = used;
      int need = used + 1 + 3 * bytes.columns().size();
      if (need > triples.length) triples = Arrays.copyOf(triples, Math.max(1024, 2 * need));
      triples[used++] = bytes.columns().size();
      for (Map.Entry<String, ColumnRanges.Column> c : bytes.columns().entrySet()) {
        ColumnRanges.Column range = c.getValue();
        String slot = range.codec() + " " + (range.nullable() ? 1 : 0) + " " + c.getKey();
        triples[used++] = slots.number(slot);
        triples[used++] = (int) (range.offset() - start);
        triples[used++] = range.length();
      }
    }

    /**
     * Returns the sections.
     *
     * @param kept the entries in their final order, by the numbers with which they were added
     */
    List<ByteBuffer> build(int[] kept, int shardCount) {
      int n = kept.length;
      boolean none = slots.size() == 0;
      ByteBuffer lengths = SectionFile.allocate(8L * shardCount);
      List<String> versions = new ArrayList<>();
      for (int i = 0; i < shardCount; i++) {
        ColumnRanges shard = shards.get(i);
        lengths.putLong(8 * i, shard == null ? -1 : shard.shardLength());
        String version = shard == null ? null : shard.shardVersion();
        versions.add(version == null ? "" : version);
      }
      ByteBuffer first = SectionFile.allocate(none ? 0 : 8L * n);
      ByteBuffer pieces = SectionFile.allocate(8L * n * slots.size());
      for (int i = 0; i < n && !none; i++) {
        int from = kept[i];
        boolean known = from < starts.length && starts[from] >= 0;
        first.putLong(8 * i, known ? starts[from] : -1);
        for (int slot = 0; slot < slots.size(); slot++) {
          pieces.putInt(8 * (i * slots.size() + slot) + 4, -1);
        }
        if (!known) continue;
        int at = froms[from];
        for (int c = triples[at++]; c > 0; c--, at += 3) {
          int to = 8 * (i * slots.size() + triples[at]);
          pieces.putInt(to, triples[at + 1]).putInt(to + 4, triples[at + 2]);
        }
      }
      List<ByteBuffer> all = new ArrayList<>(slots.build().shortSections());
      all.add(lengths);
      all.addAll(StringColumn.of(versions).shortSections());
      all.add(first);
      all.add(pieces);
      return all;
    }
  }
}
