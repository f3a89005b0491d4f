@NullMarked
package io.earthembed.onnx;

import org.jspecify.annotations.NullMarked;
