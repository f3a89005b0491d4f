package io.earthembed.onnx;

/** Computes sizes and margins when pictures are resized as {@link ImageDescription} states. */
final class ResizeGeometry {
  private ResizeGeometry() {}

  /** Returns the height and width that a picture is resized to, before it is cropped. */
  static int[] target(int height, int width, ImageDescription image) {
    int side = image.resizeTo();
    return switch (image.resize()) {
      case SQUASH -> new int[] {side, side};
      case SHORTER_SIDE -> {
        long shorter = Math.min(height, width);
        yield new int[] {
          (int) Math.min(Integer.MAX_VALUE, (long) side * height / shorter),
          (int) Math.min(Integer.MAX_VALUE, (long) side * width / shorter)
        };
      }
      case LONGER_SIDE -> {
        double ratio = (double) Math.max(height, width) / side;
        yield new int[] {
          (int) Math.max(1, Math.rint(height / ratio)), (int) Math.max(1, Math.rint(width / ratio))
        };
      }
    };
  }

  /**
   * Returns the rows above the square, or the columns left of it; negative if the picture is
   * shorter than the square and is padded.
   */
  static int margin(int length, ImageDescription image) {
    int both = length - image.size();
    if (both < 0) return -(-both / 2);
    return image.crop() == ImageDescription.Crop.FLOOR ? both / 2 : (int) Math.rint(both / 2.0);
  }
}
