package io.earthembed.web;

import java.util.List;

/** What answers requests, whoever transports them. Safe for many threads. */
final class Services implements AutoCloseable {
  final ServerOptions options;
  final ExplorerRegistry explorers;

  /** Work that keeps a processor busy: searches, decoding and encoding of pictures. */
  final ConcurrencyLimit work;

  /** Reads of pixels, which mostly wait for the archive. */
  final ConcurrencyLimit fetches;

  /** Large files for download, of which one may take as long as hundreds of searches. */
  final ConcurrencyLimit exports;

  final ImageStore images;
  final Searcher searcher;
  final PictureReader pictures;

  /** Uses loaded explorers, which it closes. */
  Services(ExplorerRegistry explorers, ServerOptions options) {
    this.options = options;
    this.explorers = explorers;
    work = limit("searches", options.searches());
    fetches = limit("fetches", options.fetches());
    exports = limit("exports", Math.max(1, options.searches() / 2));
    images = new ImageStore(work, options);
    searcher = new Searcher(explorers, images, work, options);
    pictures = new PictureReader(fetches, work, options);
  }

  private ConcurrencyLimit limit(String name, int running) {
    return new ConcurrencyLimit(
        name, running, options.waiting(), options.patience(), options.metrics());
  }

  /** Loads explorers. */
  static Services load(List<ServedExplorer> explorers, ServerOptions options) {
    return new Services(ExplorerRegistry.load(explorers), options);
  }

  /** Closes the explorers that were loaded here. */
  @Override
  public void close() {
    explorers.close();
  }
}
