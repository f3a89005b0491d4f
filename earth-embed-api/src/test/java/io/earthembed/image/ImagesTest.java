package io.earthembed.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ImagesTest {
  @Test
  void composesTrueColorAsTheReferenceDoes() {
    int[] dn = {0, 1000, 3999, 4000, 10000};
    int[] tone = {0, 63, 254, 255, 255};
    for (int i = 0; i < dn.length; i++) assertEquals(tone[i], TrueColor.toByte(dn[i]));
    for (int t = 0; t < 256; t++) assertEquals(t, TrueColor.toByte(TrueColor.toDigitalNumber(t)));
    for (int t : new int[] {-1, 256}) {
      assertThrows(IllegalArgumentException.class, () -> TrueColor.toDigitalNumber(t));
    }
  }

  @Test
  void cutsTheMiddleWhereTheReferenceDoes() {
    GeoReference place = new GeoReference(32633, 500_000, 5_000_000, 10);
    Raster tile = Raster.allocate(1068, 1068, 1, SampleType.UINT16).withReference(place);
    tile.set(342, 342, 0, 7);
    tile.set(422, 422, 0, 9);
    assertEquals(7, tile.centerCrop(384).get(0, 0, 0));
    assertEquals(9, tile.centerCrop(224).get(0, 0, 0));
    assertEquals(new GeoReference(32633, 503_420, 4_996_580, 10), tile.centerCrop(384).reference());
    assertThrows(IllegalArgumentException.class, () -> tile.centerCrop(1069));
    assertThrows(IllegalArgumentException.class, () -> tile.crop(1, 0, 1068, 1));
  }

  @Test
  void keepsSamplesOfEachType() {
    for (SampleType type : SampleType.values()) {
      Raster raster = Raster.allocate(2, 3, 2, type);
      raster.set(1, 2, 1, 200);
      assertEquals(200, raster.get(1, 2, 1));
      assertEquals(0, raster.get(1, 2, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> raster.get(2, 0, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> raster.get(0, 0, 2));
    }
    Raster bytes = Raster.allocate(1, 1, 1, SampleType.UINT8);
    bytes.set(0, 0, 0, 300);
    assertEquals(255, bytes.get(0, 0, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Raster.allocate(70_000, 70_000, 3, SampleType.FLOAT32));
  }
}
