package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.earthembed.geo.GeoPoint;
import java.nio.ByteBuffer;

/**
 * Converts places into a tensor [n, degree²] of spherical harmonics. They are computed in float64,
 * and rounded to float32 unless the network takes float64.
 */
final class LocationPreparation implements Preparation<GeoPoint> {
  private final Harmonics harmonics;
  private final boolean float64;

  LocationPreparation(ModelDescription.Location description) {
    this.harmonics =
        switch (description.harmonics()) {
          case CLOSED_FORM -> new SphericalHarmonics(description.degree());
          case ANALYTIC -> new AnalyticHarmonics(description.degree());
        };
    this.float64 = description.float64();
  }

  /** Returns the number of values of a place. */
  int count() {
    return harmonics.count();
  }

  /** Returns the type of the values. */
  OnnxJavaType type() {
    return float64 ? OnnxJavaType.DOUBLE : OnnxJavaType.FLOAT;
  }

  @Override
  public int sampleBytes(int paddedLength) {
    return harmonics.count() * type().size;
  }

  @Override
  public Sample sample(GeoPoint place) {
    return target -> write(place, target);
  }

  private void write(GeoPoint place, ByteBuffer target) {
    for (double feature : harmonics.of(place)) {
      if (float64) target.putDouble(feature);
      else target.putFloat((float) feature);
    }
  }
}
