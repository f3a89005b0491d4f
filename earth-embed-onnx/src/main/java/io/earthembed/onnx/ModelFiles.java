package io.earthembed.onnx;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of a model: in a directory, at given paths, or on the class path. */
abstract sealed class ModelFiles {
  abstract boolean has(String name);

  /** Returns the file's name for messages. */
  abstract String describe(String name);

  /** Returns the path, so that large weights are mapped, not read; null on the class path. */
  abstract @Nullable Path path(String name);

  abstract byte[] bytes(String name) throws IOException;

  final void require(String name) {
    if (!has(name)) throw new EarthEmbedException(describe(name) + ": no such file");
  }

  final byte[] read(String name) {
    require(name);
    try {
      return bytes(name);
    } catch (IOException e) {
      throw new EarthEmbedException(describe(name) + ": cannot be read", e);
    }
  }

  static ModelFiles in(Path directory) {
    return new InDirectory(directory);
  }

  static ModelFiles at(Map<String, Path> byName) {
    return new AtPaths(Map.copyOf(byName));
  }

  static ModelFiles onClassPath(Class<?> anchor, String folder) {
    return new OnClassPath(anchor, folder);
  }

  private static final class InDirectory extends ModelFiles {
    private final Path directory;

    InDirectory(Path directory) {
      this.directory = directory;
    }

    /** Returns the path of a file; refuses names outside the folder. */
    private Path inside(String name) {
      Path root = directory.toAbsolutePath().normalize();
      try {
        if (root.resolve(name).normalize().startsWith(root)) return directory.resolve(name);
      } catch (InvalidPathException e) {
        // The name is not valid in a path.
      }
      throw new CorruptDataException(directory.toString(), "names a file elsewhere: " + name);
    }

    @Override
    boolean has(String name) {
      return Files.isRegularFile(inside(name));
    }

    @Override
    String describe(String name) {
      return inside(name).toString();
    }

    @Override
    Path path(String name) {
      return inside(name);
    }

    @Override
    byte[] bytes(String name) throws IOException {
      return Files.readAllBytes(inside(name));
    }
  }

  private static final class AtPaths extends ModelFiles {
    private final Map<String, Path> byName;

    AtPaths(Map<String, Path> byName) {
      this.byName = byName;
    }

    /** Returns true for each given path: opening it reports a missing file. */
    @Override
    boolean has(String name) {
      return byName.containsKey(name);
    }

    @Override
    String describe(String name) {
      return String.valueOf(byName.getOrDefault(name, Path.of(name)));
    }

    @Override
    @Nullable Path path(String name) {
      return byName.get(name);
    }

    @Override
    byte[] bytes(String name) throws IOException {
      Path path = byName.get(name);
      if (path == null) throw new NoSuchFileException(name);
      return Files.readAllBytes(path);
    }
  }

  private static final class OnClassPath extends ModelFiles {
    private final Class<?> anchor;
    private final String folder;

    OnClassPath(Class<?> anchor, String folder) {
      this.anchor = anchor;
      this.folder = folder;
    }

    @Override
    boolean has(String name) {
      return anchor.getResource(folder + "/" + name) != null;
    }

    @Override
    String describe(String name) {
      return "class path " + anchor.getPackageName().replace('.', '/') + "/" + folder + "/" + name;
    }

    @Override
    @Nullable Path path(String name) {
      return null;
    }

    @Override
    byte[] bytes(String name) throws IOException {
      try (InputStream file = anchor.getResourceAsStream(folder + "/" + name)) {
        if (file == null) throw new IOException("no such resource");
        return file.readAllBytes();
      }
    }
  }
}
