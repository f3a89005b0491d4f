package io.earthembed.onnx;

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

  /** Rows above the square, or columns left of it. */
  static int margin(int length, ModelDescription.Image image) {
    int both = length - image.size();
    return image.crop() == ModelDescription.Crop.FLOOR ? both / 2 : (int) Math.rint(both / 2.0);
  }
}
