package io.earthembed.onnx;

import io.earthembed.base.file.Sha256;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of a model: in a directory, at given paths, or on the class path. */
abstract sealed class ModelFiles {
  private static final String LFS_POINTER = "version https://git-lfs.github.com/spec/";

  abstract boolean has(String name);

  /** Returns the file's name for messages. */
  abstract String describe(String name);

  /** Returns the path, so that large weights are mapped, not read; null on the class path. */
  abstract @Nullable Path path(String name);

  /** Returns a name for the model in these files. */
  String name() {
    return "model";
  }

  abstract InputStream open(String name) throws IOException;

  /**
   * Checks that a file exists and is more than a Git LFS pointer.
   *
   * @throws EarthEmbedException naming the file
   */
  final void require(String name) {
    if (!has(name)) throw new EarthEmbedException(describe(name) + ": no such file");
    try (InputStream file = open(name)) {
      refuseLfsPointer(describe(name), file);
    } catch (NoSuchFileException e) {
      throw new EarthEmbedException(describe(name) + ": no such file", e);
    } catch (IOException e) {
      throw new EarthEmbedException(describe(name) + ": cannot be read", e);
    }
  }

  /**
   * Refuses the few lines of text that a Git repository has in place of a large file until {@code
   * git lfs pull} (git-lfs/docs/spec.md).
   */
  static void refuseLfsPointer(String file, InputStream content) throws IOException {
    byte[] start = content.readNBytes(LFS_POINTER.length());
    if (new String(start, StandardCharsets.ISO_8859_1).equals(LFS_POINTER)) {
      throw new CorruptDataException(
          file,
          "is a Git LFS pointer, not the file itself; run git lfs pull, or download the file");
    }
  }

  final byte[] read(String name) {
    require(name);
    try (InputStream file = open(name)) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new EarthEmbedException(describe(name) + ": cannot be read", e);
    }
  }

  /**
   * Reads a file that has no path, such as one on the class path; returns null for one that has.
   */
  final byte @Nullable [] contentWithoutPath(String name) {
    require(name);
    return path(name) == null ? read(name) : null;
  }

  /** Inspects the content of an ONNX file. */
  final OnnxFile inspect(String name, byte[] content) {
    try {
      return OnnxFile.read(new InMemory(content));
    } catch (IOException e) {
      throw new EarthEmbedException(describe(name) + ": cannot be read", e);
    }
  }

  /** Inspects an ONNX file. */
  final OnnxFile inspect(String name) {
    require(name);
    Path path = path(name);
    if (path == null) return inspect(name, read(name));
    try (FileChannel channel = FileChannel.open(path)) {
      return OnnxFile.read(new InFile(channel));
    } catch (IOException e) {
      throw new EarthEmbedException(describe(name) + ": cannot be read", e);
    }
  }

  /**
   * Checks the files in which an ONNX file keeps weights.
   *
   * @throws EarthEmbedException naming the file that is missing or cut off
   */
  final void requireWeights(String name, OnnxFile onnx) {
    onnx.externalFiles().forEach((file, length) -> requireWeights(name, file, length));
  }

  private void requireWeights(String name, String external, long length) {
    String file = describe(name);
    Path path = path(name);
    if (path == null) {
      throw new EarthEmbedException(
          file + ": keeps weights in " + external + ", which a model on the class path cannot");
    }
    Path folder = path.toAbsolutePath().normalize().getParent();
    Path weights = null;
    try {
      weights = folder == null ? null : folder.resolve(external).normalize();
    } catch (InvalidPathException e) {
      // The name is not valid in a path.
    }
    if (folder == null || weights == null || !weights.startsWith(folder)) {
      throw new CorruptDataException(file, "keeps weights outside its folder: " + external);
    }
    if (!Files.isRegularFile(weights)) {
      throw new EarthEmbedException(
          file + ": its weights are in " + external + ", and there is no " + weights);
    }
    try (InputStream content = Files.newInputStream(weights)) {
      refuseLfsPointer(weights.toString(), content);
      long size = Files.size(weights);
      if (size < length) {
        throw new CorruptDataException(
            weights.toString(),
            "is cut off: has " + size + " bytes, and " + file + " needs " + length);
      }
    } catch (IOException e) {
      throw new EarthEmbedException(weights + ": cannot be read", e);
    }
  }

  /** Returns the SHA-256 of an ONNX file and its files of weights, in lower-case hexadecimal. */
  final String digest(String name) {
    MessageDigest digest = Sha256.digest();
    List<String> all = new ArrayList<>(List.of(name));
    String folder = name.substring(0, name.lastIndexOf('/') + 1);
    OnnxFile onnx = inspect(name);
    requireWeights(name, onnx);
    onnx.externalFiles().keySet().stream().sorted().forEach(file -> all.add(folder + file));
    byte[] buffer = new byte[1 << 16];
    for (String each : all) {
      require(each);
      try (InputStream content = open(each)) {
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
          digest.update(buffer, 0, read);
        }
      } catch (IOException e) {
        throw new EarthEmbedException(describe(each) + ": cannot be read", e);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private record InFile(FileChannel channel) implements OnnxFile.Source {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return channel.read(target, position);
    }
  }

  private record InMemory(byte[] content) implements OnnxFile.Source {
    @Override
    public long size() {
      return content.length;
    }

    @Override
    public int read(ByteBuffer target, long position) {
      int count = (int) Math.min(target.remaining(), content.length - position);
      if (count <= 0) return -1;
      target.put(content, (int) position, count);
      return count;
    }
  }

  static ModelFiles in(Path directory) {
    return new InDirectory(directory);
  }

  static ModelFiles on(Hub hub, HubRepo repo) {
    return new OnHub(hub, repo);
  }

  static ModelFiles at(Map<String, Path> byName) {
    return new AtPaths(Map.copyOf(byName));
  }

  static ModelFiles onClassPath(Class<?> anchor, String folder) {
    return new OnClassPath(anchor, folder);
  }

  /** Files that a hub downloads when they are first read. */
  private static final class OnHub extends ModelFiles {
    private final Hub hub;
    private final HubRepo repo;

    OnHub(Hub hub, HubRepo repo) {
      this.hub = hub;
      this.repo = repo;
    }

    @Override
    String name() {
      return repo.name();
    }

    @Override
    boolean has(String name) {
      return hub.has(repo, checked(name));
    }

    @Override
    String describe(String name) {
      return hub.directory(repo).resolve(checked(name)).toString();
    }

    /** Downloads a network with the files in which it keeps weights, which it is opened with. */
    @Override
    Path path(String name) {
      Path file = hub.fetch(repo, checked(name), "", ProgressListener.NONE);
      if (!name.endsWith(".onnx")) return file;
      String folder = name.substring(0, name.lastIndexOf('/') + 1);
      try (FileChannel channel = FileChannel.open(file)) {
        for (String weights : OnnxFile.read(new InFile(channel)).externalFiles().keySet()) {
          hub.fetch(repo, checked(folder + weights), "", ProgressListener.NONE);
        }
      } catch (IOException e) {
        throw new EarthEmbedException(file + ": cannot be read", e);
      }
      return file;
    }

    @Override
    InputStream open(String name) throws IOException {
      return Files.newInputStream(hub.fetch(repo, checked(name), "", ProgressListener.NONE));
    }

    private String checked(String name) {
      if (isInside(name)) return name;
      throw new CorruptDataException(repo.name(), "names a file elsewhere: " + name);
    }

    private static boolean isInside(String name) {
      for (String part : name.split("/", -1)) {
        boolean outside = part.isEmpty() || part.equals(".") || part.equals("..");
        if (outside || part.chars().anyMatch(c -> c == '\\' || c == ':' || c < ' ')) return false;
      }
      return true;
    }
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

    /** Returns the folder's name, or the repository's in a cache of Hugging Face's hub. */
    @Override
    String name() {
      Path folder = directory.toAbsolutePath().normalize();
      Path parent = folder.getParent();
      Path repository = parent == null ? null : parent.getParent();
      if (parent != null && parent.endsWith("snapshots") && repository != null) {
        String cached = String.valueOf(repository.getFileName());
        if (cached.startsWith("models--")) return cached.substring(8).replace("--", "/");
      }
      return folder.getFileName() == null ? "model" : folder.getFileName().toString();
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
    InputStream open(String name) throws IOException {
      return Files.newInputStream(inside(name));
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
    InputStream open(String name) throws IOException {
      Path path = byName.get(name);
      if (path == null) throw new NoSuchFileException(name);
      return Files.newInputStream(path);
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
    InputStream open(String name) throws IOException {
      InputStream file = anchor.getResourceAsStream(folder + "/" + name);
      if (file == null) throw new NoSuchFileException(name);
      return file;
    }
  }
}
