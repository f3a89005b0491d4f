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
 * The beginning of a file in download: {@code FILE.part}, which survives a failure. {@code
 * FILE.part.tag} has the server's version of the file, so that only bytes of that version are
 * appended.
 */
record PartFile(Path target) {
  private Path part() {
    return target.resolveSibling(target.getFileName() + ".part");
  }

  private Path tag() {
    return target.resolveSibling(target.getFileName() + ".part.tag");
  }

  /** Returns the length of the part, 0 if there is none. */
  long size() throws IOException {
    return Files.isRegularFile(part()) ? Files.size(part()) : 0;
  }

  /** Returns the version of the part's file, or null if the server named none. */
  @Nullable String version() throws IOException {
    return Files.isRegularFile(tag()) ? Files.readString(tag()) : null;
  }

  /** Sets the version of the part's file. Only a strong version is kept. */
  void setVersion(@Nullable String version, boolean fromStart) throws IOException {
    if (version != null && HttpReplies.isStrong(version)) Files.writeString(tag(), version);
    else if (fromStart) Files.deleteIfExists(tag());
  }

  /** Opens the part for writing from an offset on; bytes after the offset are removed. */
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

  /** Returns the first bytes, enough to recognise a web page. */
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

  /** Renames the finished part to the file's name. */
  void publish() throws IOException {
    try (FileChannel channel = FileChannel.open(part(), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part(), target, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(tag());
  }
}
