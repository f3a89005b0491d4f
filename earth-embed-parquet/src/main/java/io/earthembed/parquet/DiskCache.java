package io.earthembed.parquet;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.base.file.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Stores bytes by key in a folder of limited size, and removes the least recently used entries
 * first. Any number of processes may share the folder. Reading verifies an entry; a damaged one
 * counts as missing. Missing files or space cause no exception: the caller then reads the bytes
 * from their source. Safe for many threads.
 */
final class DiskCache {
  private static final long MAGIC = 0x3130434345454545L; // "EEEECC01"
  private static final int HEADER = 8 + 4 + 4;
  private static final String SUFFIX = ".entry";

  private final Path folder;
  private final long limit;

  /** Bytes in the folder, as far as this process knows; -1 before the first count. */
  private final AtomicLong size = new AtomicLong(-1);

  private final ReentrantLock evicting = new ReentrantLock();

  /**
   * Creates a cache; its first entry creates the folder.
   *
   * @param limit total bytes
   */
  DiskCache(Path folder, long limit) {
    this.folder = folder;
    this.limit = limit;
  }

  private Path file(CacheKey key) {
    String name = Sha256.of(key.text());
    return folder.resolve(name.substring(0, 2)).resolve(name + SUFFIX);
  }

  /** Returns the bytes that were last put under a key, or null. */
  byte @Nullable [] get(CacheKey key) {
    Path file = file(key);
    byte[] all;
    try {
      all = Files.readAllBytes(file);
    } catch (IOException | OutOfMemoryError e) {
      return null;
    }
    byte[] value = value(key, all);
    try {
      if (value == null) Files.deleteIfExists(file);
      else Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // removed by another process, or the folder is read-only
    }
    return value;
  }

  private static byte @Nullable [] value(CacheKey key, byte[] all) {
    try {
      ByteBuffer entry = ByteBuffer.wrap(all);
      if (entry.getLong() != MAGIC) return null;
      int checksum = entry.getInt();
      byte[] name = new byte[Math.min(entry.getInt(), all.length)];
      if (checksum != crc(entry.slice())) return null;
      entry.get(name);
      if (!key.text().equals(new String(name, StandardCharsets.UTF_8))) return null;
      byte[] value = new byte[entry.remaining()];
      entry.get(value);
      return value;
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      return null;
    }
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** Stores bytes under a key, if there is room for them. */
  void put(CacheKey key, byte[] value) {
    byte[] name = key.text().getBytes(StandardCharsets.UTF_8);
    long bytes = (long) HEADER + name.length + value.length;
    if (bytes > limit || bytes > Integer.MAX_VALUE - 8) return;
    ByteBuffer entry = ByteBuffer.allocate((int) bytes);
    entry.position(HEADER).put(name).put(value).flip();
    entry
        .putLong(0, MAGIC)
        .putInt(8, crc(entry.duplicate().position(HEADER)))
        .putInt(12, name.length);
    Path file = file(key);
    try {
      Files.createDirectories(file.getParent());
      try (AtomicFile fresh = AtomicFile.create(file)) {
        try (FileChannel channel = FileChannel.open(fresh.path(), StandardOpenOption.WRITE)) {
          while (entry.hasRemaining()) channel.write(entry);
        }
        fresh.commitUnforced();
      }
    } catch (IOException e) {
      return; // the disk is full, or the folder is read-only: nothing is stored
    }
    if (size.get() < 0 || size.addAndGet(bytes) > limit) evict();
  }

  private record Entry(Path file, long bytes, FileTime used) {}

  /** Removes the least recently used entries until a tenth of the space is free. */
  private void evict() {
    if (!evicting.tryLock()) return;
    try {
      List<Entry> entries = entries();
      long total = entries.stream().mapToLong(Entry::bytes).sum();
      if (total > limit) {
        entries.sort(Comparator.comparing(Entry::used));
        for (Entry entry : entries) {
          if (total <= limit - limit / 10) break;
          Files.deleteIfExists(entry.file());
          total -= entry.bytes();
        }
      }
      size.set(total);
    } catch (IOException | UncheckedIOException e) {
      // Another process is evicting, or the folder is gone; the next entry tries again.
      size.set(-1);
    } finally {
      evicting.unlock();
    }
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<Path> shelves;
    try (Stream<Path> all = Files.list(folder)) {
      shelves = all.filter(Files::isDirectory).toList();
    }
    for (Path shelf : shelves) {
      AtomicFile.removeAbandoned(shelf);
      try (Stream<Path> files = Files.list(shelf)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          if (!file.toString().endsWith(SUFFIX)) continue;
          try {
            BasicFileAttributes about = Files.readAttributes(file, BasicFileAttributes.class);
            entries.add(new Entry(file, about.size(), about.lastModifiedTime()));
          } catch (NoSuchFileException e) {
            // Removed by another process.
          }
        }
      }
    }
    return entries;
  }
}
