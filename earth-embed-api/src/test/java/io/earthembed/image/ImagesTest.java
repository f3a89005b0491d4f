package io.earthembed.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.geo.GeoPoint;
import java.time.Instant;
import java.util.Objects;
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
  void tellsWhatItsGeoreferenceKnowsBeforeWhatIsStated() {
    Acquisition stated = new Acquisition(Instant.EPOCH, new GeoPoint(1, 2), 7.5);
    Raster plain = Raster.allocate(20, 40, 1, SampleType.UINT8);
    assertEquals(Acquisition.UNKNOWN, plain.acquisition());
    assertEquals(stated, plain.withAcquisition(stated).acquisition());

    // Zone 33 has its central meridian, 15 degrees east, at an easting of 500 km.
    Raster placed =
        plain
            .withReference(new GeoReference(32633, 500_000 - 200, 100, 10))
            .withAcquisition(stated);
    Acquisition known = placed.acquisition();
    assertEquals(Instant.EPOCH, known.time());
    assertEquals(10, known.resolution());
    GeoPoint center = Objects.requireNonNull(known.center());
    assertEquals(15, center.longitude(), 1e-9);
    assertEquals(0, center.latitude(), 1e-9);
    Acquisition corner = placed.crop(0, 30, 10, 10).acquisition();
    assertEquals(Instant.EPOCH, corner.time());
    // 150 m east and 50 m north
    GeoPoint cornerCenter = Objects.requireNonNull(corner.center());
    assertEquals(15 + 150 / 111_275.0, cornerCenter.longitude(), 1e-6);
    assertEquals(50 / 110_531.0, cornerCenter.latitude(), 1e-6);

    // A national grid: metres, but no known centre. Web Mercator: not even that.
    Raster national = plain.withReference(new GeoReference(2056, 2_600_000, 1_200_000, 2));
    assertEquals(new Acquisition(null, null, 2), national.acquisition());
    Raster mercator = plain.withReference(new GeoReference(3857, 0, 0, 2)).withAcquisition(stated);
    assertEquals(stated, mercator.acquisition());
    // EPSG:32661 is polar, not the 61st zone.
    Raster polar = plain.withReference(new GeoReference(32661, 2_000_000, 2_000_000, 10));
    assertNull(polar.acquisition().center());
  }

  @Test
  void keepsAStatedCenterOfCropsInTheMiddleOnly() {
    Acquisition stated = new Acquisition(Instant.EPOCH, new GeoPoint(1, 2), 7.5);
    Raster picture = Raster.allocate(21, 40, 1, SampleType.UINT8).withAcquisition(stated);
    assertEquals(stated, picture.centerCrop(10).acquisition());
    assertEquals(stated.withCenter(null), picture.crop(0, 0, 10, 10).acquisition());
    for (double wrong : new double[] {0, -10, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> stated.withResolution(wrong));
    }
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
