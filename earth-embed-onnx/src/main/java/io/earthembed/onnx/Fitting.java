package io.earthembed.onnx;

import io.earthembed.image.Raster;
import io.earthembed.image.Resampler;

/** Brings pictures to the size that a network takes, as a {@link ModelDescription.Image} says. */
final class Fitting {
  private Fitting() {}

  /** Height and width that a picture is to be resized to. */
  static int[] target(int height, int width, ModelDescription.Image image) {
    int side = image.resizeTo();
    if (image.resize() == ModelDescription.Resize.SQUASH) return new int[] {side, side};
    long shorter = Math.min(height, width);
    return new int[] {
      (int) Math.min(Integer.MAX_VALUE, (long) side * height / shorter),
      (int) Math.min(Integer.MAX_VALUE, (long) side * width / shorter)
    };
  }

  /** The picture, resized with antialiasing where its size is not the target. */
  static Raster resize(Raster raster, ModelDescription.Image image) {
    int[] target = target(raster.height(), raster.width(), image);
    if (target[0] == raster.height() && target[1] == raster.width()) return raster;
    return Resampler.resize(raster, target[0], target[1], image.interpolation());
  }

  /** The square in the middle. */
  static Raster cut(Raster raster, ModelDescription.Image image) {
    int size = image.size();
    if (raster.height() == size && raster.width() == size) return raster;
    int top = margin(raster.height(), image);
    int left = margin(raster.width(), image);
    return raster.crop(top, left, size, size);
  }

  /** Rows above the square, or columns left of it. */
  static int margin(int length, ModelDescription.Image image) {
    int both = length - image.size();
    return image.crop() == ModelDescription.Crop.FLOOR ? both / 2 : (int) Math.rint(both / 2.0);
  }
}
