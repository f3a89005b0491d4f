/**
 * Searches the Earth with any encoder, index and imagery store, and makes the embeddings to search.
 */
module io.earthembed.core {
  requires transitive io.earthembed.api;
  requires io.earthembed.base;
  requires static transitive org.jspecify;
  requires com.google.gson;
  // An automatic module, named after its file.
  requires liblinear;
  requires org.slf4j;
  // For JtsRegions only: an application that uses it brings JTS.
  requires static org.locationtech.jts;
  requires java.net.http;
  // ImageIO reads JPEG and writes PNG. No AWT type is in a public signature.
  requires java.desktop;

  uses io.earthembed.index.IndexFormat;
  uses io.earthembed.index.KMeans;

  exports io.earthembed;
  exports io.earthembed.catalog;
  exports io.earthembed.collection;
  exports io.earthembed.evaluation;
  exports io.earthembed.hub;
  exports io.earthembed.image.codec;
  exports io.earthembed.image.resample;
  exports io.earthembed.index.builtin;
  exports io.earthembed.pipeline;
  exports io.earthembed.region;
  exports io.earthembed.stac;
}
