package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.range.FileVersion;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.ReadPlan.Piece;
import io.earthembed.parquet.ReadPlan.Range;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.junit.jupiter.api.Test;

class ReadPlanTest {
  private static final FileVersion VERSION = new FileVersion(1L << 40, "\"a\"");

  private static Chunk chunk(long offset, int size) {
    Column column = new Column("B02", Type.BYTE_ARRAY, 0, 0, 0);
    return new Chunk(column, offset, size, 1, CompressionCodec.SNAPPY, null);
  }

  private static TileLayout tile(int rowGroup, FileVersion version, long offset, int size) {
    TileRef ref = new TileRef(URI.create("file:///s.parquet"), rowGroup);
    List<Chunk> chunks = List.of(chunk(offset, size));
    return new TileLayout(ref, List.of("B02"), "s.parquet", version, null, chunks);
  }

  private static List<Integer> sizes(List<TileLayout> tiles) {
    return ReadPlan.batches(tiles).stream().map(List::size).toList();
  }

  @Test
  void rangesCoverEachPieceOnceAndLeaveOutWhatIsFar() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Piece> pieces = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(20); i++) {
        pieces.add(new Piece(i, chunk(random.nextInt(1 << 28), 1 + random.nextInt(1 << 20))));
      }
      List<Range> ranges = ReadPlan.ranges(pieces);
      List<Piece> covered = new ArrayList<>();
      for (Range range : ranges) {
        for (Piece piece : range.pieces()) {
          assertTrue(piece.chunk().offset() >= range.start() && piece.end() <= range.end());
        }
        covered.addAll(range.pieces());
      }
      assertEquals(pieces.size(), covered.size(), "seed " + seed);
      assertTrue(covered.containsAll(pieces), "seed " + seed);
      for (int i = 1; i < ranges.size(); i++) {
        long gap = ranges.get(i).start() - ranges.get(i - 1).end();
        assertTrue(gap > ReadPlan.MAX_GAP, "seed " + seed + ": a gap of " + gap);
      }
    }
  }

  @Test
  void aRangeIsNoLongerThanAnArray() {
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < 5; i++) pieces.add(new Piece(i, chunk(i * (1L << 30), 1 << 30)));
    List<Range> ranges = ReadPlan.ranges(pieces);
    assertEquals(5, ranges.size());
    for (Range range : ranges) assertEquals(1 << 30, range.length());
  }

  @Test
  void tilesThatLieTogetherMakeABatchOfAtMost16TilesAnd8MiB() {
    List<TileLayout> small = new ArrayList<>();
    for (int i = 39; i >= 0; i--) small.add(tile(i, VERSION, i * 1_000L, 1_000));
    assertEquals(List.of(16, 16, 8), sizes(small));
    assertEquals(0, ReadPlan.batches(small).get(0).get(0).ref().rowGroup(), "by offset");
    List<TileLayout> large = new ArrayList<>();
    for (int i = 0; i < 6; i++) large.add(tile(i, VERSION, i * (3L << 20), 3 << 20));
    assertEquals(List.of(2, 2, 2), sizes(large));
  }

  @Test
  void tilesThatLieApartOrAreOfTwoVersionsAreReadAlone() {
    long far = 2_000 + ReadPlan.MAX_GAP;
    assertEquals(
        List.of(2), sizes(List.of(tile(0, VERSION, 0, 1_000), tile(1, VERSION, far - 1_000, 9))));
    assertEquals(
        List.of(1, 1), sizes(List.of(tile(0, VERSION, 0, 1_000), tile(1, VERSION, far, 9))));
    FileVersion other = new FileVersion(VERSION.length(), "\"b\"");
    assertEquals(
        List.of(1, 1), sizes(List.of(tile(0, VERSION, 0, 1_000), tile(1, other, 1_000, 9))));
    assertEquals(List.of(), sizes(List.of()));
  }
}
