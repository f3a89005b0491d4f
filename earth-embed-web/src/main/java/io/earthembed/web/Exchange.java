package io.earthembed.web;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.base.file.Sha256;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A request and its answer. For one thread. */
final class Exchange {
  /** The most bytes of a JSON body. */
  private static final int MAX_JSON = 4 << 20;

  /** The most bytes of a refused body that are read and forgotten. */
  private static final long MAX_DISCARDED = 16 << 20;

  /** Shorter answers are not worth compressing. */
  private static final int MIN_COMPRESSED = 1 << 10;

  final HttpServletRequest request;
  final HttpServletResponse response;
  private final Map<String, String> variables;

  /**
   * @param variables the parts of the path that its template names
   */
  Exchange(
      HttpServletRequest request, HttpServletResponse response, Map<String, String> variables) {
    this.request = request;
    this.response = response;
    this.variables = variables;
  }

  /** Returns a part of the path. */
  String variable(String name) {
    String value = variables.get(name);
    if (value == null) throw new IllegalStateException("no variable of this name: " + name);
    return value;
  }

  /** Returns a parameter of the address, decoded, or null. */
  @Nullable String parameter(String name) {
    String query = request.getQueryString();
    if (query == null) return null;
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals == name.length() && pair.startsWith(name)) {
        return decode(name, pair.substring(equals + 1));
      }
    }
    return null;
  }

  private static String decode(String name, String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the parameter " + name + " is not URL-encoded", e);
    }
  }

  /** Returns a number in the address, or null. */
  @Nullable Double numberParameter(String name) {
    String text = parameter(name);
    if (text == null) return null;
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the parameter " + name + " is not a number: " + text, e);
    }
  }

  /**
   * Reads the body.
   *
   * @param maxBytes the most bytes
   * @param timeout how long it may take to arrive
   * @throws ProblemException (413) if it is longer; (408) if it takes longer
   */
  byte[] body(long maxBytes, Duration timeout) throws IOException {
    long start = System.nanoTime();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] chunk = new byte[1 << 16];
    InputStream in = request.getInputStream();
    if (request.getContentLengthLong() > maxBytes) throw tooLarge(maxBytes, in, timeout);
    for (int n = read(in, chunk); n >= 0; n = read(in, chunk)) {
      body.write(chunk, 0, n);
      if (body.size() > maxBytes) throw tooLarge(maxBytes, in, timeout);
      if (System.nanoTime() - start > timeout.toNanos()) {
        throw ProblemException.of(408, "the body took longer than " + timeout.toSeconds() + " s");
      }
    }
    return body.toByteArray();
  }

  @SuppressWarnings("IllegalCatch") // servers throw exceptions of their own if nothing arrives
  private static int read(InputStream in, byte[] chunk) {
    try {
      return in.read(chunk);
    } catch (IOException | RuntimeException e) {
      throw ProblemException.of(408, "the body did not arrive in whole");
    }
  }

  /**
   * Returns the refusal of a body, after reading some of what is left of it: a client that still
   * sends when the connection is closed may not see the answer.
   */
  private static ProblemException tooLarge(long maxBytes, InputStream in, Duration timeout) {
    byte[] chunk = new byte[1 << 16];
    long start = System.nanoTime();
    for (long left = MAX_DISCARDED; left > 0 && System.nanoTime() - start < timeout.toNanos(); ) {
      int n = read(in, chunk);
      if (n < 0) break;
      left -= n;
    }
    return ProblemException.of(413, "the body has more than " + maxBytes + " bytes");
  }

  /**
   * Reads a JSON object.
   *
   * @throws ProblemException (415) if the body is of another type
   */
  JsonObject json(Duration timeout) throws IOException {
    String type = String.valueOf(request.getContentType()).toLowerCase(Locale.ROOT);
    if (!type.matches("application/json\\s*(;.*)?")) {
      throw ProblemException.of(415, "the body is not application/json");
    }
    byte[] body = body(MAX_JSON, timeout);
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.of(400, "the body is not UTF-8");
    }
    JsonElement json = new Gson().fromJson(text, JsonElement.class);
    if (json instanceof JsonObject object) return object;
    throw ProblemException.of(400, "the body is not a JSON object");
  }

  /** Answers with JSON. */
  void send(JsonObject json) throws IOException {
    response.setHeader("Cache-Control", "no-store");
    write("application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers with bytes that clients may keep.
   *
   * @param version a text that changes with the bytes
   * @param caching value of Cache-Control
   */
  void send(String type, byte[] bytes, String version, String caching) throws IOException {
    if (isCurrent(version, caching)) return;
    write(type, bytes);
  }

  /**
   * Sets the headers of an answer that clients may keep, and ends the exchange if the client has
   * it.
   *
   * @return whether the exchange has ended
   */
  boolean isCurrent(String version, String caching) {
    byte[] hash = Sha256.digest().digest(version.getBytes(StandardCharsets.UTF_8));
    // Weak, because the compressed answer has the same tag.
    String tag = "W/\"" + HexFormat.of().formatHex(hash, 0, 12) + '"';
    response.setHeader("ETag", tag);
    response.setHeader("Cache-Control", caching);
    String known = request.getHeader("If-None-Match");
    if (known == null || !known.contains(tag)) return false;
    response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
    return true;
  }

  /** Answers with bytes, compressed if the client takes that and the type gains by it. */
  void write(String type, byte[] bytes) throws IOException {
    response.setContentType(type);
    boolean compressible = !type.startsWith("image/") && !type.equals("application/zip");
    if (compressible) response.setHeader("Vary", "Accept-Encoding");
    byte[] sent = bytes;
    if (compressible && bytes.length >= MIN_COMPRESSED && takesGzip()) {
      response.setHeader("Content-Encoding", "gzip");
      ByteArrayOutputStream compressed = new ByteArrayOutputStream(bytes.length / 2);
      try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
        gzip.write(bytes);
      }
      sent = compressed.toByteArray();
    }
    stream(type, new ByteArrayInputStream(sent), sent.length);
  }

  /**
   * Answers with bytes as they are. The client may take its time, also after this method returned.
   *
   * @param content closed at the end
   */
  void stream(String type, InputStream content, long length) throws IOException {
    response.setContentType(type);
    response.setContentLengthLong(length);
    if (request.getMethod().equals("HEAD")) content.close();
    else AnswerWriter.write(request, response, content, length);
  }

  private boolean takesGzip() {
    String accepted = request.getHeader("Accept-Encoding");
    return accepted != null
        && accepted.toLowerCase(Locale.ROOT).matches("(.*,\\s*)?gzip\\s*(,.*|;q=(1|0\\.[1-9]).*)?");
  }

  /** Answers with a problem document, unless the answer has begun. */
  void send(ProblemException problem) throws IOException {
    if (response.isCommitted()) return;
    response.resetBuffer();
    response.setStatus(problem.status());
    response.setHeader("Cache-Control", "no-store");
    if (problem.retryAfter() > 0) response.setIntHeader("Retry-After", problem.retryAfter());
    if (problem.status() == 401) response.setHeader("WWW-Authenticate", "Bearer");
    // An unread body would be taken for the next request.
    if (problem.status() == 413 || problem.status() == 408) {
      response.setHeader("Connection", "close");
    }
    write(
        "application/problem+json",
        Problems.json(problem).toString().getBytes(StandardCharsets.UTF_8));
  }
}
