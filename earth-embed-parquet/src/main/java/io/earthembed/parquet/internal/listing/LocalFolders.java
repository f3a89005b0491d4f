package io.earthembed.parquet.internal.listing;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Folders of this machine.
 *
 * @param root the first folder
 */
public record LocalFolders(Path root) implements Folders {
  @Override
  public List<Entry> list(String folder, boolean deep) {
    Path at = root.resolve(folder);
    if (!Files.isDirectory(at)) return List.of();
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(at)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        boolean isFolder = Files.isDirectory(file);
        String path = folder + file.getFileName() + (isFolder ? "/" : "");
        entries.add(new Entry(path, isFolder ? -1 : Files.size(file)));
      }
    } catch (IOException e) {
      throw new EarthEmbedException(at + ": cannot be listed: " + e, e);
    }
    return entries;
  }

  @Override
  public URI address(String path) {
    return root.resolve(path).toUri();
  }

  @Override
  public String name() {
    return root.toString();
  }
}
