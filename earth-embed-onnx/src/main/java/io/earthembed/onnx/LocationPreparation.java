package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.earthembed.geo.GeoPoint;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Converts places into a tensor [n, degree²] of spherical harmonics. They are computed in float64,
 * and rounded to float32 unless the network takes float64.
 */
final class LocationPreparation implements Preparation<GeoPoint> {
  private final Harmonics harmonics;
  private final boolean float64;
  private final Tensor tensor;

  LocationPreparation(ModelDescription.Location description) {
    this.harmonics =
        switch (description.harmonics()) {
          case CLOSED_FORM -> new SphericalHarmonics(description.degree());
          case ANALYTIC -> new AnalyticHarmonics(description.degree());
        };
    this.float64 = description.float64();
    this.tensor =
        new Tensor(
            description.network().input(),
            float64 ? OnnxJavaType.DOUBLE : OnnxJavaType.FLOAT,
            List.of((long) harmonics.count()));
  }

  @Override
  public Tensor tensor() {
    return tensor;
  }

  @Override
  public void check(GeoPoint place) {}

  @Override
  public void write(GeoPoint place, ByteBuffer target) {
    for (double feature : harmonics.of(place)) {
      if (float64) target.putDouble(feature);
      else target.putFloat((float) feature);
    }
  }
}
