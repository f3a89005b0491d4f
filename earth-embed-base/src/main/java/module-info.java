/** Code that earth-embed's modules share. Not for applications: it may change at any time. */
@SuppressWarnings("module")
module io.earthembed.base {
  requires transitive io.earthembed.api;
  requires static transitive org.jspecify;
  requires java.net.http;
  requires org.slf4j;
  // Decodes TIFFs that are compressed with Zstandard.
  requires static com.github.luben.zstd_jni;

  exports io.earthembed.base.file to
      io.earthembed.core,
      io.earthembed.faiss,
      io.earthembed.onnx,
      io.earthembed.parquet,
      io.earthembed.solr,
      io.earthembed.spark,
      io.earthembed.view,
      io.earthembed.web;
  exports io.earthembed.base.http to
      io.earthembed.core,
      io.earthembed.parquet;
  exports io.earthembed.base.image to
      io.earthembed.core,
      io.earthembed.parquet,
      io.earthembed.raster,
      io.earthembed.view,
      io.earthembed.web;
  exports io.earthembed.base.range to
      io.earthembed.parquet,
      io.earthembed.raster,
      io.earthembed.spark;
  exports io.earthembed.base.table to
      io.earthembed.core,
      io.earthembed.parquet,
      io.earthembed.raster,
      io.earthembed.view;
  exports io.earthembed.base.text to
      io.earthembed.cli,
      io.earthembed.core,
      io.earthembed.parquet,
      io.earthembed.raster,
      io.earthembed.spark,
      io.earthembed.view,
      io.earthembed.web;
  exports io.earthembed.base.thread to
      io.earthembed.core,
      io.earthembed.faiss,
      io.earthembed.onnx,
      io.earthembed.parquet,
      io.earthembed.raster,
      io.earthembed.solr,
      io.earthembed.web;
}
