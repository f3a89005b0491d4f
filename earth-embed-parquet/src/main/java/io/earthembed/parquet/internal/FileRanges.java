package io.earthembed.parquet.internal;

import io.earthembed.RangeReadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A local file. Opened for each read, so that no handle is kept and a replaced file is noticed. */
public final class FileRanges implements RangeSource {
  private final Path file;
  private final Counters counters;

  public FileRanges(Path file, Counters counters) {
    this.file = file;
    this.counters = counters;
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
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      int wanted = (int) Math.min(bytes, length);
      return new Tail(fill(channel, length - wanted, wanted), length, version());
    } catch (IOException e) {
      throw unreadable(-1, bytes, e);
    }
  }

  @Override
  public ByteBuffer read(Tail tail, long offset, int length) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != tail.length() || !version().equals(tail.version())) {
        throw new FileChangedException(name());
      }
      return fill(channel, offset, length);
    } catch (IOException e) {
      throw unreadable(offset, length, e);
    }
  }

  @Override
  public ByteBuffer view(Tail tail, long offset, int length) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != tail.length() || !version().equals(tail.version())) {
        throw new FileChangedException(name());
      }
      if (length == 0) return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
      counters.requests.increment();
      counters.bytesRead.add(length);
      return channel
          .map(FileChannel.MapMode.READ_ONLY, offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw unreadable(offset, length, e);
    }
  }

  private RangeReadException unreadable(long offset, int length, IOException e) {
    String problem = String.valueOf(e);
    if (e instanceof NoSuchFileException) problem = "no such file";
    if (Files.isDirectory(file)) problem = "is a folder";
    return new RangeReadException(name(), offset, length, 0, 1, problem, e);
  }

  private String version() throws IOException {
    return Files.getLastModifiedTime(file).toString();
  }

  private ByteBuffer fill(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    counters.requests.increment();
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, offset + buffer.position());
      if (n < 0) throw new IOException("the file ends at byte " + (offset + buffer.position()));
      counters.bytesRead.add(n);
    }
    return buffer.flip();
  }
}
