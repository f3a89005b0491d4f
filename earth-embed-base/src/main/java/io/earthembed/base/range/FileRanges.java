package io.earthembed.base.range;

import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.internal.Addresses;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A local file. Each read opens it, so that no handle is kept and a replaced file is noticed. Safe
 * for many threads.
 */
public final class FileRanges implements RangeSource {
  private static final int PIECE = 1 << 20;

  /** A tick of the slowest clock that Linux uses for time stamps of files. */
  private static final long TICK_MILLIS = 10;

  private final Path file;
  private final Counters counters;

  /**
   * Reads a file by ranges; the first read opens it.
   *
   * @param counters to which the reads are added
   */
  public FileRanges(Path file, Counters counters) {
    this.file = file;
    this.counters = counters;
  }

  /**
   * Returns the path of a local file. For a URL with other parts, the JDK's error would show all of
   * it or explain little.
   *
   * @throws IllegalArgumentException if the URL has a host, a query or a fragment
   */
  public static Path path(URI file) {
    String host = file.getRawAuthority();
    boolean here = host == null || host.equalsIgnoreCase("localhost");
    boolean plain =
        file.getRawQuery() == null && file.getRawFragment() == null && file.getPath() != null;
    if (!here || !plain || !file.getPath().startsWith("/")) {
      throw new IllegalArgumentException(
          "a file URL must be file:/path, without a host, a query or a fragment: "
              + Addresses.redacted(file));
    }
    try {
      return Path.of(URI.create("file://" + file.getRawPath()));
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new IllegalArgumentException("not a file's path: " + Addresses.redacted(file), e);
    }
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public boolean local() {
    return true;
  }

  @Override
  public Tail tail(int bytes) {
    try (FileChannel channel = openFile()) {
      awaitOldEnough();
      String version = version();
      long length = channel.size();
      int wanted = (int) Math.min(bytes, length);
      FileVersion seen = new FileVersion(length, version);
      Tail tail = new Tail(fill(channel, length - wanted, wanted), seen);
      requireUnchanged(channel, seen);
      return tail;
    } catch (IOException e) {
      throw unreadable(-1, bytes, e);
    }
  }

  /**
   * Waits until the file's time stamp is old. File systems use a clock that ticks every few
   * milliseconds, so a file that was just written may keep its time stamp at the next write.
   */
  private void awaitOldEnough() throws IOException {
    try {
      long age = System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
      if (age >= 0 && age < TICK_MILLIS) Thread.sleep(TICK_MILLIS - age);
    } catch (InterruptedException e) {
      throw Tasks.interrupted(name() + ": interrupted while reading", e);
    }
  }

  private void requireUnchanged(FileChannel channel, FileVersion version) throws IOException {
    if (channel.size() != version.length() || !version().equals(version.etag())) {
      throw new FileChangedException(name());
    }
  }

  @Override
  public ByteBuffer read(FileVersion version, long offset, int length) {
    try (FileChannel channel = openFile()) {
      requireUnchanged(channel, version);
      requireInside(version, offset, length);
      ByteBuffer bytes = fill(channel, offset, length);
      requireUnchanged(channel, version);
      return bytes;
    } catch (IOException e) {
      throw unreadable(offset, length, e);
    }
  }

  /**
   * Fails before memory is allocated for the bytes: an index of another shard may name any offset.
   */
  private static void requireInside(FileVersion version, long offset, int length)
      throws IOException {
    if (offset < 0 || length < 0 || offset > version.length() - length) {
      throw new EOFException("the file ends at byte " + version.length());
    }
  }

  @Override
  public ChunkBytes chunk(FileVersion version, long offset, int length) {
    return new ChunkBytes() {
      @Override
      public int size() {
        return length;
      }

      @Override
      public Pieces open() {
        return new FilePieces(version, offset, length);
      }
    };
  }

  /** A chunk of the open file. */
  private final class FilePieces implements ChunkBytes.Pieces {
    private final FileVersion version;
    private final long offset;
    private final int size;
    private final FileChannel channel;

    FilePieces(FileVersion version, long offset, int size) {
      this.version = version;
      this.offset = offset;
      this.size = size;
      try {
        channel = openFile();
      } catch (IOException e) {
        throw unreadable(offset, size, e);
      }
      try {
        requireUnchanged();
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    @Override
    public ByteBuffer read(int at, int length, ChunkBytes.Room room) {
      Objects.checkFromIndexSize(at, length, size);
      ByteBuffer piece = room.of(length);
      try {
        fill(channel, offset + at, piece);
      } catch (IOException e) {
        throw unreadable(offset + at, length, e);
      }
      return piece.flip();
    }

    @Override
    public void requireUnchanged() {
      try {
        FileRanges.this.requireUnchanged(channel, version);
      } catch (IOException e) {
        throw unreadable(offset, size, e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw unreadable(offset, size, e);
      }
    }
  }

  /**
   * Opens the file, which must be regular: opening a pipe waits for a writer, and reading a device
   * may never end.
   */
  private FileChannel openFile() throws IOException {
    if (!Files.isRegularFile(file)) {
      if (Files.isDirectory(file)) throw new IOException("is a folder");
      if (Files.exists(file)) throw new IOException("is no regular file");
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  private EarthEmbedException unreadable(long offset, int length, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return new EarthEmbedException(name() + ": interrupted while reading", e);
    }
    String problem = String.valueOf(e.getClass() == IOException.class ? e.getMessage() : e);
    if (e instanceof NoSuchFileException) problem = "no such file";
    if (Files.isDirectory(file)) problem = "is a folder";
    return new RangeReadException(name(), offset, length, 0, 1, problem, e);
  }

  private String version() throws IOException {
    return Files.getLastModifiedTime(file).toString();
  }

  private ByteBuffer fill(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    fill(channel, offset, buffer);
    return buffer.flip();
  }

  private void fill(FileChannel channel, long offset, ByteBuffer buffer) throws IOException {
    counters.requests.increment();
    int end = buffer.limit();
    while (buffer.position() < end) {
      // For a buffer on the heap, the JDK keeps a direct one of the size that is read at once.
      buffer.limit(Math.min(end, buffer.position() + PIECE));
      int n = channel.read(buffer, offset + buffer.position());
      if (n < 0) throw new EOFException("the file ends at byte " + (offset + buffer.position()));
      counters.bytesRead.add(n);
    }
  }
}
