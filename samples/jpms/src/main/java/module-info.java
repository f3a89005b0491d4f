/**
 * A modular application. Our plug-ins are automatic modules, which require no others: {@code
 * --add-modules ALL-MODULE-PATH} brings what they use.
 */
module io.earthembed.samples.jpms {
  requires io.earthembed.core;
  requires io.earthembed.faiss;
  requires io.earthembed.onnx;
  requires io.earthembed.parquet;
  requires io.earthembed.view;
}
