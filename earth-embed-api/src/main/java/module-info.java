/** The three plug points of earth-embed and their domain. No engine is visible from here. */
module io.earthembed.api {
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires java.net.http;
  // ImageIO reads JPEG and writes PNG. No AWT type is in a public signature.
  requires java.desktop;

  uses io.earthembed.vector.IndexFormat;

  exports io.earthembed;
  exports io.earthembed.catalog;
  exports io.earthembed.geo;
  exports io.earthembed.hub;
  exports io.earthembed.image;
  exports io.earthembed.io;
  exports io.earthembed.pipeline;
  exports io.earthembed.vector;
}
