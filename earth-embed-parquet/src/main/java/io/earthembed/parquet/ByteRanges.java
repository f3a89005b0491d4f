package io.earthembed.parquet;

import io.earthembed.base.file.Sections;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Byte ranges of the columns of an index's entries. A slot is a column with one compression; of
 * each slot an entry has an offset from the entry's first byte, and a length.
 */
final class ByteRanges {
  static final int SECTIONS = 7;

  private final PackedTexts slots; // codec, space, 0 or 1 for nullable, space, name
  private final ByteBuffer shardLengths; // long, or -1 where unknown
  private final PackedTexts versions; // of shards; empty where there is none
  private final ByteBuffer starts; // long: an entry's first byte, or -1 where unknown
  private final ByteBuffer pieces; // int, int: unsigned offset and length or -1, by entry and slot

  ByteRanges(List<ByteBuffer> s, int shards) {
    slots = new PackedTexts(s.get(0), s.get(1));
    shardLengths = s.get(2);
    versions = new PackedTexts(s.get(3), s.get(4));
    starts = s.get(5);
    pieces = s.get(6);
    if (shardLengths.capacity() != 8 * shards || versions.size() != shards) {
      throw new IllegalArgumentException("byte ranges of other shards");
    }
  }

  List<ByteBuffer> sections() {
    List<ByteBuffer> all = new ArrayList<>(slots.sections());
    all.add(shardLengths);
    all.addAll(versions.sections());
    all.add(starts);
    all.add(pieces);
    return all;
  }

  /** Byte ranges of an entry, without its identity, or null where none are known. */
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
    private final PackedTexts.Builder slots = new PackedTexts.Builder();
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

    /** The sections of the first {@code n} entries of {@code kept}, which are numbers as added. */
    List<ByteBuffer> build(int[] kept, int n, int shardCount) {
      boolean none = slots.size() == 0;
      ByteBuffer lengths = Sections.allocate(8L * shardCount);
      List<String> versions = new ArrayList<>();
      for (int i = 0; i < shardCount; i++) {
        ColumnRanges shard = shards.get(i);
        lengths.putLong(8 * i, shard == null ? -1 : shard.shardLength());
        String version = shard == null ? null : shard.shardVersion();
        versions.add(version == null ? "" : version);
      }
      ByteBuffer first = Sections.allocate(none ? 0 : 8L * n);
      ByteBuffer pieces = Sections.allocate(8L * n * slots.size());
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
      List<ByteBuffer> all = new ArrayList<>(slots.build().sections());
      all.add(lengths);
      all.addAll(PackedTexts.of(versions).sections());
      all.add(first);
      all.add(pieces);
      return all;
    }
  }
}
