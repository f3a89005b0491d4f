package io.earthembed.hub;

import io.earthembed.base.file.Sha256;
import io.earthembed.base.http.HttpReplies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a file that is being downloaded: {@code FILE.part}, which outlives a failure,
 * with the server's version of the file in {@code FILE.part.tag}, so that a rest is added only to
 * the beginning of the same version.
 */
record PartFile(Path target) {
  private Path part() {
    return target.resolveSibling(target.getFileName() + ".part");
  }

  private Path tag() {
    return target.resolveSibling(target.getFileName() + ".part.tag");
  }

  /** Returns the bytes that are there, 0 without a part. */
  long size() throws IOException {
    return Files.isRegularFile(part()) ? Files.size(part()) : 0;
  }

  /** Returns the version of the file that the part is of, or null if the server named none. */
  @Nullable String version() throws IOException {
    return Files.isRegularFile(tag()) ? Files.readString(tag()) : null;
  }

  /** Sets the version that the part is of. A version that is not strong is not kept. */
  void setVersion(@Nullable String version, boolean fromStart) throws IOException {
    if (version != null && HttpReplies.isStrong(version)) Files.writeString(tag(), version);
    else if (fromStart) Files.deleteIfExists(tag());
  }

  /** Opens the part for writing from an offset on; bytes behind the offset are cut off. */
  FileChannel openAt(long offset) throws IOException {
    FileChannel file =
        FileChannel.open(part(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      return file.truncate(offset).position(offset);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Returns the first bytes, enough to recognize a web page. */
  byte[] start() throws IOException {
    try (InputStream file = Files.newInputStream(part())) {
      return file.readNBytes(HttpReplies.START);
    }
  }

  /** Returns the SHA-256 of the part. */
  String sha256() throws IOException {
    return Sha256.of(part());
  }

  /** Deletes the part and its version. */
  void discard() throws IOException {
    Files.deleteIfExists(part());
    Files.deleteIfExists(tag());
  }

  /** Gives the finished part its name. */
  void publish() throws IOException {
    try (FileChannel channel = FileChannel.open(part(), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part(), target, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(tag());
  }
}
