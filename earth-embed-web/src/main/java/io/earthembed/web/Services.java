package io.earthembed.web;

import java.util.List;

/** What answers requests, whoever transports them. Safe for many threads. */
final class Services implements AutoCloseable {
  final ServerOptions options;
  final ExplorerRegistry explorers;
  final ConcurrencyLimit fetches;
  final ImageStore images;
  final Searcher searcher;
  final PictureReader pictures;

  /** Uses loaded explorers, which it closes. */
  Services(ExplorerRegistry explorers, ServerOptions options) {
    this.options = options;
    this.explorers = explorers;
    fetches =
        new ConcurrencyLimit(
            "fetches", options.fetches(), options.waiting(), options.patience(), options.metrics());
    images = new ImageStore(options);
    searcher = new Searcher(explorers, images, options);
    pictures = new PictureReader(fetches, options);
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
