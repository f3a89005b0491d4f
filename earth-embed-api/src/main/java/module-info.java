/**
 * Defines the plug points of earth-embed and the values in their signatures. No class here opens a
 * file, sends a request or starts a thread.
 */
@SuppressWarnings("module")
module io.earthembed.api {
  requires static transitive org.jspecify;

  exports io.earthembed.common;
  exports io.earthembed.dataset;
  exports io.earthembed.encoder;
  exports io.earthembed.geo;
  exports io.earthembed.image;
  exports io.earthembed.imagery;
  exports io.earthembed.index;
  exports io.earthembed.vector;
  exports io.earthembed.internal to
      io.earthembed.base,
      io.earthembed.cli,
      io.earthembed.core,
      io.earthembed.faiss,
      io.earthembed.onnx,
      io.earthembed.parquet,
      io.earthembed.raster,
      io.earthembed.solr,
      io.earthembed.spark,
      io.earthembed.testkit,
      io.earthembed.view,
      io.earthembed.web;
}
