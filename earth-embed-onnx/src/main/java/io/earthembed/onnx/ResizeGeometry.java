package io.earthembed.onnx;

/** Computes sizes and margins when pictures are resized as {@link ImageDescription} states. */
final class ResizeGeometry {
  private ResizeGeometry() {}

  /** Returns the height and width that a picture is resized to, before it is cropped. */
  static int[] target(int height, int width, ImageDescription image) {
    int side = image.resizeTo();
    if (image.resize() == ImageDescription.Resize.SQUASH) return new int[] {side, side};
    long shorter = Math.min(height, width);
    return new int[] {
      (int) Math.min(Integer.MAX_VALUE, (long) side * height / shorter),
      (int) Math.min(Integer.MAX_VALUE, (long) side * width / shorter)
    };
  }

  /** Returns the rows above the square, or the columns left of it. */
  static int margin(int length, ImageDescription image) {
    int both = length - image.size();
    return image.crop() == ImageDescription.Crop.FLOOR ? both / 2 : (int) Math.rint(both / 2.0);
  }
}
