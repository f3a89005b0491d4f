package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder that all machines see under one path. Files are made in it directly, by writers that
 * rename them when they are complete.
 *
 * @param path absolute
 */
record LocalFolder(Path path) implements JobFolder {
  @Override
  public URI address(String name) {
    return path.resolve(name).toUri();
  }

  @Override
  public Path staging() {
    return path;
  }

  @Override
  public long publish(String name) {
    try {
      return Files.size(path.resolve(name));
    } catch (IOException e) {
      throw failed(name, "cannot be written", e);
    }
  }

  @Override
  public Path fetch(String name) {
    return path.resolve(name);
  }

  @Override
  public InputStream open(String name) throws IOException {
    return Files.newInputStream(path.resolve(name));
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(path.resolve(name));
  }

  @Override
  public List<String> names(String subfolder) {
    Path folder = path.resolve(subfolder);
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw failed(subfolder, "cannot be listed", e);
    }
  }

  @Override
  public SortedMap<String, Listed> files() {
    SortedMap<String, Listed> files = new TreeMap<>();
    if (!Files.exists(path)) return files;
    try (Stream<Path> all = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (!Files.isRegularFile(file)) continue;
        try {
          long modified = Files.getLastModifiedTime(file).toMillis();
          files.put(path.relativize(file).toString(), new Listed(Files.size(file), modified));
        } catch (NoSuchFileException e) {
          // a temporary file that its writer has just renamed
        }
      }
      return files;
    } catch (IOException | UncheckedIOException e) {
      throw failed("", "cannot be listed", e);
    }
  }

  @Override
  public void delete(String name) {
    try {
      Files.deleteIfExists(path.resolve(name));
    } catch (IOException e) {
      throw failed(name, "cannot be removed", e);
    }
  }

  private EarthEmbedException failed(String name, String problem, Exception e) {
    return new EarthEmbedException(path.resolve(name) + ": " + problem + ": " + e, e);
  }

  @Override
  public void close() {
    // There are no copies.
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
