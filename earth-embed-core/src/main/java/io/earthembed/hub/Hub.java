package io.earthembed.hub;

import io.earthembed.base.file.Sha256;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Downloads files of models and datasets once, into a cache that any number of threads and
 * processes share. If several want a file, one downloads it and the others wait. An interrupted
 * download continues where it stopped, in this process or a later one. A file appears under its
 * name only when it is complete and checked.
 *
 * <p>The cache has the layout {@code CACHE/HOST/models|datasets/ORG/NAME/REVISION/FILE}. A cached
 * file is never requested again, even if its branch has changed: for an exact version, name a
 * commit as {@link HubRepo#revision}; to update a file, delete it. Immutable and safe for many
 * threads.
 */
public final class Hub {
  /** Ending of the file that records a file's SHA-256. */
  private static final String RECEIPT = ".sha256";

  /**
   * Endings of the hub's own files: a repository's file with such an ending could be mistaken for
   * one.
   */
  private static final List<String> OWN = List.of(RECEIPT, ".part", ".part.tag", ".lock");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** Locks between threads; file locks only work between processes. */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Values values;

  private static final class Values extends Settings<Values> {
    Endpoint endpoint = Endpoint.HUGGING_FACE;
    Path cache = Path.of("");
    @Nullable String token;
    boolean offline;
    int attempts = 5;
    Duration timeout = Duration.ofSeconds(60);
  }

  private Hub(Values values) {
    this.values = values;
  }

  /**
   * Returns a hub with the settings in the environment: {@code EARTH_EMBED_ENDPOINT} (see {@link
   * Endpoint#named}; default Hugging Face), {@code EARTH_EMBED_CACHE} (a folder; default {@code
   * earth-embed} in {@code XDG_CACHE_HOME} or in {@code ~/.cache}), {@code EARTH_EMBED_OFFLINE} (1
   * or true), and the endpoint's token: {@code EARTH_EMBED_TOKEN}, or else {@code HF_TOKEN} for
   * Hugging Face itself, no mirror, and {@code MODELSCOPE_API_TOKEN} for ModelScope.
   *
   * @throws IllegalArgumentException if the endpoint's name is unknown
   */
  public static Hub fromEnvironment() {
    return from(System.getenv());
  }

  /**
   * Returns a builder with the settings in the environment.
   *
   * @throws IllegalArgumentException as {@link #fromEnvironment}
   */
  public static Builder builder() {
    return fromEnvironment().toBuilder();
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /** Returns a hub with the settings in a given environment. */
  static Hub from(Map<String, String> environment) {
    Endpoint endpoint = Endpoint.named(value(environment, "EARTH_EMBED_ENDPOINT", "huggingface"));
    String shared =
        value(
            environment,
            "XDG_CACHE_HOME",
            Path.of(System.getProperty("user.home", "."), ".cache").toString());
    Path cache =
        Path.of(value(environment, "EARTH_EMBED_CACHE", Path.of(shared, "earth-embed").toString()));
    String usual = "";
    if (endpoint.equals(Endpoint.HUGGING_FACE)) usual = "HF_TOKEN";
    if (endpoint.branch().equals(Endpoint.MODELSCOPE_CN.branch())) usual = "MODELSCOPE_API_TOKEN";
    String token = value(environment, "EARTH_EMBED_TOKEN", value(environment, usual, ""));
    String offline = value(environment, "EARTH_EMBED_OFFLINE", "0").toLowerCase(Locale.ROOT);
    Builder hub =
        new Builder(new Values())
            .endpoint(endpoint)
            .cache(cache)
            .offline(offline.equals("1") || offline.equals("true"));
    return token.isEmpty() ? hub.build() : hub.token(token).build();
  }

  private static String value(Map<String, String> environment, String name, String otherwise) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? otherwise : value.strip();
  }

  /** Returns the host that files come from. */
  public Endpoint endpoint() {
    return values.endpoint;
  }

  /** Returns the folder of the cache. */
  public Path cache() {
    return values.cache;
  }

  /** Returns true if only the cache is read. */
  public boolean offline() {
    return values.offline;
  }

  /** Returns how many attempts in a row may bring no byte. */
  public int attempts() {
    return values.attempts;
  }

  /** Returns how long a server may be silent. */
  public Duration timeout() {
    return values.timeout;
  }

  /** Returns the {@code Authorization} for a request to an address; empty for other hosts. */
  public Optional<String> authorization(URI address) {
    return values.token != null && values.endpoint.isOrigin(address)
        ? Optional.of("Bearer " + values.token)
        : Optional.empty();
  }

  /** Returns the folder of a repository in the cache, which may not exist yet. */
  public Path directory(HubRepo repo) {
    String revision = repo.revision().isEmpty() ? values.endpoint.branch() : repo.revision();
    String kind = repo.kind() == HubRepo.Kind.MODEL ? "models" : "datasets";
    URI base = URI.create(values.endpoint.base());
    String host = (base.getRawAuthority() + base.getRawPath()).replaceAll("[:/]", "_");
    return values
        .cache
        .resolve(host)
        .resolve(kind)
        .resolve(repo.name())
        .resolve(Endpoint.folder(revision));
  }

  /**
   * Fetches some files of a repository, one after another.
   *
   * @param repo the repository
   * @param files paths of files in it, with slashes
   * @param progress receives the bytes of each file, on this thread
   * @return {@link #directory} of the repository, which contains all of them
   * @throws EarthEmbedException as {@link #fetch(HubRepo, String, String, ProgressListener)}
   */
  public Path fetch(HubRepo repo, List<String> files, ProgressListener progress) {
    for (String file : files) fetch(repo, file, "", progress);
    return directory(repo);
  }

  /**
   * Returns whether a repository has a file: one in the cache, or on the endpoint. The endpoint is
   * asked for the file's first byte, unless this hub is offline.
   *
   * @param repo the repository
   * @param file path of the file in it, with slashes
   * @throws EarthEmbedException naming the address, if the endpoint answers neither yes nor 404
   */
  public boolean has(HubRepo repo, String file) {
    Path target = directory(repo).resolve(HubRepo.checkPath(file));
    if (Files.isRegularFile(target)) return true;
    if (values.offline) return false;
    URI address = values.endpoint.address(repo, file);
    try {
      return Download.exists(this, address);
    } catch (IOException e) {
      if (e instanceof InterruptedIOException) Thread.currentThread().interrupt();
      throw new EarthEmbedException(address + ": cannot be asked for: " + e, e);
    }
  }

  /**
   * Fetches one file. After an interrupt, the received bytes are kept for the next call.
   *
   * @param repo the repository
   * @param file path of the file in it, with slashes
   * @param sha256 its SHA-256 in hexadecimal, or empty if unknown; for large files, Hugging Face
   *     announces it, and it is checked then
   * @param progress receives the bytes, on this thread
   * @return the path of the cached file
   * @throws CorruptDataException if it has another SHA-256 or length
   * @throws EarthEmbedException naming the address, if it cannot be downloaded or, offline, is not
   *     in the cache
   */
  public Path fetch(HubRepo repo, String file, String sha256, ProgressListener progress) {
    String wanted = sha256.toLowerCase(Locale.ROOT);
    if (!wanted.isEmpty() && !SHA256.matcher(wanted).matches()) {
      throw new IllegalArgumentException("sha256 must be 64 hexadecimal digits: " + sha256);
    }
    for (String own : OWN) {
      if (file.toLowerCase(Locale.ROOT).endsWith(own)) {
        throw new IllegalArgumentException("a name that the cache keeps for itself: " + file);
      }
    }
    Path target = directory(repo).resolve(HubRepo.checkPath(file)).toAbsolutePath().normalize();
    URI address = values.endpoint.address(repo, file);
    try {
      if (isCached(target, wanted)) return target;
      if (values.offline) {
        throw new EarthEmbedException(address + ": offline, and not in the cache: " + target);
      }
      Path parent = target.getParent();
      if (parent != null) Files.createDirectories(parent);
      return alone(
          target,
          () -> {
            if (isCached(target, wanted)) return target; // another process was faster
            PartFile part = new PartFile(target);
            String found =
                new Download(
                        this,
                        values.attempts,
                        values.timeout,
                        address,
                        part,
                        wanted,
                        file,
                        progress)
                    .run();
            // Deleted before the rename: a process that is killed in between leaves a file without
            // a receipt, which is then read, but never with another file's receipt, which would be
            // trusted.
            Path receipt = target.resolveSibling(target.getFileName() + RECEIPT);
            Files.deleteIfExists(receipt);
            part.publish();
            Files.writeString(receipt, found);
            return target;
          });
    } catch (IOException e) {
      if (e instanceof ClosedByInterruptException || e instanceof InterruptedIOException)
        Thread.currentThread().interrupt();
      throw new EarthEmbedException(address + ": cannot be stored at " + target + ": " + e, e);
    }
  }

  /**
   * Returns whether the file is cached and, if a SHA-256 is required, had it when it was
   * downloaded.
   */
  private static boolean isCached(Path target, String wanted) throws IOException {
    if (!Files.isRegularFile(target)) return false;
    if (wanted.isEmpty()) return true;
    String found;
    try {
      found = Files.readString(target.resolveSibling(target.getFileName() + RECEIPT)).strip();
    } catch (NoSuchFileException e) {
      found = Sha256.of(target);
    }
    return found.equals(wanted);
  }

  private interface Work {
    Path run() throws IOException;
  }

  private static Path alone(Path target, Work work) throws IOException {
    // The real path is the key, because links may lead to one cache.
    Path place = target.resolveSibling(".").toRealPath().resolve(target.getFileName());
    ReentrantLock thread = LOCKS.computeIfAbsent(place, t -> new ReentrantLock());
    try {
      thread.lockInterruptibly();
    } catch (InterruptedException e) {
      throw Tasks.interrupted("interrupted while another thread downloads " + target, e);
    }
    // The lock's file remains: if it were deleted, two processes could hold locks on two files.
    try (FileChannel file =
            FileChannel.open(
                target.resolveSibling(target.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock process = lock(file)) {
      if (!process.isValid()) throw new IOException("no lock on " + target);
      return work.run();
    } finally {
      thread.unlock();
    }
  }

  /**
   * Waits for the lock, which another process may hold, or this class in another class loader, for
   * which Java fails at once.
   */
  private static FileLock lock(FileChannel file) throws IOException {
    while (true) {
      try {
        return file.lock();
      } catch (OverlappingFileLockException e) {
        try {
          Thread.sleep(100);
        } catch (InterruptedException stop) {
          throw new InterruptedIOException("interrupted while another downloads it");
        }
      }
    }
  }

  /** Builds hubs. Not safe for several threads at once. */
  public static final class Builder {
    private final Values values;

    private Builder(Values values) {
      this.values = values;
    }

    /** Sets the host that files come from, and drops the token, which was another host's. */
    public Builder endpoint(Endpoint endpoint) {
      values.endpoint = Objects.requireNonNull(endpoint, "endpoint");
      values.token = null;
      return this;
    }

    /** Sets the folder of the cache, which is created if it does not exist. */
    public Builder cache(Path folder) {
      values.cache = Objects.requireNonNull(folder, "folder");
      return this;
    }

    /**
     * Sets a bearer token. The hub sends it to the endpoint only; if the endpoint redirects to
     * another host, the request there lacks it.
     *
     * @throws IllegalArgumentException if it is blank or contains characters that a header must not
     *     contain; the message does not repeat it
     */
    public Builder token(String bearer) {
      if (!bearer.matches("[\\x21-\\x7e]+")) {
        throw new IllegalArgumentException("token must be printable ASCII without spaces");
      }
      values.token = bearer;
      return this;
    }

    /** Sets whether the hub reads only the cache and sends no request. */
    public Builder offline(boolean offline) {
      values.offline = offline;
      return this;
    }

    /** Sets how many attempts in a row may bring no byte, at least 1 (default 5). */
    public Builder attempts(int count) {
      Checks.positive("attempts", count);
      values.attempts = count;
      return this;
    }

    /**
     * Sets how long a server may be silent, and the longest {@code Retry-After} that the hub waits
     * for (default 60 s).
     */
    public Builder timeout(Duration limit) {
      Checks.positive("timeout", limit);
      values.timeout = limit;
      return this;
    }

    /** Returns the hub. */
    public Hub build() {
      return new Hub(values.copy());
    }
  }
}
