package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.common.CorruptDataException;
import io.earthembed.parquet.internal.Footer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds several parts of a dataset, as a compaction makes it. Its metadata name the
 * parts; their own files, if they are still there, count no more.
 *
 * @param path the file
 * @param footer its footer
 * @param parts the parts in the order of their rows
 */
record CompactedFile(Path path, Footer footer, List<Part> parts) {
  /** The key of the list of parts in a file's metadata. */
  static final String KEY = "earthembed.parts";

  private static final String PARQUET = ".parquet";
  private static final String SUFFIX = ".compacted" + PARQUET;

  /**
   * A part in the file.
   *
   * @param name its name
   * @param rows number of its rows
   */
  record Part(String name, long rows) {}

  /** Returns the name of the file whose first part is this one. */
  static String fileName(String firstPart) {
    return firstPart + SUFFIX;
  }

  /** Returns a list of parts as a file's metadata store it. */
  static String json(List<Part> parts) {
    return new Gson().toJson(parts);
  }

  /** Returns the compacted file of a path, or null if it is a single part. */
  static @Nullable CompactedFile of(Path path) {
    if (!path.getFileName().toString().endsWith(SUFFIX)) return null;
    Footer footer = Footer.read(new FileRanges(path, new Counters()), 1 << 16);
    List<Part> parts = parts(footer);
    return parts.isEmpty() ? null : new CompactedFile(path, footer, parts);
  }

  /** Returns the parts that a footer names; empty if it names none. */
  static List<Part> parts(Footer footer) {
    String json = footer.metadata().get(KEY);
    if (json == null) return List.of();
    long rows = footer.rowGroups().stream().mapToLong(Footer.Group::rows).sum();
    Part[] parts;
    try {
      parts = new Gson().fromJson(json, Part[].class);
    } catch (JsonParseException e) {
      throw new CorruptDataException(footer.name(), KEY + " is not a list of parts", e);
    }
    long named = 0;
    for (Part part : parts == null ? new Part[0] : parts) {
      boolean valid = part != null && part.name() != null && part.rows() >= 0;
      named = valid ? named + part.rows() : -1;
      if (named < 0 || named > rows) break;
    }
    if (parts == null || named != rows) {
      throw new CorruptDataException(
          footer.name(), KEY + " does not fit the " + rows + " rows of the file");
    }
    return List.of(parts);
  }

  /** Returns the files that this one replaces, which need not be there. */
  Set<Path> replaced() {
    Set<Path> files = new HashSet<>();
    for (Part part : parts) {
      files.add(path.resolveSibling(part.name() + PARQUET));
      files.add(path.resolveSibling(fileName(part.name())));
    }
    files.remove(path);
    return files;
  }

  /** Returns the files that no compacted file among them replaces, in the same order. */
  static List<Path> withoutReplaced(List<Path> files) {
    Set<Path> replaced = new HashSet<>();
    for (Path file : files) {
      CompactedFile compacted = of(file);
      if (compacted != null) replaced.addAll(compacted.replaced());
    }
    return replaced.isEmpty() ? files : files.stream().filter(f -> !replaced.contains(f)).toList();
  }
}
