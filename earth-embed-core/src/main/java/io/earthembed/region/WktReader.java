package io.earthembed.region;

import io.earthembed.common.InvalidInputException;
import io.earthembed.geo.Region;
import io.earthembed.region.RegionBuilder.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Reads regions from well-known text. Messages name the character, counted from 0. */
final class WktReader {
  private static final String POLYGON = "POLYGON";
  private static final String MULTIPOLYGON = "MULTIPOLYGON";
  private static final String COLLECTION = "GEOMETRYCOLLECTION";

  private final String text;
  private final RegionBuilder region = new RegionBuilder("WKT");
  private int at;

  WktReader(String text) {
    this.text = text;
  }

  Region read() {
    srid();
    geometry(0);
    if (peek() != 0) throw failed(at, "text after the end of the geometry");
    return region.build();
  }

  /** Skips SRID=4326; as PostGIS writes it. */
  private void srid() {
    if (peek() == 0 || !text.regionMatches(true, at, "SRID=", 0, 5)) return;
    int start = at;
    at += 5;
    String number = word();
    require(';');
    try {
      String problem = RegionBuilder.problem(Integer.parseInt(number));
      if (problem != null) throw failed(start, problem);
    } catch (NumberFormatException e) {
      throw failed(start, "SRID is " + number + ", not a number");
    }
  }

  private void geometry(int depth) {
    peek();
    int start = at;
    if (depth > RegionBuilder.MAX_DEPTH) {
      throw failed(start, "nested more than " + RegionBuilder.MAX_DEPTH + " deep");
    }
    String written = word().toUpperCase(Locale.ROOT);
    String type = withoutDimensions(written);
    if (type.isEmpty()) throw failed(start, "expected POLYGON, MULTIPOLYGON or " + COLLECTION);
    if (!List.of(POLYGON, MULTIPOLYGON, COLLECTION).contains(type)) {
      throw failed(start, RegionBuilder.refusal(type));
    }
    if (type.equals(written)) skip("Z", "M", "ZM");
    switch (type) {
      case POLYGON -> polygon();
      case MULTIPOLYGON -> list(this::polygon);
      default -> list(() -> geometry(depth + 1));
    }
  }

  /** Returns a type without Z, M or ZM, which need no blank before them. */
  private static String withoutDimensions(String type) {
    for (String known : List.of(POLYGON, MULTIPOLYGON, COLLECTION)) {
      if (List.of(known + "Z", known + "M", known + "ZM").contains(type)) return known;
    }
    return type;
  }

  /** Skips the next word if it is one of these, and returns whether it is. */
  private boolean skip(String... words) {
    peek();
    int start = at;
    String word = word().toUpperCase(Locale.ROOT);
    if (List.of(words).contains(word)) return true;
    at = start;
    return false;
  }

  private void polygon() {
    List<Ring> rings = new ArrayList<>();
    list(() -> rings.add(ring()));
    region.add(rings);
  }

  private Ring ring() {
    peek();
    int start = at;
    DoubleStream.Builder xy = DoubleStream.builder();
    list(() -> position(xy));
    return new Ring("character " + start, xy.build().toArray());
  }

  private void position(DoubleStream.Builder xy) {
    peek();
    int start = at;
    double x = number();
    double y = number();
    // A height and a measure, which may be unknown.
    for (int more = 0; more < 2 && isOfAWord(peek()); more++) {
      if (!skip("NAN")) number();
    }
    String problem = RegionBuilder.problem(x, y);
    if (problem != null) throw failed(start, problem);
    xy.add(x).add(y);
  }

  /** Reads items in parentheses, divided by commas, or EMPTY. */
  private void list(Runnable item) {
    if (skip("EMPTY")) return;
    require('(');
    item.run();
    while (peek() == ',') {
      at++;
      item.run();
    }
    require(')');
  }

  private double number() {
    peek();
    int start = at;
    String word = word();
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw failed(start, word.isEmpty() ? "expected a number" : word + " is not a number");
    }
  }

  private void require(char expected) {
    char found = peek();
    if (found != expected) {
      throw failed(
          at, "expected " + expected + (found == 0 ? ", the text ends" : " before " + found));
    }
    at++;
  }

  /** Skips blanks and returns the next character, or 0 at the end. */
  private char peek() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
    return at < text.length() ? text.charAt(at) : 0;
  }

  /** Returns letters, digits and signs up to the next blank or punctuation. */
  private String word() {
    peek();
    int start = at;
    while (at < text.length() && isOfAWord(text.charAt(at))) at++;
    return text.substring(start, at);
  }

  private static boolean isOfAWord(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "+-._".indexOf(c) >= 0;
  }

  private InvalidInputException failed(int offset, String problem) {
    return region.failed("character " + offset, problem);
  }
}
