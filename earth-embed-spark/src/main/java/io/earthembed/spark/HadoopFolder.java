package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;

/**
 * A folder behind one of Hadoop's file systems. Files are made on the local disk and copied.
 *
 * <p>A file system whose output appears only when its stream is closed, such as S3A, gets the file
 * under its final name in one upload. Another gets it under a temporary name, and renames it.
 */
final class HadoopFolder implements JobFolder {
  /** The end of the temporary names; their beginning hides them from readers. */
  private static final String TEMPORARY = ".tmp";

  private final URI address;
  private final Path path;
  private final Configuration configuration;
  private final FileSystem system;
  private java.nio.file.@Nullable Path staging;

  private HadoopFolder(URI address, Configuration configuration, FileSystem system) {
    this.address = address;
    this.path = new Path(address);
    this.configuration = configuration;
    this.system = system;
  }

  static HadoopFolder of(URI address) {
    Configuration configuration = HadoopFiles.configuration();
    return new HadoopFolder(address, configuration, HadoopFiles.of(address, configuration));
  }

  @Override
  public URI address(String name) {
    return name.isEmpty() ? address : new Path(path, name).toUri();
  }

  @Override
  public synchronized java.nio.file.Path staging() {
    try {
      if (staging == null) staging = HadoopFiles.scratch();
      return staging;
    } catch (IOException e) {
      throw new EarthEmbedException("no local folder for copies of " + this + ": " + e, e);
    }
  }

  @Override
  public long publish(String name) {
    java.nio.file.Path file = staging().resolve(name);
    Path target = new Path(path, name);
    try {
      long length = Files.size(file);
      if (system.hasPathCapability(target, CommonPathCapabilities.ABORTABLE_STREAM)) {
        upload(file, target);
      } else {
        Path beside =
            new Path(
                target.getParent(), "." + target.getName() + "." + UUID.randomUUID() + TEMPORARY);
        try {
          upload(file, beside);
          FileContext.getFileContext(system.getUri(), configuration)
              .rename(beside, target, Options.Rename.OVERWRITE);
        } finally {
          system.delete(beside, false);
        }
      }
      long there = system.getFileStatus(target).getLen();
      if (there != length) {
        throw new IOException("it has " + there + " bytes there, not " + length);
      }
      Files.delete(file);
      return length;
    } catch (IOException e) {
      throw failed(name, "cannot be written", e);
    }
  }

  private void upload(java.nio.file.Path made, Path target) throws IOException {
    FSDataOutputStreamBuilder<?, ?> file = system.createFile(target);
    file.recursive();
    file.overwrite(true);
    // S3A would otherwise ask first whether a folder of this name exists.
    file.opt("fs.s3a.create.performance", true);
    FSDataOutputStream out = file.build();
    try {
      Files.copy(made, out);
    } catch (IOException | RuntimeException e) {
      abandon(out, e);
      throw e;
    }
    out.close();
  }

  /**
   * Closes a stream after a failure. Where closing would complete the file, it is aborted first.
   */
  private static void abandon(FSDataOutputStream out, Exception reason) {
    try {
      if (out.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) out.abort();
      out.close();
    } catch (IOException | RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public java.nio.file.Path fetch(String name) {
    java.nio.file.Path file = staging().resolve(name);
    try (InputStream in = open(name)) {
      Files.createDirectories(file.getParent());
      java.nio.file.Path beside =
          Files.createTempFile(file.getParent(), file.getFileName().toString(), TEMPORARY);
      long copied;
      try (OutputStream out = Files.newOutputStream(beside)) {
        copied = in.transferTo(out);
      }
      long length = system.getFileStatus(new Path(path, name)).getLen();
      if (copied != length) {
        throw new IOException("it ended after " + copied + " of " + length + " bytes");
      }
      return Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(name, "cannot be read", e);
    }
  }

  @Override
  public InputStream open(String name) throws IOException {
    return system.open(new Path(path, name));
  }

  @Override
  public boolean exists(String name) {
    try {
      return system.exists(new Path(path, name));
    } catch (IOException e) {
      throw failed(name, "cannot be looked up", e);
    }
  }

  @Override
  public List<String> names(String subfolder) {
    List<String> names = new ArrayList<>();
    try {
      RemoteIterator<FileStatus> all =
          system.listStatusIterator(subfolder.isEmpty() ? path : new Path(path, subfolder));
      while (all.hasNext()) names.add(all.next().getPath().getName());
      Collections.sort(names);
      return names;
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw failed(subfolder, "cannot be listed", e);
    }
  }

  @Override
  public SortedMap<String, Listed> files() {
    SortedMap<String, Listed> files = new TreeMap<>();
    String above = path.toUri().getPath();
    try {
      RemoteIterator<LocatedFileStatus> all = system.listFiles(path, true);
      while (all.hasNext()) {
        LocatedFileStatus file = all.next();
        String name = file.getPath().toUri().getPath().substring(above.length());
        files.put(
            name.replaceFirst("^/", ""), new Listed(file.getLen(), file.getModificationTime()));
      }
      return files;
    } catch (FileNotFoundException e) {
      return new TreeMap<>();
    } catch (IOException e) {
      throw failed("", "cannot be listed", e);
    }
  }

  @Override
  public void delete(String name) {
    try {
      system.delete(new Path(path, name), false);
    } catch (IOException e) {
      throw failed(name, "cannot be removed", e);
    }
  }

  private EarthEmbedException failed(String name, String problem, IOException e) {
    String file = name.isEmpty() ? toString() : this + "/" + name;
    return new EarthEmbedException(file + ": " + problem + ": " + e.getMessage(), e);
  }

  @Override
  public synchronized void close() {
    if (staging == null) return;
    try (Stream<java.nio.file.Path> all = Files.walk(staging)) {
      for (java.nio.file.Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
      staging = null;
    } catch (IOException | UncheckedIOException e) {
      throw new EarthEmbedException(staging + ": cannot be removed: " + e, e);
    }
  }

  @Override
  public String toString() {
    return Addresses.redacted(address);
  }
}
