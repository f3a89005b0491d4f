package io.earthembed.web;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.common.RangeReadException;
import io.earthembed.internal.PlainText;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns failures into problem documents (RFC 9457). Clients get the SDK's messages about their own
 * arguments; of all other failures they get the kind, and the log gets the rest.
 */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(408, "Request Timeout"),
          Map.entry(409, "Conflict"),
          Map.entry(413, "Content Too Large"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(421, "Misdirected Request"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"));

  private Problems() {}

  /**
   * Returns the answer to a request that failed.
   *
   * @param doing the request in words, for the log
   */
  static ProblemException of(Throwable failure, String doing) {
    if (failure instanceof ProblemException problem) return problem;
    if (failure instanceof InvalidInputException input) {
      return ProblemException.of(400, input.problem());
    }
    if (failure instanceof JsonParseException) {
      return ProblemException.of(400, "the body is not valid JSON");
    }
    if (failure instanceof IllegalArgumentException && isOurs(failure)) {
      return ProblemException.of(400, PlainText.message(String.valueOf(failure.getMessage())));
    }
    if (failure instanceof RangeReadException read) {
      LOG.warn("{}: {}", doing, read.getMessage());
      String status = read.status() == 0 ? "" : " (HTTP " + read.status() + ")";
      return ProblemException.of(
          502, "the archive of imagery did not give the tile's bytes" + status);
    }
    if (failure instanceof CorruptDataException corrupt) {
      LOG.warn("{}: {}", doing, corrupt.getMessage());
      return ProblemException.of(502, "the stored data of this tile are damaged");
    }
    if (failure instanceof EarthEmbedException) {
      LOG.warn("{}: {}", doing, failure.getMessage());
      return ProblemException.of(502, "stored data could not be read");
    }
    LOG.error("{} failed", doing, failure);
    return ProblemException.of(500, "the server failed; its log says why");
  }

  /** Returns whether our code refused an argument, and not code that it called. */
  private static boolean isOurs(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().startsWith("io.earthembed.");
  }

  static JsonObject json(ProblemException problem) {
    JsonObject json = new JsonObject();
    json.addProperty("type", "about:blank");
    json.addProperty("title", TITLES.getOrDefault(problem.status(), "Error"));
    json.addProperty("status", problem.status());
    json.addProperty("detail", problem.detail());
    return json;
  }
}
