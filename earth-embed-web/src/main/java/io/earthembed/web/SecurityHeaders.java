package io.earthembed.web;

import io.earthembed.view.BaseTiles;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;

/** The headers that restrict what a browser does with an answer. */
final class SecurityHeaders {
  private SecurityHeaders() {}

  /** Sets the headers of every answer. */
  static void common(HttpServletResponse response) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }

  /** Sets the headers of the page and its files. */
  static void page(HttpServletResponse response, ServerOptions options) {
    List<String> images = new ArrayList<>(List.of("'self'", "data:", "blob:"));
    BaseTiles base = options.baseMap();
    if (base != null) images.add(base.origin());
    List<String> frames = options.frames();
    response.setHeader(
        "Content-Security-Policy",
        String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src " + String.join(" ", images),
            "connect-src 'self'",
            "font-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors " + (frames.isEmpty() ? "'none'" : String.join(" ", frames))));
    response.setHeader("Permissions-Policy", "camera=(), microphone=(), payment=(), usb=()");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  }
}
