package io.earthembed.spark;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts an option, a path or a URL, to the URL of a folder or a file. */
final class FolderOption implements ITypeConverter<URI> {
  private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");

  @Override
  public URI convert(String value) {
    try {
      if (!URL.matcher(value).matches()) return Path.of(value).toAbsolutePath().toUri();
      URI url = Addresses.parse(value);
      if (Addresses.isFile(url)) return Path.of(url).toUri();
      if (!Addresses.isWeb(url)) return url;
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new TypeConversionException(e.getMessage());
    }
    throw new TypeConversionException(
        Addresses.redacted(value)
            + " is read by ranges only; name a path that all machines share, or an address of one"
            + " of Hadoop's file systems, such as s3a://bucket/folder");
  }
}
