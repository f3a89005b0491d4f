package io.earthembed.spark;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.internal.Addresses;
import io.earthembed.internal.PlainText;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;
import org.jspecify.annotations.Nullable;

/**
 * A file behind one of Hadoop's file systems, which retries failed requests as it is configured to.
 * Each read opens the file, with the status that the first one asked for; S3A then sends one
 * request, which names the expected ETag. Safe for many threads.
 */
final class HadoopRanges implements RangeSource {
  private final URI address;
  private final Path path;
  private final FileSystem system;
  private final Counters counters;
  private volatile @Nullable FileStatus known;

  /**
   * Reads a file by ranges; the first read asks for its status.
   *
   * @param counters to which the reads are added; retries within the file system do not count
   */
  HadoopRanges(URI address, Counters counters) {
    this.address = address;
    this.path = new Path(address);
    this.system = HadoopFiles.of(address, HadoopFiles.configuration());
    this.counters = counters;
  }

  @Override
  public String name() {
    return Addresses.redacted(address);
  }

  @Override
  public Tail tail(int bytes) {
    try {
      FileStatus status = askStatus();
      int wanted = (int) Math.min(bytes, status.getLen());
      return new Tail(fetch(status, status.getLen() - wanted, wanted), version(status));
    } catch (IOException e) {
      throw unreadable(-1, bytes, e);
    }
  }

  @Override
  public ByteBuffer read(FileVersion version, long offset, int length) {
    try {
      FileStatus status = known;
      if (status == null || !isOf(status, version)) status = askStatus();
      if (!isOf(status, version)) throw new FileChangedException(name());
      if (offset < 0 || length < 0 || offset > status.getLen() - length) {
        throw new EOFException("the file ends at byte " + status.getLen());
      }
      return fetch(status, offset, length);
    } catch (IOException e) {
      throw unreadable(offset, length, e);
    }
  }

  private FileStatus askStatus() throws IOException {
    counters.requests.increment();
    FileStatus status = system.getFileStatus(path);
    if (status.isDirectory()) throw new IOException("is a folder");
    known = status;
    return status;
  }

  private ByteBuffer fetch(FileStatus status, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    if (length == 0) return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    counters.requests.increment();
    try (FSDataInputStream in =
        FutureIO.awaitFuture(
            system
                .openFile(path)
                .withFileStatus(status)
                .opt(
                    OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY,
                    OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY_RANDOM)
                .build())) {
      in.readFully(offset, bytes);
    } catch (IOException | CompletionException e) {
      // The file system may have noticed that the file is another one; each does so in its own way.
      if (!isInterrupted(e) && !isOf(askStatus(), version(status))) {
        throw new FileChangedException(name());
      }
      throw e instanceof IOException io ? io : new IOException(e);
    }
    if (etag(status) == null && !isOf(system.getFileStatus(path), version(status))) {
      throw new FileChangedException(name());
    }
    counters.bytesRead.add(length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static boolean isOf(FileStatus status, FileVersion version) {
    FileVersion there = version(status);
    return (version.length() < 0 || version.length() == there.length())
        && (version.etag() == null || version.etag().equals(there.etag()));
  }

  private static FileVersion version(FileStatus status) {
    String etag = etag(status);
    String time = Instant.ofEpochMilli(status.getModificationTime()).toString();
    return new FileVersion(status.getLen(), etag == null ? time : etag);
  }

  /** Returns the ETag as HTTP writes it, or null if the file system has none. */
  private static @Nullable String etag(FileStatus status) {
    String etag = status instanceof EtagSource source ? source.getEtag() : null;
    if (etag == null || etag.isEmpty()) return null;
    return etag.endsWith("\"") ? etag : '"' + etag + '"';
  }

  private static boolean isInterrupted(Exception e) {
    return e instanceof InterruptedIOException || Thread.currentThread().isInterrupted();
  }

  private EarthEmbedException unreadable(long offset, int length, IOException e) {
    if (isInterrupted(e)) {
      Thread.currentThread().interrupt();
      return new EarthEmbedException(name() + ": interrupted while reading", e);
    }
    String problem =
        e instanceof FileNotFoundException
            ? "no such file"
            : PlainText.message("" + e.getMessage());
    return new RangeReadException(name(), offset, length, 0, 1, problem, e);
  }
}
