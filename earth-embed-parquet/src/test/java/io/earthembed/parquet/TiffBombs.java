package io.earthembed.parquet;

/** The hostile files of {@link TiffFormsTest}, for a JVM with little memory. */
final class TiffBombs {
  private TiffBombs() {}

  public static void main(String[] arguments) throws Exception {
    TiffFormsTest files = new TiffFormsTest();
    files.blocksFarLargerThanThePictureAreRefusedInAll();
    files.blocksThatShareBytesAreBoundedInAll();
    files.aBlockThatCannotHoldItsPixelsAsksForNoMemory();
    files.aLargePictureOfNothingIsRefused();
  }
}
