package io.earthembed.hub;

import java.net.http.HttpHeaders;
import java.util.Locale;

/**
 * What an endpoint announces about a file. Hugging Face names the length and the SHA-256 of large
 * files before it redirects.
 *
 * @param length in bytes, or -1 if unknown
 * @param sha256 in hexadecimal, or empty if unknown
 */
record AnnouncedFile(long length, String sha256) {
  static final AnnouncedFile UNKNOWN = new AnnouncedFile(-1, "");

  /** Returns this with the values that a reply announces. */
  AnnouncedFile with(HttpHeaders headers) {
    long newLength =
        headers
            .firstValue("X-Linked-Size")
            .filter(value -> value.matches("\\d{1,18}"))
            .map(Long::parseLong)
            .orElse(length);
    String newSha256 =
        headers
            .firstValue("X-Linked-Etag")
            .map(value -> value.replace("W/", "").replace("\"", "").toLowerCase(Locale.ROOT))
            .filter(value -> value.matches("[0-9a-f]{64}"))
            .orElse(sha256);
    return new AnnouncedFile(newLength, newSha256);
  }
}
