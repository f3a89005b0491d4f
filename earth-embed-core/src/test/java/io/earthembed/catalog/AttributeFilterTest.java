package io.earthembed.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.Attributes.Type;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.OrdinalSet;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attributes are kept exactly, and filters by them pass the tiles that a plain loop finds. */
class AttributeFilterTest {
  private static final List<String> NAMES = List.of("text", "integer", "number", "time", "flag");

  private static final List<String> TEXTS =
      List.of("", "a", "ab", "b", "é", "\uffee", "\ud83c\udf3d", "maize", "Maize");

  private static final List<Number> NUMBERS =
      List.of(
          0.0,
          0.5,
          -0.5,
          1.0,
          0x1p53,
          0x1p53 + 2,
          0x1p63,
          -0x1p63,
          1e300,
          -1e300,
          9.3e18,
          -9.3e18,
          Double.MIN_VALUE,
          0L,
          1L,
          -1L,
          (1L << 53) + 1,
          -(1L << 53) - 1,
          Long.MAX_VALUE,
          Long.MAX_VALUE - 1,
          Long.MIN_VALUE,
          Long.MIN_VALUE + 1);

  private static final List<Instant> TIMES =
      List.of(
          Instant.EPOCH,
          Instant.EPOCH.minus(1, ChronoUnit.MICROS),
          Instant.parse("2024-06-01T10:00:00.000001Z"),
          Instant.EPOCH.plus(Long.MAX_VALUE, ChronoUnit.MICROS),
          Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS));

  private static <T> T any(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static Object value(Random random, String name) {
    return switch (name) {
      case "text" -> any(random, TEXTS);
      case "time" -> any(random, TIMES);
      case "flag" -> random.nextBoolean();
      case "integer" -> random.nextBoolean() ? random.nextInt(-3, 4) : whole(random);
      default -> random.nextBoolean() ? random.nextInt(-6, 7) / 2.0 : fraction(random);
    };
  }

  private static Object whole(Random random) {
    Number number = any(random, NUMBERS);
    return number instanceof Long ? number : 2L;
  }

  private static Object fraction(Random random) {
    Number number = any(random, NUMBERS);
    return number instanceof Double ? number : 2.0;
  }

  private static Object bound(Random random, String name) {
    return name.equals("integer") || name.equals("number")
        ? value(random, random.nextBoolean() ? "integer" : "number")
        : value(random, name);
  }

  private static List<TileRecord> records(long seed, int n) {
    Random random = new Random(seed);
    List<TileRecord> tiles = new ArrayList<>();
    for (TileRecord tile : RandomCatalog.records(seed, n)) {
      Map<String, Object> own = new TreeMap<>();
      for (String name : NAMES) {
        if (random.nextInt(3) > 0) own.put(name, value(random, name));
      }
      tiles.add(tile.withAttributes(Attributes.of(own)));
    }
    return tiles;
  }

  /** A filter, and a plain predicate with its meaning. */
  private record Case(TileFilter filter, Predicate<Attributes> meaning) {}

  private static Case random(Random random, int depth) {
    if (depth > 0 && random.nextBoolean()) {
      Case one = random(random, depth - 1);
      Case other = random(random, depth - 1);
      return switch (random.nextInt(3)) {
        case 0 -> new Case(one.filter.and(other.filter), one.meaning.and(other.meaning));
        case 1 -> new Case(one.filter.or(other.filter), one.meaning.or(other.meaning));
        default -> new Case(one.filter.negate(), one.meaning.negate());
      };
    }
    String name = random.nextInt(10) == 0 ? "absent" : any(random, NAMES);
    AttributeCondition attribute = TileFilter.attribute(name);
    Object bound = bound(random, name);
    int kind = random.nextInt(name.equals("flag") ? 3 : 7);
    return switch (kind) {
      case 0 -> new Case(attribute.isPresent(), a -> a.get(name) != null);
      case 1 -> new Case(attribute.is(bound), compared(name, bound, order -> order == 0));
      case 2 -> {
        List<Object> values = new ArrayList<>();
        Predicate<Attributes> any = a -> false;
        for (int i = random.nextInt(4); i > 0; i--) {
          Object value = bound(random, name);
          values.add(value);
          any = any.or(compared(name, value, order -> order == 0));
        }
        yield new Case(attribute.in(values), any);
      }
      case 3 -> new Case(attribute.atLeast(bound), compared(name, bound, order -> order >= 0));
      case 4 -> new Case(attribute.above(bound), compared(name, bound, order -> order > 0));
      case 5 -> new Case(attribute.atMost(bound), compared(name, bound, order -> order <= 0));
      default -> new Case(attribute.below(bound), compared(name, bound, order -> order < 0));
    };
  }

  private static Predicate<Attributes> compared(String name, Object bound, IntPredicate passes) {
    return attributes -> {
      Object value = attributes.get(name);
      return value != null && passes.test(compare(value, bound));
    };
  }

  private static int compare(Object a, Object b) {
    if (a instanceof String text) {
      return Arrays.compare(text.codePoints().toArray(), ((String) b).codePoints().toArray());
    }
    if (a instanceof Number) return exact(a).compareTo(exact(b));
    if (a instanceof Instant time) return time.compareTo((Instant) b);
    return Boolean.compare((boolean) a, (boolean) b);
  }

  private static BigDecimal exact(Object number) {
    return number instanceof Double fraction
        ? new BigDecimal(fraction)
        : new BigDecimal(number.toString());
  }

  @Property(tries = 600)
  void passesWhatAPlainLoopPasses(@ForAll long seed) {
    Random random = new Random(seed);
    List<TileRecord> tiles = records(seed, random.nextInt(300));
    TileCatalog catalog = TileCatalog.of(tiles);
    Case one = random(random, 3);
    OrdinalSet set = catalog.select(one.filter);
    for (int i = 0; i < tiles.size(); i++) {
      String what = one.filter + " of " + tiles.get(i).attributes();
      boolean expected = one.meaning.test(tiles.get(i).attributes());
      assertEquals(expected, set.contains(i), what);
      assertEquals(expected, one.filter.test(catalog, i), "one by one: " + what);
    }
    assertFalse(set.contains(tiles.size()));
  }

  /** The numbers near the ends of both types meet every bound. */
  @Test
  void comparesEveryPairOfNumbersExactly() {
    for (boolean whole : new boolean[] {true, false}) {
      List<TileRecord> tiles = new ArrayList<>();
      for (Number number : NUMBERS) {
        if (number instanceof Long != whole) continue;
        TileRecord tile = RandomCatalog.records(1, 1).get(0);
        tiles.add(tile.withAttributes(Attributes.NONE.with("n", number)));
      }
      TileCatalog catalog = TileCatalog.of(tiles);
      AttributeCondition attribute = TileFilter.attribute("n");
      for (Number bound : NUMBERS) {
        for (int i = 0; i < tiles.size(); i++) {
          Object value = Objects.requireNonNull(tiles.get(i).attributes().asMap().get("n"));
          int order = compare(value, bound);
          String what = value + " and " + bound;
          assertEquals(order == 0, catalog.select(attribute.is(bound)).contains(i), what);
          assertEquals(order >= 0, catalog.select(attribute.atLeast(bound)).contains(i), what);
          assertEquals(order > 0, catalog.select(attribute.above(bound)).contains(i), what);
          assertEquals(order <= 0, catalog.select(attribute.atMost(bound)).contains(i), what);
          assertEquals(order < 0, catalog.select(attribute.below(bound)).contains(i), what);
        }
      }
    }
  }

  @Test
  void keepsAttributesInFilesAndJoinedCatalogs(@TempDir Path folder) throws Exception {
    for (int n : new int[] {1, 64, 65, 1000}) {
      List<TileRecord> tiles = records(n, n);
      TileCatalog catalog = TileCatalog.of(tiles);
      Path file = folder.resolve("catalog-" + n);
      catalog.save(file);
      TileCatalog opened = TileCatalog.open(file);
      TileCatalog twice =
          TileCatalog.join(
              List.of(opened, RandomCatalog.of(3, 9), catalog),
              List.of(OrdinalSet.all(), OrdinalSet.all(), OrdinalSet.all()));
      for (int i = 0; i < n; i++) {
        assertEquals(tiles.get(i), catalog.record(i));
        assertEquals(tiles.get(i), opened.record(i));
        assertEquals(tiles.get(i), twice.record(n + 9 + i));
        assertEquals(tiles.get(i).attributes().get("text"), twice.attribute(i, "text"));
      }
      assertNull(twice.attribute(n, "text"));
      assertEquals(catalog.attributeTypes(), opened.attributeTypes());
      assertEquals(catalog.attributeTypes(), twice.attributeTypes());
      Case one = random(new Random(n), 2);
      long passing = opened.select(one.filter).count(n);
      assertEquals(catalog.select(one.filter).count(n), passing);
      Path again = folder.resolve("again");
      opened.save(again);
      assertEquals(-1, Files.mismatch(file, again));
    }
    assertEquals(
        Map.of(
            "text", Type.TEXT,
            "integer", Type.INTEGER,
            "number", Type.NUMBER,
            "time", Type.TIME,
            "flag", Type.FLAG),
        TileCatalog.open(folder.resolve("catalog-1000")).attributeTypes());
  }

  @Test
  void noticesDamageToAttributes(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("catalog");
    TileCatalog.of(records(5, 70)).save(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 7, 8, 900, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(CorruptDataException.class, () -> TileCatalog.open(file), "cut at " + length);
    }
    // The gaps between sections are not checked, and have no meaning.
    int noticed = 0;
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      Files.write(file, damaged);
      try {
        assertEquals(70, TileCatalog.open(file).size());
        assertEquals(0, whole[i], "at " + i);
      } catch (CorruptDataException e) {
        noticed++;
      }
    }
    assertTrue(noticed > whole.length / 2, noticed + " of " + whole.length);
  }

  @Test
  void refusesValuesOfSeveralTypesUnderOneName() {
    TileRecord tile = RandomCatalog.records(1, 1).get(0);
    TileRecord whole = tile.withAttributes(Attributes.NONE.with("yield", 3));
    TileRecord fraction = tile.withAttributes(Attributes.NONE.with("yield", 3.5));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> TileCatalog.of(List.of(whole, tile, fraction)));
    assertEquals(
        "attribute yield of tile tïle-0 (row 2) is of type NUMBER, but of type INTEGER in earlier"
            + " rows",
        e.getMessage());
    List<TileCatalog> parts =
        List.of(TileCatalog.of(List.of(whole)), TileCatalog.of(List.of(fraction)));
    e =
        assertThrows(
            IllegalArgumentException.class,
            () -> TileCatalog.join(parts, List.of(OrdinalSet.all(), OrdinalSet.all())));
    assertEquals(
        "attribute yield is of type NUMBER in one part, INTEGER in another", e.getMessage());
  }

  @Test
  void refusesFiltersOfAnotherType() {
    TileRecord tile =
        RandomCatalog.records(1, 1).get(0).withAttributes(Attributes.NONE.with("crop", "maize"));
    TileCatalog catalog = TileCatalog.of(List.of(tile));
    AttributeCondition crop = TileFilter.attribute("crop");
    for (TileFilter filter : List.of(crop.is(5), crop.atLeast(5), crop.in(List.of(true)))) {
      for (TileFilter combined : List.of(filter, filter.negate(), TileFilter.ALL.and(filter))) {
        IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> catalog.select(combined));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("attribute crop is of type TEXT, but"), message);
        assertEquals(
            message,
            assertThrows(IllegalArgumentException.class, () -> combined.test(catalog, 0))
                .getMessage());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> crop.atMost(true));
    assertThrows(IllegalArgumentException.class, () -> crop.in(List.of(1, "a")));
    assertThrows(IllegalArgumentException.class, () -> crop.is(Double.NaN));
  }
}
