package io.earthembed.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A set of {@link EarthScale}, and the files of its run. Vectors are added in parts of some
 * millions, each an index file of its own, so that building needs the memory of one part, and
 * continues after the last whole part.
 *
 * @param folder of all files
 * @param rows vectors of the set
 * @param dimension components of a vector, a multiple of 4
 * @param cells of the inverted file; a search compares a query with some of their centroids, by a
 *     graph
 * @param refine FAISS's name of the codes that rank candidates again, for example {@code SQ8}
 * @param part vectors of a part
 * @param queries number of queries
 */
record EarthSet(
    Path folder, long rows, int dimension, int cells, String refine, int part, int queries) {
  private static final Path DEFAULT = Path.of("benchmarks/target/scale-earth");

  /**
   * Reads the options of the command line.
   *
   * @param args {@code 20m} or {@code 56m} (default 20m), then {@code --NAME VALUE} for the
   *     components of this record
   */
  static EarthSet parse(String[] args) {
    int at = args.length > 0 && !args[0].startsWith("--") ? 1 : 0;
    String set = at == 1 ? args[0] : "20m";
    Map<String, String> given = new HashMap<>();
    for (; at < args.length; at += 2) {
      if (!args[at].startsWith("--") || at + 1 == args.length) {
        throw new IllegalArgumentException("not an option with a value: " + args[at]);
      }
      given.put(args[at].substring(2), args[at + 1]);
    }
    boolean small =
        switch (set) {
          case "20m" -> true;
          case "56m" -> false;
          default -> throw new IllegalArgumentException("neither 20m nor 56m: " + set);
        };
    long rows = Long.parseLong(take(given, "rows", small ? "20200000" : "56000000"));
    int dimension = Integer.parseInt(take(given, "dimension", small ? "1152" : "1024"));
    EarthSet parsed =
        new EarthSet(
            Path.of(take(given, "folder", DEFAULT.resolve(rows + "x" + dimension).toString())),
            rows,
            dimension,
            Integer.parseInt(take(given, "cells", "8192")),
            // 56 million vectors of 8 bits a component would take 57 GB of disk.
            take(given, "refine", small ? "SQ8" : "SQ4"),
            Integer.parseInt(take(given, "part", "2000000")),
            Integer.parseInt(take(given, "queries", "200")));
    if (!given.isEmpty()) throw new IllegalArgumentException("unknown options " + given.keySet());
    return parsed;
  }

  private static String take(Map<String, String> given, String name, String byDefault) {
    String value = given.remove(name);
    return value == null ? byDefault : value;
  }

  /** Returns FAISS's description: 4 bits stand for four components. */
  String kind() {
    return "IVF" + cells + "_HNSW32,PQ" + dimension / 4 + "x4fs,Refine(" + refine + ")";
  }

  int parts() {
    return Math.toIntExact((rows + part - 1) / part);
  }

  /** Returns the ordinal of a part's first vector. */
  long base(int p) {
    return (long) p * part;
  }

  int rowsOf(int p) {
    return (int) Math.min(part, rows - base(p));
  }

  Path trained() {
    return folder.resolve("trained.index");
  }

  Path index(int p) {
    return folder.resolve("part-%03d.index".formatted(p));
  }

  /** Returns the file of the exact answers within a part. */
  Path answers(int p) {
    return folder.resolve("part-%03d.answers".formatted(p));
  }

  Path progress() {
    return folder.resolve("progress.tsv");
  }

  /** Returns about how many bytes all parts take. */
  long bytes() {
    int code =
        switch (refine) {
          case "SQ8" -> dimension;
          case "SQ6" -> dimension * 3 / 4;
          case "SQ4" -> dimension / 2;
          default -> throw new IllegalArgumentException("refine is not SQ8, SQ6 or SQ4: " + refine);
        };
    long centroids = (long) cells * (dimension * 4L + 300);
    return rows * (dimension / 8 + 8 + code) + parts() * centroids;
  }

  /**
   * Makes the folder, or checks that it is of the same set.
   *
   * @throws IOException if files of another set are there, or the disk is too small
   */
  void prepare() throws IOException {
    Files.createDirectories(folder);
    Path settings = folder.resolve("set.txt");
    String own = kind() + " " + rows + " x " + dimension + " in parts of " + part + ", " + queries;
    if (!Files.exists(settings)) Files.writeString(settings, own);
    String there = Files.readString(settings);
    if (!there.equals(own)) {
      throw new IOException(folder + " holds another set: " + there + "; this one is " + own);
    }
    long missing = bytes();
    for (int p = 0; p < parts(); p++) {
      if (Files.exists(index(p))) missing -= Files.size(index(p));
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (missing > free) {
      throw new IOException(folder + " needs " + missing + " bytes more, and has " + free);
    }
  }
}
