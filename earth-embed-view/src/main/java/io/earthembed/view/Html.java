package io.earthembed.view;

import java.util.Set;

/** Style and frames that pages and notebook fragments share. */
final class Html {
  /** Style of the fragments. Affects nothing outside them and inherits light or dark colours. */
  static final String STYLE =
      """
      <style>
      .earth-embed { color: inherit; font: 14px/1.4 system-ui, "DejaVu Sans", sans-serif; }
      .earth-embed table { border-collapse: collapse; }
      .earth-embed th, .earth-embed td { padding: 3px 10px; text-align: start; border-bottom: 1px solid #8884; }
      .earth-embed td:last-child { overflow-wrap: anywhere; min-width: 12em; }
      .earth-embed .ee-gallery { display: flex; flex-wrap: wrap; gap: 14px; }
      .earth-embed figure { margin: 0; width: 180px; overflow-wrap: anywhere; }
      .earth-embed img, .earth-embed .ee-none { display: block; width: 180px; height: 180px; object-fit: contain; border-radius: 6px; background: #8883; }
      .earth-embed .ee-none { display: flex; align-items: center; justify-content: center; }
      .earth-embed .ee-query { border-inline-end: 1px solid #8886; padding-inline-end: 14px; }
      .earth-embed .ee-query figcaption { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 8; overflow: hidden; }
      .earth-embed .ee-maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 8px; }
      .earth-embed iframe { width: 100%; height: 560px; border: 1px solid #8886; border-radius: 6px; }
      .earth-embed progress { width: 320px; }
      </style>""";

  private Html() {}

  /**
   * Returns a page with a fragment. The page may contain scripts and pictures, but loads none from
   * elsewhere.
   */
  static String page(String title, String fragment) {
    return page(title, fragment, Set.of());
  }

  /**
   * Returns a page with a fragment, which may load pictures from given origins.
   *
   * @param origins origins of base tiles; pages in frames cannot allow what the outer page forbids
   */
  static String page(String title, String fragment, Set<String> origins) {
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data: @ORIGINS@; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
        <style>
        :root { color-scheme: light dark; }
        body { margin: 16px 20px; }
        h1 { font: 600 20px/1.3 system-ui, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
        </style>
        <title>@TITLE@</title>
        </head>
        <body><main>
        <h1 dir="auto">@TITLE@</h1>
        """
            .replace("@ORIGINS@", String.join(" ", origins))
            .replace("@TITLE@", Markup.escape(title))
        + fragment
        + "\n</main></body>\n</html>\n";
  }

  /** Returns a frame with a page, so that styles and scripts of the two stay separate. */
  static String frame(String title, String page) {
    return "<iframe title=\""
        + Markup.escape(title)
        + "\" srcdoc=\""
        + Markup.escape(page)
        + "\"></iframe>";
  }
}
